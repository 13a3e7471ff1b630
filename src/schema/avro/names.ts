import { HeadgateError } from '../../shared/errors.ts'
import { primitiveKinds, type PrimitiveKind, type TypeName } from './ast.ts'

/** Names and namespaces of Avro 1.12, "Names". */

/**
 * A type's name from its attributes: a dotted `name` carries its namespace, otherwise the `namespace` attribute counts,
 * otherwise the enclosing one. '' is the null namespace.
 */
export function typeNameOf(name: string, namespace: string | undefined, enclosing: string): TypeName {
  const lastDot = name.lastIndexOf('.')
  if (lastDot >= 0) return typeName(name.slice(lastDot + 1), name.slice(0, lastDot))
  return typeName(name, namespace ?? enclosing)
}

function typeName(name: string, namespace: string): TypeName {
  return { name, namespace, full: namespace === '' ? name : `${namespace}.${name}` }
}

/** The full names that a reference may mean, the first that exists counts: Java falls back to the null namespace. */
export function candidatesFor(reference: string, enclosing: string): string[] {
  return reference.includes('.') || enclosing === '' ? [reference] : [`${enclosing}.${reference}`, reference]
}

export function isPrimitiveKind(name: string): name is PrimitiveKind {
  return (primitiveKinds as readonly string[]).includes(name)
}

export function isSimpleName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
}

/**
 * Java checks only the part after the last dot, and connectors do write namespaces such as `shop-1.public`, so a
 * namespace may hold what the specification forbids as long as it reads as dotted words.
 */
export function isNamespace(namespace: string): boolean {
  return namespace === '' || /^[\w$-]+(?:\.[\w$-]+)*$/.test(namespace)
}

/** `path` is a JSON pointer into the schema text. */
export function invalidSchema(path: string, reason: string): HeadgateError {
  return new HeadgateError('invalid-schema', `Avro schema, at ${path === '' ? 'its root' : path}: ${reason}`, { facts: { path } })
}
