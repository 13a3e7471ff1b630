/** Numbers of an Avro schema's text as Jackson reads and prints them. */

/** Whether a number was written as a whole number, which is what Jackson calls integral. */
export function isIntegralText(text: string): boolean {
  return /^-?\d+$/.test(text)
}

/** Integers keep their digits; anything else is a Java double, printed as `Double.toString` does. */
export function jacksonNumber(text: string): string {
  if (isIntegralText(text)) return text === '-0' ? '0' : text
  return javaDoubleText(Number(text))
}

/** Java writes a double plainly in [1e-3, 1e7) and with one digit before the point and an `E` elsewhere. */
function javaDoubleText(value: number): string {
  // Jackson quotes what JSON has no number for.
  if (!Number.isFinite(value)) return `"${value}"`
  const magnitude = Math.abs(value)
  if (magnitude === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  if (magnitude >= 1e-3 && magnitude < 1e7) {
    const plain = String(value)
    return plain.includes('.') ? plain : `${plain}.0`
  }
  const [digits = '', exponent = ''] = value.toExponential().split('e')
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`
}
