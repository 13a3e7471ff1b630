import { stringifyJson } from '../../../shared/json.ts'
import { utf8Bytes } from '../../../shared/bytes.ts'
import { seededRandom } from '../../../shared/random.ts'
import type { SchemaType } from '../../../schema/language.ts'
import { writePrefixed } from '../../../schema/wire-framing.ts'
import { eventSchemas, newEvent, type Event } from './events.ts'

/** The values of the same events every time, one after the other, framed with the id of their schema. */
export async function eventValues(schemaType: SchemaType, schemaId: number): Promise<() => Uint8Array> {
  const { noteLength } = eventSchemas[schemaType]
  const encode = await eventEncoder(schemaType)
  const messageIndexes = schemaType === 'PROTOBUF' ? [0] : undefined
  const random = seededRandom(1)
  let index = 0
  return () => writePrefixed(schemaId, encode(newEvent(random, index++, noteLength)), messageIndexes)
}

async function eventEncoder(schemaType: SchemaType): Promise<(event: Event) => Uint8Array> {
  const definition = { schemaType, text: eventSchemas[schemaType].text, references: [] }
  switch (schemaType) {
    case 'AVRO': {
      const [{ encodeAvro }, { parseAvro }] = await Promise.all([
        import('../../../schema/avro/json-encoding.ts'),
        import('../../../schema/avro/parse.ts'),
      ])
      const schema = parseAvro(definition)
      return (event) => encodeAvro(schema, event)
    }
    case 'JSON':
      return (event) => utf8Bytes(stringifyJson(event))
    case 'PROTOBUF': {
      const [{ encodeProtobuf }, { parseProtobuf }] = await Promise.all([
        import('../../../schema/protobuf/json/json-encoding.ts'),
        import('../../../schema/protobuf/language.ts'),
      ])
      const { linked } = parseProtobuf(definition)
      return (event) => encodeProtobuf(linked, event)
    }
  }
}
