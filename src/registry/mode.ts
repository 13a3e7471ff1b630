import type { RegistryIndex } from './registry-index.ts'
import { ROOT_SCOPE, scopesOf } from './config.ts'

/** READONLY_OVERRIDE is the whole registry's only: it wins over every other mode. */
export const modes = ['READWRITE', 'READONLY', 'READONLY_OVERRIDE', 'IMPORT', 'FORWARD'] as const
export type Mode = (typeof modes)[number]

export const defaultMode: Mode = 'READWRITE'

export function modeKey(scope: string): string {
  return `mode/${scope}`
}

export function modeAt(index: RegistryIndex, scope: string): Mode | undefined {
  return index.document(modeKey(scope)) as Mode | undefined
}

/** What holds for a subject: the mode of the subject, its context, all contexts, or the default; the nearest wins. */
export function modeInScope(index: RegistryIndex, subject: string): Mode {
  if (modeAt(index, ROOT_SCOPE) === 'READONLY_OVERRIDE') return 'READONLY_OVERRIDE'
  for (const scope of scopesOf(subject)) {
    const mode = modeAt(index, scope)
    if (mode !== undefined) return mode
  }
  return defaultMode
}

export function isReadOnly(mode: Mode): boolean {
  return mode === 'READONLY' || mode === 'READONLY_OVERRIDE'
}

/** Modes in which ids and versions come from outside and nothing is held against earlier versions. */
export function isImporting(mode: Mode): boolean {
  return mode === 'IMPORT' || mode === 'FORWARD'
}
