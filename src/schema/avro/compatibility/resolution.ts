import { isNamed, type AvroType, type NamedType, type PrimitiveKind, type UnionType } from '../ast.ts'
import { isPrimitiveKind } from '../names.ts'

/** Which of a reader's types may take a value that was written as another: Avro 1.12, "Schema Resolution". */

/** The primitive types that read what was written as one of them. */
const readersOf: { readonly [written in PrimitiveKind]: readonly PrimitiveKind[] } = {
  null: ['null'],
  boolean: ['boolean'],
  int: ['int', 'long', 'float', 'double'],
  long: ['long', 'float', 'double'],
  float: ['float', 'double'],
  double: ['double'],
  bytes: ['bytes', 'string'],
  string: ['string', 'bytes'],
}

export function isPrimitive(type: AvroType): type is AvroType & { readonly kind: PrimitiveKind } {
  return isPrimitiveKind(type.kind)
}

export function isPromotable(written: PrimitiveKind, reader: AvroType): boolean {
  return (readersOf[written] as readonly string[]).includes(reader.kind)
}

/**
 * Java compares names without their namespaces (the specification would have it so for any reader), or takes the
 * writer's full name among the reader's aliases.
 */
export function isNameReadable(reader: NamedType, writer: NamedType): boolean {
  return reader.name.name === writer.name.name || reader.aliases.some(({ full }) => full === writer.name.full)
}

/** The branches of a reader's union by what they read, so that a union of thousands is not searched for each type. */
export class UnionBranches {
  readonly #byKey = new Map<string, AvroType[]>()

  constructor({ branches }: UnionType) {
    for (const branch of branches) {
      if (!isNamed(branch)) this.#add(branch.kind, branch)
      else {
        this.#add(simpleKey(branch), branch)
        for (const { full } of branch.aliases) this.#add(aliasKey(branch, full), branch)
      }
    }
  }

  hasReaderOf(written: PrimitiveKind): boolean {
    return readersOf[written].some((kind) => this.#byKey.has(kind))
  }

  /** Branches of the writer's kind, or one it is promoted to, and where it has a name of its name: no other can read it. */
  candidatesFor(writer: AvroType): readonly AvroType[] {
    if (isPrimitive(writer)) return readersOf[writer.kind].flatMap((kind) => this.#byKey.get(kind) ?? [])
    if (!isNamed(writer)) return this.#byKey.get(writer.kind) ?? []
    const named = this.#byKey.get(simpleKey(writer)) ?? []
    const aliased = this.#byKey.get(aliasKey(writer, writer.name.full)) ?? []
    return aliased.length === 0 ? named : [...new Set([...named, ...aliased])]
  }

  #add(key: string, branch: AvroType): void {
    const known = this.#byKey.get(key)
    if (known) known.push(branch)
    else this.#byKey.set(key, [branch])
  }
}

function simpleKey({ kind, name }: NamedType): string {
  return `${kind} ${name.name}`
}

function aliasKey({ kind }: NamedType, full: string): string {
  return `${kind} aka ${full}`
}
