/** Orders texts by their UTF-16 code units, as `<` does: the same on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
