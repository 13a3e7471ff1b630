import { readFile } from 'node:fs/promises'
import { HeadgateError, messageOf } from '../../shared/errors.ts'
import { compatibilityLevels, type CompatibilityLevel } from '../config.ts'
import { isObject } from '../../shared/json.ts'

/** `<topic>/topic.json`: what a topic's folder says beside its schemas. */
export interface TopicFileSettings {
  readonly path: string
  /** Level of both subjects of the topic; without it they inherit theirs. */
  readonly compatibility?: CompatibilityLevel
  /** False: a schema of `key` and `value` is the value's own, not an envelope. */
  readonly isEnvelopeAllowed: boolean
  /** Kafka topic configs, such as `schema.framing`; a topic that does not exist yet is made with them. */
  readonly configs: { readonly [key: string]: string }
}

const members = ['compatibility', 'envelope', 'configs'] as const

/** Throws HeadgateError `invalid-schema` that names the file and the member. */
export async function topicFileSettings(path: string): Promise<TopicFileSettings> {
  const fail = (details: string): never => {
    throw new HeadgateError('invalid-schema', `${path}: ${details}`)
  }
  const parsed = await parsedFile(path)
  if (!isObject(parsed)) return fail('expected an object')
  const unknown = Object.keys(parsed).find((name) => !(members as readonly string[]).includes(name))
  if (unknown !== undefined) return fail(`unknown member ${unknown}; known are ${members.join(', ')}`)
  const { compatibility, envelope = true, configs = {} } = parsed
  const level = compatibilityLevels.find((known) => known === compatibility)
  if (compatibility !== undefined && !level) return fail(`compatibility: expected one of ${compatibilityLevels.join(', ')}`)
  if (typeof envelope !== 'boolean') return fail('envelope: expected true or false')
  if (!isObject(configs)) return fail('configs: expected an object')
  const wrong = Object.entries(configs).find(([, value]) => typeof value === 'object')
  if (wrong) return fail(`configs.${wrong[0]}: expected a string`)
  const texts = Object.fromEntries(Object.entries(configs).map(([key, value]) => [key, String(value)]))
  return { path, ...(level ? { compatibility: level } : {}), isEnvelopeAllowed: envelope, configs: texts }
}

async function parsedFile(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    throw new HeadgateError('invalid-schema', `${path}: ${messageOf(error)}`, { cause: error })
  }
}
