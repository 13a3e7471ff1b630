import { registryErrors } from '../registry-error.ts'
import { schemaTypes, type SchemaReference } from '../schema-content.ts'
import type { SubmittedSchema } from '../submitted-schema.ts'
import { metadataOf, ruleSetOf } from './contract-body.ts'
import { jsonBody, listAt, objectAt, optionalInteger, optionalText, type JsonObjectBody } from './json-body.ts'

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
  }
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
