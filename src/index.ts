import { startHeadgate, type Headgate } from './server.ts'
import { resolveSettings, settingSpecs, type SettingName } from './settings.ts'
import { HeadgateError } from './shared/errors.ts'
import { silentLogger, type Logger } from './shared/log.ts'

export type { Headgate } from './server.ts'
export type { Logger } from './shared/log.ts'

export type HeadgateOptions = { readonly [Name in SettingName]?: string | number | boolean } & {
  /** Where log lines go; by default nowhere. */
  readonly logger?: Logger
}

/**
 * Starts the same server in this process, for tests of one's own services. Options are the settings of `headgate serve`
 * by name, each as text, number or boolean; the environment is not read. Throws HeadgateError.
 */
export async function createHeadgate({ logger = silentLogger, ...settings }: HeadgateOptions = {}): Promise<Headgate> {
  const given = Object.entries(settings).filter(([, value]) => value !== undefined)
  const unknown = given.find(([name]) => !Object.hasOwn(settingSpecs, name))
  if (unknown)
    throw new HeadgateError('invalid-argument', `unknown setting ${unknown[0]}; known are ${Object.keys(settingSpecs).join(', ')}`)
  const flags = Object.fromEntries(given.map(([name, value]) => [name, String(value)]))
  return startHeadgate(resolveSettings(flags), logger)
}
