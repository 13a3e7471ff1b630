import type { Output } from '../command.ts'

/** How a stream may be written to: with colours only on a terminal, and not where NO_COLOR is set (no-color.org). */
export interface Style {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
}

export function styleOf({ isTTY }: Output, environment: { readonly [name: string]: string | undefined }): Style {
  const isPlain = isTTY !== true || (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb'
  if (isPlain) return plainStyle
  return { bold: (text) => `\u001b[1m${text}\u001b[22m`, dim: (text) => `\u001b[2m${text}\u001b[22m` }
}

export const plainStyle: Style = { bold: (text) => text, dim: (text) => text }
