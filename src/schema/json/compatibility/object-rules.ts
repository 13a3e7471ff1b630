import type { Comparison } from './comparison.ts'
import { contentOfObject } from './content-model.ts'
import { isSubset, lowerBound, upperBound } from './kind-rules.ts'
import { dereferenced, type ObjectPart, type SchemaModel } from './model.ts'
import { compareAdditional, compareUnevaluated } from './remainder-rules.ts'

/** The rules for two object schemas. `propertyNames` is not looked at, as in Confluent's registry. */
export function compareObjects(original: ObjectPart, update: ObjectPart, comparison: Comparison): void {
  comparison.spend(original.properties.size + update.properties.size)
  compareRequired(original, update, comparison)
  compareProperties(original, update, comparison)
  compareDependencies(original, update, comparison)
  compareAdditional(original, update, comparison)
  compareUnevaluated(original, update, comparison)
  comparison.breaksAll(upperBound('MAX_PROPERTIES', 'maxProperties', original.maxProperties, update.maxProperties))
  comparison.breaksAll(lowerBound('MIN_PROPERTIES', 'minProperties', original.minProperties, update.minProperties))
}

/** Of properties that both have; one that is new and required breaks a rule of its own. */
function compareRequired(original: ObjectPart, update: ObjectPart, comparison: Comparison): void {
  comparison.spend(update.required.size)
  for (const name of update.required) {
    const property = update.properties.get(name)
    if (property === undefined || !original.properties.has(name) || original.required.has(name) || property.hasDefault) continue
    comparison.breaks('REQUIRED_ATTRIBUTE_ADDED', 'required', name)
  }
}

function compareProperties(original: ObjectPart, update: ObjectPart, comparison: Comparison): void {
  for (const [name, before] of original.properties) {
    const after = update.properties.get(name)
    if (after === undefined) compareRemoved(name, before, update, comparison)
    else comparison.requires(before, after, 'properties', name)
  }
  for (const [name, after] of update.properties)
    if (!original.properties.has(name)) compareAdded(name, after, { original, update }, comparison)
}

/** What was written under the name must be allowed by what the new schema says of names that it does not know. */
function compareRemoved(name: string, before: SchemaModel, update: ObjectPart, comparison: Comparison): void {
  const content = contentOfObject(update, name, comparison)
  if (content === 'open' || (content === 'closed' && dereferenced(before).kind === 'false')) return
  if (content === 'closed') return comparison.breaks('PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL', 'properties', name)
  comparison.requires(before, content, 'properties', name)
  comparison.requiresOneOf([[before, content]], 'PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL', 'properties', name)
}

/** What the old schema allowed under a name that it did not know must be allowed by the new property. */
function compareAdded(
  name: string,
  after: SchemaModel,
  { original, update }: { original: ObjectPart; update: ObjectPart },
  comparison: Comparison,
): void {
  const content = contentOfObject(original, name, comparison)
  const isRequired = update.required.has(name)
  if (content === 'open') return compareAddedToOpen(name, after, isRequired, comparison)
  if (content !== 'closed') {
    comparison.requires(content, after, 'properties', name)
    comparison.requiresOneOf([[content, after]], 'PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL', 'properties', name)
  }
  if (isRequired && !after.hasDefault) comparison.breaks('REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL', 'properties', name)
}

function compareAddedToOpen(name: string, after: SchemaModel, isRequired: boolean, comparison: Comparison): void {
  if (dereferenced(after).kind === 'empty') return
  if (!isRequired) comparison.breaks('OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL', 'properties', name)
  else if (after.hasDefault) comparison.breaks('REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL', 'properties', name)
  else comparison.breaks('REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL', 'properties', name)
}

function compareDependencies(original: ObjectPart, update: ObjectPart, comparison: Comparison): void {
  for (const [name, after] of update.dependentNames) {
    const before = original.dependentNames.get(name)
    comparison.spend(1 + after.size + (before?.size ?? 0))
    if (before === undefined) comparison.breaks('DEPENDENCY_ARRAY_ADDED', 'dependencies', name)
    else if (isSubset(after, before)) continue
    else comparison.breaks(isSubset(before, after) ? 'DEPENDENCY_ARRAY_EXTENDED' : 'DEPENDENCY_ARRAY_CHANGED', 'dependencies', name)
  }
  for (const [name, after] of update.dependentSchemas) {
    const before = original.dependentSchemas.get(name)
    if (before === undefined) comparison.breaks('DEPENDENCY_SCHEMA_ADDED', 'dependencies', name)
    else comparison.requires(before, after, 'dependencies', name)
  }
}
