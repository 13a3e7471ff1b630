/** The canonical text of a UUID from its 32 hexadecimal digits: groups of 8, 4, 4, 4 and 12. */
export function uuidText(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
