import { registryErrors } from '../registry-error.ts'
import { schemaTypes, type SchemaReference } from '../schema-content.ts'
import type { SchemaTags } from '../inline-tags.ts'
import type { SubmittedSchema } from '../submitted-schema.ts'
import type { Tagging } from '../tagging.ts'
import { metadataOf, ruleSetOf } from './contract-body.ts'
import {
  jsonBody,
  listAt,
  objectAt,
  optionalFlag,
  optionalInteger,
  optionalText,
  textAt,
  textsAt,
  type JsonObjectBody,
} from './json-body.ts'

/** A schema as it is registered, looked up or held against others. Throws RegistryError 400, 42201 or 42210. */
export function submittedSchema(body: unknown): SubmittedSchema {
  const members = jsonBody(body)
  const metadata = metadataOf(members['metadata'], 'metadata')
  const ruleSet = ruleSetOf(members['ruleSet'], 'ruleSet')
  const schemaId = optionalInteger(members['id'], 'id')
  const version = optionalInteger(members['version'], 'version')
  return {
    schemaType: schemaTypeOf(members),
    schema: optionalText(members['schema'], 'schema') ?? '',
    references: listAt(members['references'], 'references').map(referenceOf),
    ...(metadata ? { metadata } : {}),
    ...(ruleSet ? { ruleSet } : {}),
    // -1 is how the Java client says "none".
    ...(schemaId === undefined || schemaId < 0 ? {} : { schemaId }),
    ...(version === undefined || version === 0 ? {} : { version: checkedVersion(version) }),
    ...tagMembers(members),
  }
}

/** The body of `.../tags`. Throws RegistryError 400 or 42210. */
export function taggingOf(body: unknown): Tagging {
  const members = jsonBody(body)
  return {
    newVersion: optionalInteger(members['newVersion'], 'newVersion'),
    add: tagsAt(members['tagsToAdd'], 'tagsToAdd'),
    remove: tagsAt(members['tagsToRemove'], 'tagsToRemove'),
    metadata: metadataOf(members['metadata'], 'metadata'),
    ruleSet: ruleSetOf(members['ruleSet'], 'ruleSet'),
    rulesToMerge: ruleSetOf(members['rulesToMerge'], 'rulesToMerge'),
    rulesToRemove: textsAt(members['rulesToRemove'], 'rulesToRemove'),
  }
}

function tagMembers(members: JsonObjectBody): Pick<SubmittedSchema, 'tags' | 'isTaggedAsBefore'> {
  const add = tagsAt(members['schemaTagsToAdd'], 'schemaTagsToAdd')
  const remove = tagsAt(members['schemaTagsToRemove'], 'schemaTagsToRemove')
  const isTaggedAsBefore = optionalFlag(members['propagateSchemaTags'], 'propagateSchemaTags') === true
  return { ...(add.length + remove.length > 0 ? { tags: { add, remove } } : {}), ...(isTaggedAsBefore ? { isTaggedAsBefore } : {}) }
}

function tagsAt(value: unknown, path: string): SchemaTags[] {
  return listAt(value, path).map((item, index) => {
    const { schemaEntity, tags } = objectAt(item, `${path}[${index}]`)
    const entity = objectAt(schemaEntity, `${path}[${index}].schemaEntity`)
    const entityType = String(entity['entityType']).toLowerCase()
    if (entityType !== 'sr_record' && entityType !== 'sr_field')
      throw registryErrors.badRequest(`${path}[${index}].schemaEntity.entityType: expected sr_record or sr_field`)
    const entityPath = textAt(entity['entityPath'], `${path}[${index}].schemaEntity.entityPath`)
    return { schemaEntity: { entityPath, entityType }, tags: textsAt(tags, `${path}[${index}].tags`) }
  })
}

function schemaTypeOf(members: JsonObjectBody): SubmittedSchema['schemaType'] {
  const text = optionalText(members['schemaType'], 'schemaType') ?? 'AVRO'
  const schemaType = schemaTypes.find((name) => name === text)
  if (!schemaType) throw registryErrors.invalidSchema(`Invalid schema type ${text}`)
  return schemaType
}

function checkedVersion(version: number): number {
  if (version < -1) throw registryErrors.invalidVersion(String(version))
  return version
}

function referenceOf(value: unknown, index: number): SchemaReference {
  const path = `references[${index}]`
  const reference = objectAt(value, path)
  const name = optionalText(reference['name'], `${path}.name`)
  const subject = optionalText(reference['subject'], `${path}.subject`)
  const version = optionalInteger(reference['version'], `${path}.version`)
  if (name === undefined || subject === undefined || version === undefined)
    throw registryErrors.invalidSchema(`Invalid schema, details: ${path}: expected name, subject and version`)
  return { name, subject, version }
}
