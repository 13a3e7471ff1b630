import { apiVersions } from './api-versions.ts'
import { createTopics } from './create-topics.ts'
import { deleteTopics } from './delete-topics.ts'
import { describeCluster } from './describe-cluster.ts'
import { describeConfigs } from './describe-configs.ts'
import { fetch } from './fetch.ts'
import { findCoordinator } from './find-coordinator.ts'
import { incrementalAlterConfigs } from './incremental-alter-configs.ts'
import { initProducerId } from './init-producer-id.ts'
import { listOffsets } from './list-offsets.ts'
import { metadata } from './metadata.ts'
import { produce } from './produce.ts'

/** Every API that is declared, by ascending key. The router and ApiVersions are fed from it. */
export const apis = [
  produce,
  fetch,
  listOffsets,
  metadata,
  findCoordinator,
  apiVersions,
  createTopics,
  deleteTopics,
  initProducerId,
  describeConfigs,
  incrementalAlterConfigs,
  describeCluster,
] as const

export type DeclaredApi = (typeof apis)[number]

const apisByKey: ReadonlyMap<number, DeclaredApi> = new Map(apis.map((api) => [api.key, api]))

export function apiOf(apiKey: number): DeclaredApi | undefined {
  return apisByKey.get(apiKey)
}
