import type { EnumType, FieldType, LinkedFile, MessageType } from './types.ts'

/** What a name may stand for. Packages and messages hold further names. */
export type NamedThing =
  | { readonly kind: 'package'; readonly scope: Scope; readonly files: Set<LinkedFile> }
  | { readonly kind: 'message'; readonly type: MessageType; readonly scope: Scope }
  | { readonly kind: 'enum'; readonly type: EnumType; readonly file: LinkedFile }
  /** `field` is set once extensions are linked. */
  | { readonly kind: 'extension'; field: FieldType | null; readonly file: LinkedFile }
  /** A field, oneof, enum value or service: it occupies its name and is no type. */
  | { readonly kind: 'other'; readonly what: string; readonly file: LinkedFile }

/** The names of one package or message. A tree, so that looking up costs one step per level however long names are. */
export class Scope {
  readonly parent: Scope | null
  readonly fullName: string
  readonly members = new Map<string, NamedThing>()

  constructor(parent: Scope | null, name: string) {
    this.parent = parent
    this.fullName = parent === null || parent.fullName === '' ? name : `${parent.fullName}.${name}`
  }

  qualified(name: string): string {
    return this.fullName === '' ? name : `${this.fullName}.${name}`
  }

  /** The scope of a package below this one, made if it is new; undefined when a type bears its name. */
  package(name: string, file: LinkedFile): Scope | undefined {
    const known = this.members.get(name) ?? { kind: 'package', scope: new Scope(this, name), files: new Set<LinkedFile>() }
    if (known.kind !== 'package') return undefined
    known.files.add(file)
    this.members.set(name, known)
    return known.scope
  }
}

/**
 * Resolves a name as C++ and protoc do: the innermost scope that knows the first part decides, and the rest must be found
 * in there; a leading dot starts at the root. `isWanted` says which things may be the answer.
 */
export function resolveName(
  name: string,
  { scope, visible, isWanted }: { scope: Scope; visible: ReadonlySet<LinkedFile>; isWanted: (thing: NamedThing) => boolean },
): NamedThing | undefined {
  const isAbsolute = name.startsWith('.')
  const [first = '', ...rest] = (isAbsolute ? name.slice(1) : name).split('.')
  for (let current: Scope | null = isAbsolute ? rootOf(scope) : scope; current; current = current.parent) {
    const thing = current.members.get(first)
    if (!thing || !isVisible(thing, visible)) continue
    if (rest.length === 0 && isWanted(thing)) return thing
    // A field or an enum of the same name does not hide what lies further out.
    if (rest.length > 0 && 'scope' in thing) return descend(thing.scope, rest, { visible, isWanted })
  }
  return undefined
}

function rootOf(scope: Scope): Scope {
  let root = scope
  while (root.parent) root = root.parent
  return root
}

function descend(
  start: Scope,
  parts: readonly string[],
  { visible, isWanted }: { visible: ReadonlySet<LinkedFile>; isWanted: (thing: NamedThing) => boolean },
): NamedThing | undefined {
  let scope: Scope = start
  for (const [index, part] of parts.entries()) {
    const thing = scope.members.get(part)
    if (!thing || !isVisible(thing, visible)) return undefined
    if (index === parts.length - 1) return isWanted(thing) ? thing : undefined
    if (!('scope' in thing)) return undefined
    scope = thing.scope
  }
  return undefined
}

function isVisible(thing: NamedThing, visible: ReadonlySet<LinkedFile>): boolean {
  if (thing.kind === 'package') return [...thing.files].some((file) => visible.has(file))
  return visible.has(thing.kind === 'message' ? thing.type.file : thing.file)
}
