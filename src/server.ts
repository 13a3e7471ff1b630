import { availableParallelism } from 'node:os'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { defineSchemas } from './broker/lane-verdict.ts'
import { connectLakeTopics, type LakeTopics } from './broker/lake-topics.ts'
import type { BrokerContext, HostPort } from './broker/context.ts'
import { Listener } from './broker/listener.ts'
import { MemoryBudget } from './broker/memory-budget.ts'
import { RefusalLog } from './broker/refusal-log.ts'
import { startRetention } from './broker/retention-passes.ts'
import { Topics } from './broker/topics.ts'
import type { Catalog } from './catalogs/catalog.ts'
import { openCatalog } from './catalogs/open.ts'
import { createApp } from './http/app.ts'
import { adminRoutes } from './http/admin-routes.ts'
import { headgateAdmin } from './http/headgate-admin.ts'
import { healthRoutes } from './http/health-routes.ts'
import { listenHttp } from './http/listen.ts'
import { metricsRoutes } from './http/metrics-routes.ts'
import { LanePool } from './lanes/lane-pool.ts'
import { workerEncoder } from './lanes/worker-encoder.ts'
import { workerLane } from './lanes/worker-lane.ts'
import { openLog, type OpenedLog } from './log/open.ts'
import { openSegmentPieces } from './log/segment-pieces.ts'
import { FramePool } from './protocol/frame-pool.ts'
import type { LakeRoot } from './objects/lake-root.ts'
import { openObjectStore } from './objects/open.ts'
import { RetryingObjectStore } from './objects/retry.ts'
import { registeredTopicSchemas } from './registry/registered-topic-schemas.ts'
import { followStore } from './registry/follow-store.ts'
import { Registry } from './registry/registry.ts'
import { registryRoutes } from './registry/routes.ts'
import type { TopicFileSettings } from './registry/folder/topic-file-settings.ts'
import { registerFolder } from './registry/schemas-folder.ts'
import type { TopicSchemas } from './registry/topic-schemas.ts'
import { topicOfValueSubject } from './registry/subject-names.ts'
import { parseAddress, type Settings } from './settings.ts'
import { systemClock, type Clock } from './shared/clock.ts'
import { messageOf } from './shared/errors.ts'
import { limits } from './shared/limits.ts'
import type { Logger } from './shared/log.ts'
import { Metrics } from './shared/metrics.ts'
import { Permits } from './shared/permits.ts'
import { systemRandom, type Random } from './shared/random.ts'
import type { TablesContext } from './sink/open-tables.ts'
import { Sinks } from './sink/sinks.ts'
import { openStateStore } from './state/open.ts'
import type { StateStore } from './state/state-store.ts'
import { topicDefaults } from './topic-defaults.ts'
import { version } from './version.ts'

/** A running server. */
export interface Headgate {
  /** Where it listens; the port is the real one when 0 was asked for. */
  readonly kafka: HostPort
  readonly http: HostPort
  /** Stops accepting, answers what was received, flushes, commits, and lets go of everything. */
  close(): Promise<void>
}

/**
 * Builds everything and starts it, from the bottom of the ladder up; `close` goes the other way, and so does a start that
 * fails. What is acknowledged is on disk before the answer, so a process that is killed instead of closed loses nothing.
 */
export async function startHeadgate(settings: Settings, logger: Logger): Promise<Headgate> {
  const opened = new AsyncDisposableStack()
  try {
    return await startOn(opened, settings, logger)
  } catch (error) {
    await opened.disposeAsync()
    throw error
  }
}

/** What everything of a server shares. */
interface World {
  readonly clock: Clock
  readonly random: Random
  readonly metrics: Metrics
  readonly logger: Logger
}

/** Whatever is opened says to `opened` how it is closed; the last one opened is closed first. */
async function startOn(opened: AsyncDisposableStack, settings: Settings, logger: Logger): Promise<Headgate> {
  const [clock, metrics] = [systemClock, new Metrics()]
  const world = { clock, random: systemRandom, metrics, logger }
  const dataDir = resolve(settings['data-dir'])
  const storage = await openStorage(opened, dataDir, world)
  // Topics stand above the registry and tell it what their tables are, once they are open.
  let lakeTopics: LakeTopics | undefined
  const registry = await Registry.open({
    state: storage.state.schemas,
    clock,
    tableOf: (subject) => lakeTopics?.rowTypeOf(topicOfValueSubject(subject) ?? ''),
  })
  const following = followStore(registry, { clock, logger })
  opened.defer(() => following.stop())
  const schemas = registeredTopicSchemas(registry)
  const { lanes, tables, sinks } = openSinks(opened, { settings, storage, schemas }, world)
  const topics = topicsOf(storage, settings, world)
  lakeTopics = connectLakeTopics({ topics, schemas, sinks, logger })
  topics.addListener(lakeTopics)
  await topics.open()
  await applyTopicFiles(topics, await registerFolder(settings.schemas, registry, logger), settings['default-partitions'])
  const broker: BrokerContext = {
    clusterId: await storage.state.clusterId(),
    nodeId: 1,
    topics,
    log: storage.log,
    state: storage.state,
    schemas,
    lanes,
    tables: sinks,
    autoCreateTopics: settings['auto-create-topics'],
    defaultPartitions: settings['default-partitions'],
    clock,
    logger,
    metrics,
    refusals: new RefusalLog({ logger, clock }),
  }
  return serve(opened, { settings, dataDir, storage, registry, broker, sinks, tables }, world)
}

interface Storage {
  readonly state: StateStore
  readonly log: OpenedLog
  readonly root: LakeRoot
  readonly catalog: Catalog
}

async function openStorage(opened: AsyncDisposableStack, dataDir: string, { clock, random, logger }: World): Promise<Storage> {
  await mkdir(dataDir, { recursive: true })
  const state = await openStateStore(join(dataDir, 'state.db'), { clock, random })
  opened.defer(() => state.close())
  const pieces = await openSegmentPieces(join(dataDir, 'log'), { clock, random })
  const log = await openLog({ state, pieces, clock, random, logger })
  opened.defer(() => log.close())
  const lake = await openObjectStore(join(dataDir, 'lake'))
  const root = { uri: lake.uri, store: new RetryingObjectStore(lake.store, { clock, random }) }
  const catalog = await openCatalog(`sqlite://${join(dataDir, 'catalog.db')}`, { root, clock, random, logger })
  opened.defer(() => catalog.close())
  return { state, log, root, catalog }
}

interface OpenedSinks {
  readonly lanes: LanePool
  readonly tables: TablesContext
  readonly sinks: Sinks
}

function openSinks(
  opened: AsyncDisposableStack,
  { settings, storage, schemas }: { settings: Settings; storage: Storage; schemas: TopicSchemas },
  world: World,
): OpenedSinks {
  const { catalog, log, root } = storage
  const { clock, random, logger } = world
  const onCrash = (error: Error): void => logger.error({ reason: messageOf(error) }, 'a worker thread died; it starts again')
  const lanes = LanePool.of(settings.lanes || Math.max(1, availableParallelism() - 1), (index) =>
    workerLane({ name: `lane ${index}`, onCrash }),
  )
  const encoder = workerEncoder({ name: 'encoder', onCrash })
  opened.defer(async () => void (await Promise.all([lanes.close(), encoder.close()])))
  const tables = { catalog, root, engineInfo: `headgate/${version}`, clock, random, logger }
  const sinks = new Sinks({
    log,
    lanes,
    encoder,
    tables,
    defineSchemas: (lane, needed) => defineSchemas(lane, schemas, needed),
    bufferBytesMax: settings['buffer-memory-bytes'],
    ...world,
  })
  // What is left by then is not flushed: the next start reads it from the log.
  opened.defer(() => sinks.drain(AbortSignal.abort()))
  return { lanes, tables, sinks }
}

/** The log is the first to be told of a topic. */
function topicsOf({ state, log }: Storage, settings: Settings, { clock, random, logger }: World): Topics {
  const topics = new Topics({ state, clock, random, logger, namespace: settings.namespace, defaults: topicDefaults(settings) })
  topics.addListener({
    onCreated: (topic) => log.addTopic(topic.topicId, topic.partitionCount),
    onChanged: async () => undefined,
    onDeleted: (topic) => log.removeTopic(topic.topicId),
  })
  return topics
}

interface Served {
  readonly settings: Settings
  readonly dataDir: string
  readonly storage: Storage
  readonly registry: Registry
  readonly broker: BrokerContext
  readonly sinks: Sinks
  readonly tables: TablesContext
}

/** Opens the ports. To close goes from the outside in: nobody is answered any more, then rows are flushed, then all is let go. */
async function serve(opened: AsyncDisposableStack, served: Served, { clock, logger, metrics }: World): Promise<Headgate> {
  const { settings, dataDir, storage, registry, broker, sinks, tables } = served
  let isReady = false
  const advertised = settings['advertised-kafka'] === '' ? undefined : parseAddress('--advertised-kafka', settings['advertised-kafka'])
  const listener = new Listener({
    broker,
    requestMemory: new Permits(settings['request-memory-bytes']),
    framePool: new FramePool(limits.framePoolBytes),
    advertised,
  })
  const app = await createApp({
    registry: registryRoutes(registry, { clusterId: broker.clusterId }),
    admin: adminRoutes(headgateAdmin({ broker, sinks, tables })),
    health: healthRoutes(() => isReady),
    metrics: metricsRoutes(metrics),
    logger,
    bodyMemory: new MemoryBudget({ bytesMax: limits.httpMemoryBytesMax, patienceMs: limits.memoryPatienceMs, clock }),
  })
  opened.defer(() => app.close())
  const http = await listenHttp(app, settings.http)
  const kafka = await listener.listen(settings.kafka)
  const retention = startRetention({ log: storage.log, topics: broker.topics, sinks, clock, logger })
  isReady = true
  logger.info({ kafka: `${kafka.host}:${kafka.port}`, http: `${http.host}:${http.port}`, dataDir, version }, 'ready')
  return {
    kafka,
    http,
    async close() {
      isReady = false
      await retention.stop()
      await listener.drain()
      await sinks.drain(AbortSignal.timeout(limits.drainMs))
      await opened.disposeAsync()
      logger.info({}, 'closed')
    },
  }
}

/** Configs in the folder of schemas: a topic is made with them, and gets them when the file says something new. */
async function applyTopicFiles(topics: Topics, files: ReadonlyMap<string, TopicFileSettings>, partitionCount: number): Promise<void> {
  for (const [name, { configs }] of files) {
    const entries = Object.entries(configs)
    if (entries.length === 0) continue
    const topic = topics.get(name)
    if (!topic) await topics.create({ name, partitionCount, configs })
    else if (entries.some(([key, value]) => topic.configs[key] !== value))
      await topics.changeConfigs(name, (others) => ({ ...others, ...configs }))
  }
}
