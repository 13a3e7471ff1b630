import { limits } from '../../../shared/limits.ts'
import { schemaError } from '../source-text.ts'
import type { FindFile, ParsedFile } from './link.ts'
import type { LinkedFile } from './types.ts'

/** The file and all that it imports, dependencies first, each once. */
export function gatherFiles(main: ParsedFile, findFile: FindFile): LinkedFile[] {
  const files: LinkedFile[] = []
  const byPath = new Map<string, LinkedFile>()
  const pending: string[] = []

  const gather = ({ source, ast }: ParsedFile): LinkedFile => {
    const imports = ast.imports.map(({ path, offset }) => {
      if (pending.includes(path)) throw schemaError(source, offset, `imports go in a circle: ${[...pending, path].join(' -> ')}`)
      if (pending.length === limits.nestingMax) throw schemaError(source, offset, `imports are nested deeper than ${limits.nestingMax}`)
      const known = byPath.get(path)
      if (known) return known
      const found = findFile(path)
      if (!found) throw schemaError(source, offset, `import "${path}" was not found; register it and name it as a reference`)
      pending.push(path)
      const file = gather(found)
      pending.pop()
      byPath.set(path, file)
      return file
    })
    const file: LinkedFile = { source, ast, imports, messages: [] }
    files.push(file)
    return file
  }

  gather(main)
  return files
}

/** For each file, the files whose names it may use. */
export function visibleFiles(files: readonly LinkedFile[]): Map<LinkedFile, ReadonlySet<LinkedFile>> {
  const publicOf = new Map<LinkedFile, Set<LinkedFile>>()
  const visibleTo = new Map<LinkedFile, ReadonlySet<LinkedFile>>()
  // Dependencies come first, so what they pass on is known already.
  for (const file of files) {
    const passedOn = new Set([file])
    const visible = new Set([file])
    file.imports.forEach((imported, index) => {
      for (const reachable of publicOf.get(imported) ?? []) {
        visible.add(reachable)
        if (file.ast.imports[index]?.modifier === 'public') passedOn.add(reachable)
      }
    })
    publicOf.set(file, passedOn)
    visibleTo.set(file, visible)
  }
  return visibleTo
}
