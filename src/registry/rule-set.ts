import { registryErrors } from './registry-error.ts'

/**
 * The rules of a data contract. Clients execute them when they write, read and migrate records; the registry keeps them,
 * answers them, and refuses those that no client could execute.
 */
export interface RuleSet {
  readonly migrationRules?: readonly Rule[]
  readonly domainRules?: readonly Rule[]
  readonly encodingRules?: readonly Rule[]
  readonly enableAt?: string
}

export interface Rule {
  readonly name: string
  readonly doc?: string
  readonly kind: RuleKind
  readonly mode: RuleMode
  readonly type: string
  readonly tags?: readonly string[]
  readonly params?: { readonly [name: string]: string }
  readonly expr?: string
  readonly onSuccess?: string
  readonly onFailure?: string
  readonly disabled?: boolean
}

export const ruleKinds = ['TRANSFORM', 'CONDITION'] as const
export type RuleKind = (typeof ruleKinds)[number]

export const ruleModes = ['UPGRADE', 'DOWNGRADE', 'UPDOWN', 'WRITE', 'READ', 'WRITEREAD'] as const
export type RuleMode = (typeof ruleModes)[number]

/** The lists of rules and the modes that each may have. */
export const ruleLists = [
  { name: 'migrationRules', modes: ['UPGRADE', 'DOWNGRADE', 'UPDOWN'] },
  { name: 'domainRules', modes: ['WRITE', 'READ', 'WRITEREAD'] },
  { name: 'encodingRules', modes: ['WRITE', 'READ', 'WRITEREAD'] },
] as const satisfies readonly { name: keyof RuleSet; modes: readonly RuleMode[] }[]

/** Throws 42210 for a rule of the wrong mode, a name that no rule may have, or two rules of one name in a list. */
export function checkRuleSet(ruleSet: RuleSet): void {
  for (const { name: list, modes } of ruleLists) {
    const names = new Set<string>()
    for (const { name, mode } of ruleSet[list] ?? []) {
      if (!RULE_NAME.test(name)) throw registryErrors.invalidRuleSet(`${list}: ${JSON.stringify(name)} is not a name for a rule`)
      if (names.has(name)) throw registryErrors.invalidRuleSet(`${list}: found rule with duplicate name '${name}'`)
      names.add(name)
      if (!(modes as readonly RuleMode[]).includes(mode))
        throw registryErrors.invalidRuleSet(`${list}: rule '${name}' has mode ${mode}; allowed are ${modes.join(', ')}`)
    }
  }
}

/** Undefined when there is no rule. */
export function nonEmptyRuleSet(ruleSet: RuleSet): RuleSet | undefined {
  const lists = ruleLists.map(({ name }) => [name, ruleSet[name] ?? []] as const).filter(([, rules]) => rules.length > 0)
  if (lists.length === 0 && ruleSet.enableAt === undefined) return undefined
  return { ...Object.fromEntries(lists), ...(ruleSet.enableAt === undefined ? {} : { enableAt: ruleSet.enableAt }) }
}

/** All rules of both; where a name is in both, the rule of `over`. */
export function mergeRuleSets(under: RuleSet | undefined, over: RuleSet | undefined): RuleSet | undefined {
  if (under === undefined || over === undefined) return over ?? under
  const enableAt = over.enableAt ?? under.enableAt
  const lists = ruleLists.map(({ name }) => [name, mergeRules(under[name] ?? [], over[name] ?? [])] as const)
  return nonEmptyRuleSet({ ...Object.fromEntries(lists), ...(enableAt === undefined ? {} : { enableAt }) })
}

export function withoutRules(ruleSet: RuleSet | undefined, names: readonly string[]): RuleSet | undefined {
  if (ruleSet === undefined || names.length === 0) return ruleSet
  const removed = new Set(names)
  const lists = ruleLists.map(({ name }) => [name, (ruleSet[name] ?? []).filter((rule) => !removed.has(rule.name))] as const)
  return nonEmptyRuleSet({ ...ruleSet, ...Object.fromEntries(lists) })
}

function mergeRules(under: readonly Rule[], over: readonly Rule[]): Rule[] {
  const replaced = new Set(over.map(({ name }) => name))
  return [...under.filter(({ name }) => !replaced.has(name)), ...over]
}

const RULE_NAME = /^[A-Za-z_][\w.-]{0,255}$/
