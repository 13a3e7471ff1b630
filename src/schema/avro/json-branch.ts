import { isObject, type JsonObject, type JsonValue } from '../../shared/json.ts'
import { branchName, type AvroType, type FixedType, type PrimitiveType, type RecordType } from './ast.ts'
import { isTemporal } from './temporal-text.ts'

/**
 * Which branch of a union a JSON value is of. A member alone in its object and named like a branch is the specification's
 * form, `{"long": 1}`; otherwise the first branch whose outer shape fits counts, without looking further down.
 */
export interface BranchChoice {
  readonly branch: AvroType
  readonly index: number
  /** The value inside the branch. */
  readonly value: JsonValue
}

export function fittingBranch(branches: readonly AvroType[], value: JsonValue): BranchChoice | undefined {
  return namedBranch(branches, value) ?? plainBranch(branches, value)
}

/** For the defaults of a schema, which stand plainly and know no logical types. */
export function plainBranch(
  branches: readonly AvroType[],
  value: JsonValue,
  { isLogical = true }: { isLogical?: boolean } = {},
): BranchChoice | undefined {
  const index = branches.findIndex((branch) => hasShapeOf(branch, value, isLogical))
  const branch = branches[index]
  return branch && { branch, index, value }
}

function namedBranch(branches: readonly AvroType[], value: JsonValue): BranchChoice | undefined {
  if (!isObject(value)) return undefined
  const [name, ...others] = Object.keys(value)
  if (name === undefined || others.length > 0) return undefined
  const index = branches.findIndex((branch) => branch.kind !== 'null' && branchName(branch) === name)
  const branch = branches[index]
  const inner = value[name]
  return branch && inner !== undefined ? { branch, index, value: inner } : undefined
}

function hasShapeOf(type: AvroType, value: JsonValue, isLogical: boolean): boolean {
  switch (type.kind) {
    case 'null':
      return value === null
    case 'boolean':
      return typeof value === 'boolean'
    case 'int':
      return isIntegerOf(value, 32) || (isLogical && isTemporal(type.logical) && typeof value === 'string')
    case 'long':
      return isIntegerOf(value, 64) || (isLogical && isTemporal(type.logical) && typeof value === 'string')
    case 'float':
    case 'double':
      return isNumber(value) || isNonFinite(value)
    case 'string':
      return typeof value === 'string'
    case 'bytes':
      return typeof value === 'string' || (isLogical && isDecimal(type) && isNumber(value))
    case 'fixed':
      return fitsFixed(type, value, isLogical)
    case 'enum':
      return typeof value === 'string' && type.symbols.includes(value)
    case 'array':
      return Array.isArray(value)
    case 'map':
      return isObject(value)
    case 'record':
      return isObject(value) && fitsRecord(type, value)
    case 'union':
      return false
  }
}

function fitsFixed(type: FixedType, value: JsonValue, isLogical: boolean): boolean {
  const logical = isLogical ? type.logical?.kind : undefined
  if (logical === 'duration') return isObject(value)
  if (logical === 'decimal') return typeof value === 'string' || isNumber(value)
  if (logical === 'uuid') return typeof value === 'string' && value.length === 36
  return typeof value === 'string' && value.length === type.size
}

/** Only fields that the record has, and all that have no default. */
function fitsRecord({ fields }: RecordType, value: JsonObject): boolean {
  const names = new Set(fields.map(({ name }) => name))
  return (
    Object.keys(value).every((key) => names.has(key)) &&
    fields.every((field) => field.default !== undefined || Object.hasOwn(value, field.name))
  )
}

function isDecimal({ logical }: PrimitiveType): boolean {
  return logical?.kind === 'decimal' || logical?.kind === 'big-decimal'
}

function isNumber(value: JsonValue): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

/** Whether a whole number fits so many bits. Beyond 2^53 only a bigint is known to be exact. */
export function isIntegerOf(value: JsonValue, bits: 32 | 64): value is number | bigint {
  if (typeof value === 'bigint') return BigInt.asIntN(bits, value) === value
  return typeof value === 'number' && Number.isSafeInteger(value) && (bits === 64 || (value | 0) === value)
}

/** NaN and the infinities, which JSON writes as text. */
export function isNonFinite(value: JsonValue): value is string {
  return value === 'NaN' || value === 'Infinity' || value === '-Infinity'
}
