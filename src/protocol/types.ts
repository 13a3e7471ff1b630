import { assert } from '../shared/assert.ts'

/**
 * The vocabulary in which messages are declared: plain data that says, per field, its wire type, the versions that
 * have it, whether null is allowed, its tag and its default. codec.ts compiles it; the TypeScript types of a decoded
 * message (Out) and of one to be encoded (In) are derived from the same value. Nothing here nests by itself, so no
 * input can make a message deeper than it was declared.
 */
export interface Field<Out = unknown, In = unknown, Omissible extends boolean = boolean> {
  readonly type: WireType
  /** The versions that have the field, within those of the struct around it. */
  readonly versions: VersionRange
  /** The versions in which null is allowed. */
  readonly nullable: VersionRange | undefined
  /** What a decoded message holds when its version lacks the field, and what is sent when the sender leaves it out. */
  readonly default: unknown
  /** Set for a tagged field (KIP-482): it is sent only when it differs from its default. */
  readonly tag: number | undefined
  /** A sender's value is left out silently, instead of refused, in a version that lacks the field. */
  readonly isIgnorable: boolean
  readonly [carried]?: { readonly out: Out; readonly in: In; readonly isOmissible: Omissible }
}

/** First and last version, both inclusive. */
export interface VersionRange {
  readonly first: number
  readonly last: number
}

export type WireType =
  | { readonly kind: Scalar }
  | { readonly kind: 'array'; readonly element: Field }
  | { readonly kind: 'struct'; readonly fields: Fields }

export type Scalar = 'bool' | 'int8' | 'int16' | 'int32' | 'int64' | 'uuid' | 'string' | 'classicString' | 'bytes' | 'records'

/** In the order they have on the wire. */
export type Fields = { readonly [name: string]: Field }

declare const carried: unique symbol

const everyVersion: VersionRange = { first: 0, last: Infinity }

export const uuidZero = '00000000-0000-0000-0000-000000000000'

export const bool: Field<boolean, boolean, false> = scalar('bool', false)
export const int8: Field<number, number, false> = scalar('int8', 0)
export const int16: Field<number, number, false> = scalar('int16', 0)
export const int32: Field<number, number, false> = scalar('int32', 0)
export const int64: Field<bigint, bigint, false> = scalar('int64', 0n)
/** Canonical text: lower-case hexadecimal digits with hyphens. */
export const uuid: Field<string, string, false> = scalar('uuid', uuidZero)
export const string: Field<string, string, false> = scalar('string', '')
/** Keeps its two-byte length in flexible versions, and takes any bytes: the client id, which must be readable by every server. */
export const classicString: Field<string, string, false> = scalar('classicString', '')
export const bytes: Field<Uint8Array, Uint8Array, false> = scalar('bytes', new Uint8Array(0))
/** Record batches: decoded as a view of the frame, encoded from one piece or several without copying large ones. */
export const records: Field<Uint8Array, Uint8Array | readonly Uint8Array[], false> = scalar('records', new Uint8Array(0))

export function array<Out, In>(element: Field<Out, In>): Field<readonly Out[], readonly In[], false> {
  assert(element.versions === everyVersion && element.tag === undefined, 'an element cannot depend on the version')
  return field({ kind: 'array', element }, Object.freeze([]))
}

export function struct<F extends Fields>(fields: F): Field<Decoded<F>, Encodable<F>, false> {
  const defaults = Object.entries(fields).map(([name, { default: value }]) => [name, value] as const)
  return field({ kind: 'struct', fields }, Object.freeze(Object.fromEntries(defaults)))
}

/** Null is allowed, in every version that has the field or from one on. Its default stays; see withDefault. */
export function nullable<Out, In, Omissible extends boolean>(
  of: Field<Out, In, Omissible>,
  { since = 0 }: { since?: number } = {},
): Field<Out | null, In | null, Omissible> {
  return { ...retyped(of), nullable: { first: since, last: Infinity } }
}

/** The field exists from this version on. */
export function since<Out, In, Omissible extends boolean>(first: number, of: Field<Out, In, Omissible>): Field<Out, In, Omissible> {
  return { ...of, versions: { first, last: of.versions.last } }
}

/** The field exists up to this version; whoever speaks a later one may leave it out. */
export function until<Out, In>(last: number, of: Field<Out, In>): Field<Out, In, true> {
  return { ...retyped(of), versions: { first: of.versions.first, last } }
}

export function between<Out, In>(first: number, last: number, of: Field<Out, In>): Field<Out, In, true> {
  return { ...retyped(of), versions: { first, last } }
}

/** A tagged field; the versions that have it are flexible ones. */
export function tagged<Out, In>(tag: number, of: Field<Out, In>): Field<Out, In, true> {
  return { ...retyped(of), tag }
}

/** The sender may leave the field out. */
export function withDefault<Out, In>(of: Field<Out, In>, value: NoInfer<Out>): Field<Out, In, true> {
  return { ...retyped(of), default: value }
}

export function ignorable<Out, In, Omissible extends boolean>(of: Field<Out, In, Omissible>): Field<Out, In, Omissible> {
  return { ...of, isIgnorable: true }
}

export function includesVersion({ first, last }: VersionRange, version: number): boolean {
  return first <= version && version <= last
}

/** What a decoded struct looks like: every field, whatever the version. */
export type Decoded<F extends Fields> = { readonly [Name in keyof F]: OutOf<F[Name]> }

/** What an encoder takes: fields with a default of their own, and fields that later versions dropped, may be missing. */
export type Encodable<F extends Fields> = Flat<
  { readonly [Name in keyof F as IsOmissible<F[Name]> extends true ? never : Name]: InOf<F[Name]> } & {
    readonly [Name in keyof F as IsOmissible<F[Name]> extends true ? Name : never]?: InOf<F[Name]>
  }
>

type Flat<T> = { [Name in keyof T]: T[Name] }
type OutOf<F> = F extends Field<infer Out> ? Out : never
type InOf<F> = F extends Field<unknown, infer In> ? In : never
type IsOmissible<F> = F extends Field<unknown, unknown, infer Omissible> ? Omissible : never

function scalar<Out, In>(kind: Scalar, value: Out): Field<Out, In, false> {
  return field({ kind }, value)
}

function field<Out, In>(type: WireType, value: unknown): Field<Out, In, false> {
  return { type, versions: everyVersion, nullable: undefined, default: value, tag: undefined, isIgnorable: false }
}

/** The same data under another type: what a field carries exists at compile time only. */
function retyped({ type, versions, nullable, default: value, tag, isIgnorable }: Field): Omit<Field, typeof carried> {
  return { type, versions, nullable, default: value, tag, isIgnorable }
}
