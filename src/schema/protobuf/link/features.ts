import { isOptionTrue, plainOption, type OptionNode, type OptionValue, type Syntax } from '../ast.ts'
import type { Presence } from './types.ts'

/** The behaviour that editions made settable; proto2 and proto3 are two fixed sets of it. */
export interface Features {
  readonly presence: Presence
  readonly isEnumClosed: boolean
  readonly isPacked: boolean
  readonly isDelimited: boolean
}

const PROTO2: Features = { presence: 'explicit', isEnumClosed: true, isPacked: false, isDelimited: false }
const PROTO3: Features = { presence: 'implicit', isEnumClosed: false, isPacked: true, isDelimited: false }
const EDITION_2023: Features = { presence: 'explicit', isEnumClosed: false, isPacked: true, isDelimited: false }

export function fileFeatures(syntax: Syntax | null, options: readonly OptionNode[]): Features {
  if (syntax === 'proto3') return PROTO3
  return syntax === '2023' ? overriddenFeatures(EDITION_2023, options) : PROTO2
}

/** What a message, enum or field inherits and sets, with `features.x = Y`, `features = { x: Y }` or `packed`. */
export function overriddenFeatures(inherited: Features, options: readonly OptionNode[]): Features {
  let features = inherited
  for (const { name, value } of options) {
    if (name[0]?.text !== 'features' || name[0].isExtension) continue
    if (name.length === 2) features = withFeature(features, name[1]?.text ?? '', value)
    if (name.length === 1 && value.kind === 'message')
      for (const entry of value.entries) features = withFeature(features, entry.name, entry.value)
  }
  if (plainOption(options, 'packed')) features = { ...features, isPacked: isOptionTrue(options, 'packed') }
  return features
}

function withFeature(features: Features, name: string, value: OptionValue): Features {
  const text = value.kind === 'identifier' ? value.text : ''
  switch (name) {
    case 'field_presence':
      return { ...features, presence: text === 'IMPLICIT' ? 'implicit' : text === 'LEGACY_REQUIRED' ? 'required' : 'explicit' }
    case 'enum_type':
      return { ...features, isEnumClosed: text === 'CLOSED' }
    case 'repeated_field_encoding':
      return { ...features, isPacked: text === 'PACKED' }
    case 'message_encoding':
      return { ...features, isDelimited: text === 'DELIMITED' }
    // utf8_validation is not followed: a string column holds UTF-8 and nothing else.
    default:
      return features
  }
}
