import { expect, test } from 'vitest'
import { assignFieldIds, rowField, structType } from '../../src/columns/row-type.ts'
import type { Chunk } from '../../src/lanes/lane.ts'
import { workerEncoder } from '../../src/lanes/worker-encoder.ts'
import { encoderConformance } from '../conformance/encoder.ts'
import { columnsOf } from '../parquet/row-values.ts'

const onCrash = (error: Error): never => {
  throw error
}

encoderConformance('the worker encoder', () => workerEncoder({ name: 'encoder under test', onCrash }))

const rowType = assignFieldIds(structType([rowField('id', { kind: 'long' })]))
const chunk = (): Chunk => ({ partitionValue: null, rowCount: 1, byteLength: 8, columns: columnsOf(rowType, [{ id: 1n }]) })
const file = { fileKey: 'file', rowType, rowGroupRows: 10, rowGroupBytes: Infinity }

test('the memory of a chunk is given away, not copied', async () => {
  const encoder = workerEncoder({ name: 'encoder', onCrash })
  encoder.open(file)
  const given = chunk()
  const encoding = encoder.write('file', given)
  await encoding
  expect(given.columns[0]?.values?.byteLength).toBe(0)
  await encoder.close()
})

test('an encoder whose thread dies rejects what was under way, says so, and starts again with no file', async () => {
  const crashes: Error[] = []
  const encoder = workerEncoder({ name: 'encoder 1', onCrash: (error) => crashes.push(error) })
  encoder.open(file)
  await encoder.write('file', chunk())
  // The same key twice is a bug of the caller, which ends the thread.
  encoder.open(file)
  await expect(encoder.write('file', chunk())).rejects.toMatchObject({ kind: 'store-unavailable' })
  expect(crashes).toHaveLength(1)
  await expect(encoder.write('file', chunk())).rejects.toMatchObject({ kind: 'not-found' })
  encoder.open(file)
  await encoder.write('file', chunk())
  expect((await encoder.finish('file')).metrics.rowCount).toBe(1)
  await encoder.close()
})
