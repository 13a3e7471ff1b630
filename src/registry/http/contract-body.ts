import { nonEmptyMetadata, type Metadata } from '../metadata.ts'
import { RegistryError, registryErrors } from '../registry-error.ts'
import { nonEmptyRuleSet, ruleKinds, ruleLists, ruleModes, type Rule, type RuleSet } from '../rule-set.ts'
import { listAt, objectAt, optionalFlag, optionalObject, optionalText, textMap, textsAt } from './json-body.ts'

/** Metadata as it comes in a body; undefined when it is absent or says nothing. Throws RegistryError 400. */
export function metadataOf(value: unknown, path: string): Metadata | undefined {
  const metadata = optionalObject(value, path)
  if (metadata === undefined) return undefined
  const tags = Object.entries(optionalObject(metadata['tags'], `${path}.tags`) ?? {})
  return nonEmptyMetadata({
    tags: Object.fromEntries(tags.map(([name, values]) => [name, textsAt(values, `${path}.tags.${name}`)])),
    properties: textMap(metadata['properties'], `${path}.properties`),
    sensitive: textsAt(metadata['sensitive'], `${path}.sensitive`),
  })
}

/** A rule set as it comes in a body; undefined when it is absent or has no rule. Throws RegistryError 42210. */
export function ruleSetOf(value: unknown, path: string): RuleSet | undefined {
  try {
    const ruleSet = optionalObject(value, path)
    if (ruleSet === undefined) return undefined
    const enableAt = optionalText(ruleSet['enableAt'], `${path}.enableAt`)
    const lists = ruleLists.map(({ name }) => [name, rulesAt(ruleSet[name], `${path}.${name}`)] as const)
    return nonEmptyRuleSet({ ...Object.fromEntries(lists), ...(enableAt === undefined ? {} : { enableAt }) })
  } catch (error) {
    // A rule of the wrong shape is a wrong rule.
    throw error instanceof RegistryError && error.errorCode === 400 ? registryErrors.invalidRuleSet(error.message) : error
  }
}

function rulesAt(value: unknown, path: string): Rule[] {
  return listAt(value, path).map((rule, index) => ruleOf(rule, `${path}[${index}]`))
}

function ruleOf(value: unknown, path: string): Rule {
  const rule = objectAt(value, path)
  const text = (name: string): string | undefined => optionalText(rule[name], `${path}.${name}`)
  const required = (name: string): string => text(name) ?? missing(`${path}.${name}`)
  const kind = oneOf(ruleKinds, required('kind'), `${path}.kind`)
  const mode = oneOf(ruleModes, required('mode'), `${path}.mode`)
  const optional = { doc: text('doc'), expr: text('expr'), onSuccess: text('onSuccess'), onFailure: text('onFailure') }
  const tags = textsAt(rule['tags'], `${path}.tags`)
  const params = textMap(rule['params'], `${path}.params`)
  return {
    name: required('name'),
    kind,
    mode,
    type: required('type'),
    ...Object.fromEntries(Object.entries(optional).filter(([, member]) => member !== undefined)),
    ...(tags.length > 0 ? { tags } : {}),
    ...(Object.keys(params).length > 0 ? { params } : {}),
    disabled: optionalFlag(rule['disabled'], `${path}.disabled`) ?? false,
  }
}

function oneOf<Name extends string>(names: readonly Name[], text: string, path: string): Name {
  const found = names.find((name) => name === text.toUpperCase())
  if (found === undefined) throw registryErrors.invalidRuleSet(`${path}: expected one of ${names.join(', ')}, got ${JSON.stringify(text)}`)
  return found
}

function missing(path: string): never {
  throw registryErrors.invalidRuleSet(`${path}: missing`)
}
