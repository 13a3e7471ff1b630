/**
 * Keywords judged exactly and in bounded time. ajv's own `multipleOf` divides doubles, so that 19.99 is no multiple of
 * 0.01; its `uniqueItems` compares every two objects, which a long array turns into minutes.
 */

/** Decides on the decimal values that the two numbers print as. */
export function isMultipleOf(value: number, divisor: number): boolean {
  if (Number.isSafeInteger(value) && Number.isSafeInteger(divisor)) return value % divisor === 0
  if (!Number.isFinite(value)) return false
  const [valueDigits, valueExponent] = decimalOf(value)
  const [divisorDigits, divisorExponent] = decimalOf(divisor)
  const exponent = Math.min(valueExponent, divisorExponent)
  return (valueDigits * 10n ** BigInt(valueExponent - exponent)) % (divisorDigits * 10n ** BigInt(divisorExponent - exponent)) === 0n
}

/** `digits * 10^exponent` of the shortest text that reads back as the number. */
function decimalOf(value: number): [digits: bigint, exponent: number] {
  const [mantissa = '', exponent = '0'] = String(value).split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  return [BigInt(whole + fraction), Number(exponent) - fraction.length]
}

export function hasUniqueItems(items: readonly unknown[]): boolean {
  const seen = new Set<string>()
  for (const item of items) {
    const key = equalityKey(item)
    if (seen.has(key)) return false
    seen.add(key)
  }
  return true
}

/** Whether a value is one of many constants. */
export function isOneOfMany(constants: readonly unknown[]): (value: unknown) => boolean {
  const keys = new Set(constants.map(equalityKey))
  return (value) => keys.has(equalityKey(value))
}

/** Equal for values that JSON Schema calls equal: members in any order, 0 and -0 the same. Nesting is bounded before. */
export function equalityKey(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return `[${value.map(equalityKey).join(',')}]`
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${equalityKey(member)}`)
  return `{${members.sort().join(',')}}`
}
