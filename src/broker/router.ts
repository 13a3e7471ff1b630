import { decodeRequestHeader, type RequestHeader } from '../protocol/headers.ts'
import { apiVersions } from '../protocol/messages/api-versions.ts'
import { encodeResponse } from '../protocol/exchange.ts'
import { kafkaErrors } from '../protocol/errors.ts'
import { Reader } from '../protocol/reader.ts'
import { HeadgateError } from '../shared/errors.ts'
import type { Call } from './context.ts'
import type { Handler } from './handler.ts'
import { advertisedVersions, apiVersionsHandler } from './handlers/api-versions.ts'
import { createTopicsHandler } from './handlers/create-topics.ts'
import { deleteTopicsHandler } from './handlers/delete-topics.ts'
import { describeClusterHandler } from './handlers/describe-cluster.ts'
import { describeConfigsHandler } from './handlers/describe-configs.ts'
import { fetchHandler } from './handlers/fetch.ts'
import { findCoordinatorHandler } from './handlers/find-coordinator.ts'
import { incrementalAlterConfigsHandler } from './handlers/incremental-alter-configs.ts'
import { initProducerIdHandler } from './handlers/init-producer-id.ts'
import { listOffsetsHandler } from './handlers/list-offsets.ts'
import { metadataHandler } from './handlers/metadata.ts'
import { produceHandler } from './handlers/produce.ts'
import { refuseLegacyProduce } from './handlers/produce-legacy.ts'

/** Everything that is served, by ascending API key. */
export const handlers: readonly Handler[] = [
  produceHandler,
  fetchHandler,
  listOffsetsHandler,
  metadataHandler,
  findCoordinatorHandler,
  apiVersionsHandler(() => handlers),
  createTopicsHandler,
  deleteTopicsHandler,
  initProducerIdHandler,
  describeConfigsHandler,
  incrementalAlterConfigsHandler,
  describeClusterHandler,
]

const handlersByKey = new Map(handlers.map((served) => [served.api.key, served]))

/** A request whose header was read. */
export interface RoutedRequest {
  readonly header: RequestHeader
  readonly apiName: string
  /** Produce requests of one connection are served at the same time, everything else one by one. */
  readonly isPipelined: boolean
  serve(call: Call): Promise<readonly Uint8Array[] | undefined>
}

/** Finds who serves a frame. Throws HeadgateError `malformed` or `unsupported`: the connection cannot go on. */
export function route(frame: Uint8Array): RoutedRequest {
  const reader = new Reader(frame)
  const header = decodeRequestHeader(reader)
  const { apiKey, apiVersion } = header
  const served = handlersByKey.get(apiKey)
  if (!served) throw new HeadgateError('unsupported', `API key ${apiKey} is not served; ask ApiVersions what is`)
  const { api } = served
  const routed = { header, apiName: api.name, isPipelined: served === produceHandler }
  if (apiVersion >= api.versions.first && apiVersion <= api.versions.last) {
    return { ...routed, serve: (call) => served.serve(reader, call) }
  }
  if (served === produceHandler && apiVersion >= api.advertised.first && apiVersion < api.versions.first) {
    return { ...routed, serve: async (call) => refuseLegacyProduce(reader, call) }
  }
  if (apiKey === apiVersions.key) return { ...routed, serve: async () => fallbackApiVersions(header) }
  throw new HeadgateError(
    'unsupported',
    `${api.name} v${apiVersion} is not served, ${api.versions.first} to ${api.versions.last} are; ask ApiVersions before`,
  )
}

/** KIP-511: whatever version was asked for, the answer is in v0 and names the versions of ApiVersions itself. */
function fallbackApiVersions({ correlationId }: RequestHeader): readonly Uint8Array[] {
  return encodeResponse(apiVersions, 0, correlationId, {
    errorCode: kafkaErrors.UNSUPPORTED_VERSION.code,
    apiKeys: [advertisedVersions(apiVersions as never)],
  })
}
