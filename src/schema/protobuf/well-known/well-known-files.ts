import type { ParsedFile } from '../link/link.ts'
import type { MessageType } from '../link/types.ts'
import { parseProtoFile } from '../parse/parse-file.ts'
import { bufValidateFile } from './buf-validate.ts'
import { confluentFiles } from './confluent.ts'
import { googleDescriptorFile } from './google-descriptor.ts'
import { googleProtobufFiles } from './google-protobuf.ts'
import { googleTypeFiles } from './google-type.ts'

/** Files that a schema may import without a reference, by path. */
const texts: ReadonlyMap<string, string> = new Map(
  Object.entries({ ...googleProtobufFiles, ...googleDescriptorFile, ...googleTypeFiles, ...confluentFiles, ...bufValidateFile }),
)
const parsed = new Map<string, ParsedFile>()

export const wellKnownPaths: readonly string[] = [...texts.keys()]

/** Parsed when first asked for. */
export function wellKnownFile(path: string): ParsedFile | undefined {
  const text = texts.get(path)
  const known = parsed.get(path)
  if (known || text === undefined) return known
  const source = { name: path, text }
  const file = { source, ast: parseProtoFile(source) }
  parsed.set(path, file)
  return file
}

/**
 * The full name of a type that a bundled file declares, such as `google.protobuf.Timestamp`; undefined for any other,
 * even of the same name: only a bundled type is known to have the fields that its special treatment needs.
 */
export function wellKnownName({ fullName, file }: MessageType): string | undefined {
  return texts.has(file.source.name) ? fullName : undefined
}
