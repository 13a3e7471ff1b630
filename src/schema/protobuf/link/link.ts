import type { ProtoFile } from '../ast.ts'
import type { SourceText } from '../source-text.ts'
import { declareNames } from './declare.ts'
import { gatherFiles, visibleFiles } from './gather-files.ts'
import { resolveEverything } from './resolve.ts'
import type { LinkedSchema } from './types.ts'

export interface ParsedFile {
  readonly source: SourceText
  readonly ast: ProtoFile
}

/** The file that an import path stands for; undefined when there is none. */
export type FindFile = (path: string) => ParsedFile | undefined

/**
 * Resolves every name of a file and of what it imports, and checks what the grammar cannot: numbers, unique names,
 * and the rules of each syntax. Throws HeadgateError `invalid-schema` that says where.
 */
export function link(main: ParsedFile, findFile: FindFile): LinkedSchema {
  const files = gatherFiles(main, findFile)
  const visibleTo = visibleFiles(files)
  const declared = declareNames(files)
  return { main: files[files.length - 1] as (typeof files)[number], files, ...resolveEverything(declared, visibleTo) }
}
