import { HeadgateError } from '../../shared/errors.ts'
import { RecordError, type ResolvedReference } from '../language.ts'
import { descriptorType } from './descriptor/descriptor-types.ts'
import { fileFromDescriptor } from './descriptor/from-descriptor.ts'
import { link, type FindFile, type ParsedFile } from './link/link.ts'
import type { LinkedSchema } from './link/types.ts'
import { parseProtoFile } from './parse/parse-file.ts'
import { canonicalText } from './print/canonical.ts'
import { wellKnownFile } from './well-known/well-known-files.ts'

/**
 * Reads a schema as it is registered: the text of a .proto file or, as the clients for Python, Go and JavaScript send it,
 * a FileDescriptorProto in base64. Imports come from the references and from the files that Protobuf itself brings.
 */
export function readSchema(text: string, references: readonly ResolvedReference[]): LinkedSchema {
  const findFile = importsFrom(references)
  return link(isBase64(text) ? readDescriptor(text, findFile) : readText('', text), findFile)
}

function readText(name: string, text: string): ParsedFile {
  const source = { name, text }
  return { source, ast: parseProtoFile(source) }
}

function importsFrom(references: readonly ResolvedReference[]): FindFile {
  const textByPath = new Map(references.map(({ name, text }) => [name, text]))
  const findFile: FindFile = (path) => {
    const text = textByPath.get(path)
    return wellKnownFile(path) ?? (text === undefined ? undefined : readReference(path, text, findFile))
  }
  return findFile
}

function readReference(path: string, text: string, findFile: FindFile): ParsedFile {
  if (!isBase64(text)) return readText(path, text)
  const { ast } = readDescriptor(text, findFile)
  return { source: { name: path, text }, ast }
}

/** No .proto text of any use is a single word. */
function isBase64(text: string): boolean {
  return /^[A-Za-z0-9+/]{4,}={0,2}$/.test(text.trim())
}

/**
 * Custom options are extensions of the options messages, so the file must be linked before they can be read: it is read
 * twice. The outcome goes through its text, so that a descriptor is held to the rules of the grammar as well.
 */
function readDescriptor(text: string, findFile: FindFile): ParsedFile {
  const bytes = Buffer.from(text, 'base64')
  const withoutExtensions = readText('', canonicalText(fileOf(bytes)))
  const linked = link(withoutExtensions, findFile)
  if (!linked.messages.has('google.protobuf.FileOptions')) return withoutExtensions
  return readText('', canonicalText(fileOf(bytes, linked)))
}

function fileOf(bytes: Uint8Array, linked?: LinkedSchema): ReturnType<typeof fileFromDescriptor> {
  try {
    return fileFromDescriptor(bytes, descriptorType('FileDescriptorProto', linked))
  } catch (error) {
    if (!(error instanceof RecordError)) throw error
    const message = `the schema is neither .proto text nor a FileDescriptorProto in base64 (${error.message})`
    throw new HeadgateError('invalid-schema', message, { cause: error })
  }
}
