import { assignFieldIds, type StructType } from '../../columns/row-type.ts'
import { judgeBatch } from '../../lanes/batch-judge.ts'
import type { Judgement, LaneSchema } from '../../lanes/lane.ts'
import { loadLanguage } from '../../lanes/languages.ts'
import { tableRowType } from '../../lanes/metadata-columns.ts'
import { SchemaDecoders } from '../../lanes/schema-decoders.ts'
import { TableRows } from '../../lanes/table-rows.ts'
import { tableShape } from '../../lanes/table-shape.ts'
import { ValueJudge } from '../../lanes/value-judge.ts'
import { ParquetWriter } from '../../parquet/writer.ts'
import type { SchemaLanguage, SchemaType } from '../../schema/language.ts'
import { WireFrame } from '../../schema/wire-framing.ts'
import { assert } from '../../shared/assert.ts'
import { limits } from '../../shared/limits.ts'
import { eventSchemas } from './load/events.ts'
import type { PreparedBatches } from './load/prepared-batches.ts'

/** What judges the events and how their table looks: the same for the limit, the lanes and the server. */
export interface EventTable {
  readonly schema: LaneSchema
  readonly language: SchemaLanguage
  readonly rowType: StructType
  readonly judgement: Judgement
}

export async function eventTable(schemaType: SchemaType, schemaId: number): Promise<EventTable> {
  const language = await loadLanguage(schemaType)
  const schema = { schemaId, schemaType, text: eventSchemas[schemaType].text, references: [] }
  return {
    schema,
    language,
    rowType: assignFieldIds(tableRowType(language.parse(schema).rowType().fields)),
    judgement: {
      value: { kind: 'framed', framing: 'auto', allowedSchemaIds: [schemaId] },
      tableKey: 'table',
      isKeyRequired: false,
    },
  }
}

/**
 * The limit that a server is measured against: the same batches walked, every value and its metadata decoded into columns, and
 * those encoded as one zstd Parquet file, by a plain loop in one thread. No network, no log, no commits, nothing handed
 * from thread to thread.
 */
export async function decodeAndEncode(
  table: EventTable,
  { batches, recordsPerBatch }: PreparedBatches,
  recordCount: number,
): Promise<void> {
  const { rowGroupRows, rowGroupBytes } = limits
  const writer = new ParquetWriter({ rowType: table.rowType, rowGroupRows, rowGroupBytes })
  const rows = new TableRows(tableShape(table.rowType))
  const writeRows = async (): Promise<void> => {
    const rowCount = rows.length
    await writer.write(rows.columns.finish().children, rowCount)
  }
  const judge = batchJudgeInto(rows, table)
  for (let done = 0, turn = 0; done < recordCount; done += recordsPerBatch) {
    judge(batches[turn++ % batches.length] as Uint8Array)
    if (rows.columns.byteLength >= limits.chunkBytes) await writeRows()
  }
  await writeRows()
  await writer.finish()
}

function batchJudgeInto(rows: TableRows, { schema, language, judgement }: EventTable): (batch: Uint8Array) => void {
  const schemas = new SchemaDecoders()
  schemas.addLanguage(language)
  schemas.define(schema)
  const wire = new WireFrame()
  return (batch) => {
    const values = new ValueJudge({ topic: 'bench', value: judgement.value, schemas, wire, rows, isStored: false })
    const judged = judgeBatch({ batch, partition: 0, judgement, values, rows, skipCount: 0, isStored: false })
    assert(judged.kind === 'valid', 'the events of the benchmark do not fit their schema')
  }
}
