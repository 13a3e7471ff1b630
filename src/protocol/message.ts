import { assert } from '../shared/assert.ts'
import { type Codec, namedFailure } from './codec.ts'
import { compile } from './compile.ts'
import type { Reader } from './reader.ts'
import { type Field, includesVersion, type VersionRange } from './types.ts'
import type { Writer } from './writer.ts'

/**
 * A declared message with its codecs, one per version, compiled when first used. Both directions work for requests
 * and for responses, because the commands and the tests are clients. A version outside the declared range is a
 * mistake of the caller's: whoever reads a version off the wire compares it with `versions` first.
 */
export class Message<Out, In> {
  readonly name: string
  readonly versions: VersionRange
  /** The first version with compact lengths and tagged fields. */
  readonly flexibleFirst: number
  readonly struct: Field<Out>
  readonly #codecs: Codec[] = []

  constructor(name: string, { versions, flexibleFirst }: { versions: VersionRange; flexibleFirst: number }, struct: Field<Out, In>) {
    this.name = name
    this.versions = versions
    this.flexibleFirst = flexibleFirst
    this.struct = struct
  }

  /**
   * Reads one message from where the reader stands. Fields that the version lacks have their default.
   * Throws HeadgateError 'malformed', naming the field.
   */
  decode(reader: Reader, version: number): Out {
    const codec = this.#codecOf(version)
    try {
      return codec.read(reader) as Out
    } catch (error) {
      throw namedFailure(this.name, version, error)
    }
  }

  /**
   * Fields that the version lacks are left out. Throws HeadgateError 'unsupported' when such a field is set and is not
   * ignorable, and 'too-large' for a string that the version has no length for.
   */
  encode(writer: Writer, version: number, value: In): void {
    const codec = this.#codecOf(version)
    try {
      codec.write(writer, value)
    } catch (error) {
      throw namedFailure(this.name, version, error)
    }
  }

  #codecOf(version: number): Codec {
    return (this.#codecs[version] ??= this.#compile(version))
  }

  #compile(version: number): Codec {
    assert(includesVersion(this.versions, version), `${this.name} has no version ${version}`)
    return compile(this.struct.type, false, { version, isFlexible: version >= this.flexibleFirst })
  }
}

/** The type of a decoded message. */
export type Infer<M> = M extends Message<infer Out, never> ? Out : never
/** The type of a message to be encoded: what has a default may be left out. */
export type InferInput<M> = M extends Message<unknown, infer In> ? In : never
