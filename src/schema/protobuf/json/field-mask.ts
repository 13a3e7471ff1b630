import { camelCase } from '../link/resolve-field.ts'

/** `f.foo_bar` and `h` are `f.fooBar,h` in JSON; null when a path would not come back the same. */
export function fieldMaskText(paths: readonly string[]): string | null {
  const texts = paths.map(camelCase)
  return texts.every((text, index) => snakeCase(text) === paths[index]) ? texts.join(',') : null
}

export function parseFieldMask(text: string): string[] | null {
  if (text.includes('_')) return null
  return text === '' ? [] : text.split(',').map(snakeCase)
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
