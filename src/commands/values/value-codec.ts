import type { SchemaDefinition, SchemaType } from '../../schema/language.ts'
import type { HasMessage } from '../../schema/wire-framing.ts'
import { utf8Text } from '../../shared/bytes.ts'
import { stringifyJson } from '../../shared/json.ts'
import { valueOfLine } from './json-line.ts'

/** Values of one schema between lines of JSON and their bytes, without framing. Throws RecordError or SyntaxError. */
export interface ValueCodec {
  readonly schemaType: SchemaType
  encode(line: Uint8Array): Uint8Array
  /** Protobuf's alone. */
  readonly hasMessage?: HasMessage
  /** JSON text on one line. */
  decode(payload: Uint8Array, messageIndexes?: readonly number[]): string
}

/** Loads the language with its first schema. Throws HeadgateError `invalid-schema`. */
export async function valueCodec(definition: SchemaDefinition): Promise<ValueCodec> {
  switch (definition.schemaType) {
    case 'AVRO':
      return avroCodec(definition)
    case 'PROTOBUF':
      return protobufCodec(definition)
    case 'JSON':
      return jsonCodec
  }
}

async function avroCodec(definition: SchemaDefinition): Promise<ValueCodec> {
  const [{ parseAvro }, { encodeAvro, decodeAvro }] = await Promise.all([
    import('../../schema/avro/parse.ts'),
    import('../../schema/avro/json-encoding.ts'),
  ])
  const schema = parseAvro(definition)
  return {
    schemaType: 'AVRO',
    encode: (line) => encodeAvro(schema, valueOfLine(line)),
    decode: (payload) => stringifyJson(decodeAvro(schema, payload)),
  }
}

async function protobufCodec({ text, references }: SchemaDefinition): Promise<ValueCodec> {
  const [{ readSchema }, { hasMessageAt }, { encodeProtobuf, decodeProtobuf }] = await Promise.all([
    import('../../schema/protobuf/schema-text.ts'),
    import('../../schema/protobuf/message-indexes.ts'),
    import('../../schema/protobuf/json/json-encoding.ts'),
  ])
  const schema = readSchema(text, references)
  return {
    schemaType: 'PROTOBUF',
    hasMessage: hasMessageAt(schema),
    encode: (line) => encodeProtobuf(schema, valueOfLine(line)),
    decode: (payload, messageIndexes) => stringifyJson(decodeProtobuf(schema, payload, messageIndexes)),
  }
}

/** The text itself, number for number: the server judges it. */
const jsonCodec: ValueCodec = {
  schemaType: 'JSON',
  encode: (line) => line,
  decode: (payload) => jsonLine(utf8Text(payload)),
}

/** Throws SyntaxError for what is no JSON. Between tokens a line break means nothing, and inside of them there is none. */
function jsonLine(text: string): string {
  JSON.parse(text)
  return text.trim().replaceAll(/\s*[\r\n]+\s*/g, ' ')
}
