import type { FastifyRequest } from 'fastify'
import { registryErrors } from '../registry-error.ts'
import { normalSubject } from '../subject.ts'
import { parseVersion, type WantedVersion } from '../versions.ts'

/** Parts of a path and of a query, with the meaning they have everywhere. Every function throws RegistryError. */

export function pathPart(request: FastifyRequest, name: string): string {
  return (request.params as { [name: string]: string })[name] ?? ''
}

export function subjectOf(request: FastifyRequest): string {
  return normalSubject(pathPart(request, 'subject'))
}

export function versionOf(request: FastifyRequest): WantedVersion {
  return parseVersion(pathPart(request, 'version'))
}

export function schemaIdOf(request: FastifyRequest): number {
  return javaInteger(pathPart(request, 'id'))
}

export function queryText(request: FastifyRequest, name: string): string | undefined {
  const value = (request.query as { [name: string]: string | string[] | undefined })[name]
  return Array.isArray(value) ? value[0] : value
}

export function queryTexts(request: FastifyRequest, name: string): string[] {
  const value = (request.query as { [name: string]: string | string[] | undefined })[name]
  return value === undefined ? [] : [value].flat()
}

/** `true` in any case of letters; everything else is false. */
export function queryFlag(request: FastifyRequest, name: string): boolean {
  return queryText(request, name)?.toLowerCase() === 'true'
}

export interface Page {
  readonly offset: number
  readonly limit: number
}

/** A limit that is absent, not positive or above the bound is the bound. */
export function pageOf(request: FastifyRequest, limitMax: number): Page {
  const offset = javaInteger(queryText(request, 'offset') ?? '0')
  const limit = javaInteger(queryText(request, 'limit') ?? '-1')
  return { offset: Math.max(0, offset), limit: limit > 0 && limit <= limitMax ? limit : limitMax }
}

/** Reads no further than the page's end. */
export function* paged<Item>(items: Iterable<Item>, { offset, limit }: Page): Generator<Item> {
  let index = 0
  for (const item of items) {
    if (index >= offset + limit) return
    if (index++ >= offset) yield item
  }
}

/** The original's web server answers 404 for a parameter that is no 32-bit integer. */
function javaInteger(text: string): number {
  const value = Number(text)
  if (!/^[+-]?\d{1,10}$/.test(text) || value < -0x8000_0000 || value > 0x7fff_ffff) throw registryErrors.notFound()
  return value
}
