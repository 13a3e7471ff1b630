import { HeadgateError, isErrorOfKind } from '../shared/errors.ts'
import type { Clock } from '../shared/clock.ts'
import { limits } from '../shared/limits.ts'
import type { Logger } from '../shared/log.ts'
import { randomUuid, type Random } from '../shared/random.ts'
import type { StateStore, StoredTopic, TopicConfigs } from '../state/state-store.ts'
import { TableNames } from './table-names.ts'
import { checkTopicName } from './topic-name.ts'
import { checkTopicConfigs, topicSettings, type TopicDefaults, type TopicSettings } from './topic-configs.ts'

export interface Topic extends StoredTopic {
  readonly settings: TopicSettings
}

export interface TopicsContext {
  readonly state: StateStore
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly defaults: TopicDefaults
  readonly namespace: string
}

export interface TopicToCreate {
  readonly name: string
  readonly partitionCount: number
  readonly configs: TopicConfigs
}

export interface TopicListener {
  /** Before the topic is shown to anybody. */
  onCreated(topic: Topic): Promise<void>
  onChanged(topic: Topic): Promise<void>
  /** While the topic is still there: the last chance to take from its log. */
  onDeleting?(topic: Topic): Promise<void>
  /** After the topic is gone from the state store. */
  onDeleted(topic: Topic): Promise<void>
}

/** All topics, in memory for reads, in the state store for truth. A topic is visible once everything about it can be used. */
export class Topics {
  readonly #context: TopicsContext
  readonly #byName = new Map<string, Topic>()
  readonly #byId = new Map<string, Topic>()
  readonly #tableNames = new TableNames()
  readonly #listeners: TopicListener[] = []
  /** Creations under way by name, so that a burst of clients asking for one topic makes it once. */
  readonly #creating = new Map<string, Promise<Created>>()
  /** Changes under way by topic. */
  readonly #changing = new Map<string, Promise<unknown>>()

  constructor(context: TopicsContext) {
    this.#context = context
  }

  /** The server's own defaults of topic configs. */
  get defaults(): TopicDefaults {
    return this.#context.defaults
  }

  /** Loads what is stored. Listeners added before are told of every topic. */
  async open(): Promise<void> {
    for (const stored of await this.#context.state.listTopics()) await this.#show(this.#withSettings(stored))
  }

  addListener(listener: TopicListener): void {
    this.#listeners.push(listener)
  }

  get(name: string): Topic | undefined {
    return this.#byName.get(name)
  }

  getById(topicId: string): Topic | undefined {
    return this.#byId.get(topicId)
  }

  list(): Topic[] {
    return [...this.#byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /**
   * Creates a topic, or throws HeadgateError: `already-exists` (the name, or the table's name, is taken) or
   * `invalid-argument` (name, partitions or configs).
   */
  async create(asked: TopicToCreate): Promise<Topic> {
    // Who is told that a topic exists can use it.
    while (this.#creating.has(asked.name)) await this.#creating.get(asked.name)?.catch(() => undefined)
    this.check(asked)
    if (this.#byName.has(asked.name)) throw alreadyExists(asked.name)
    const { topic, isNew } = await this.#startCreating(asked)
    if (!isNew) throw alreadyExists(asked.name)
    return topic
  }

  /** The topic, created first if there is none. */
  async getOrCreate(asked: TopicToCreate): Promise<Topic> {
    const known = this.#byName.get(asked.name)
    if (known) return known
    const creating = this.#creating.get(asked.name)
    if (!creating) this.check(asked)
    const { topic } = await (creating ?? this.#startCreating(asked))
    return topic
  }

  /** What `create` would refuse, without creating. */
  check({ name, partitionCount, configs }: TopicToCreate): void {
    checkTopicName(name)
    if (!Number.isInteger(partitionCount) || partitionCount < 1 || partitionCount > limits.topicPartitionsMax) {
      throw new HeadgateError(
        'invalid-argument',
        `topic ${name}: expected 1 to ${limits.topicPartitionsMax} partitions, got ${partitionCount}`,
      )
    }
    checkTopicConfigs(configs)
    if (!this.#byName.has(name)) this.#tableNames.checkIsFree(this.#settingsOf({ name, configs }).lake.table, name)
  }

  /** `change` answers all of the topic's configs from those it has; two changes at once see each other. */
  changeConfigs(name: string, change: (configs: TopicConfigs) => TopicConfigs): Promise<Topic> {
    return this.#inTurn(name, async () => {
      const topic = this.#byName.get(name)
      if (!topic) throw notFound(name)
      const configs = change(topic.configs)
      this.checkConfigs(name, configs)
      const changed = this.#withSettings({ ...topic, configs })
      await this.#tableNames.holding(changed.settings.lake.table, name, async () => {
        const { kind } = await this.#context.state.setTopicConfigs(topic.topicId, configs)
        if (kind === 'not-found') throw notFound(name)
        this.#forget(topic)
        this.#remember(changed)
      })
      for (const listener of this.#listeners) await listener.onChanged(changed)
      return changed
    })
  }

  /** What `changeConfigs` would refuse. */
  checkConfigs(name: string, configs: TopicConfigs): void {
    checkTopicConfigs(configs)
    const changed = this.#settingsOf({ name, configs })
    const topic = this.#byName.get(name)
    if (topic) checkFormatChange(topic, changed)
    this.#tableNames.checkIsFree(changed.lake.table, name)
  }

  delete(name: string): Promise<void> {
    return this.#inTurn(name, async () => {
      const topic = this.#byName.get(name)
      if (!topic) throw notFound(name)
      for (const listener of this.#listeners) await listener.onDeleting?.(topic)
      const { kind } = await this.#context.state.deleteTopic(topic.topicId)
      this.#forget(topic)
      for (const listener of this.#listeners) await listener.onDeleted(topic)
      if (kind === 'not-found') throw notFound(name)
      this.#context.logger.info({ topic: name, topicId: topic.topicId }, 'topic deleted')
    })
  }

  /** Changes of one topic, one after the other: each starts from what the one before left. */
  #inTurn<T>(name: string, change: () => Promise<T>): Promise<T> {
    const changing = (this.#changing.get(name) ?? Promise.resolve()).then(change)
    const settled = changing
      .catch(() => undefined)
      .then(() => {
        if (this.#changing.get(name) === settled) this.#changing.delete(name)
      })
    this.#changing.set(name, settled)
    return changing
  }

  #startCreating(topic: TopicToCreate): Promise<Created> {
    const creating = this.#create(topic).finally(() => this.#creating.delete(topic.name))
    this.#creating.set(topic.name, creating)
    return creating
  }

  async #create({ name, partitionCount, configs }: TopicToCreate): Promise<Created> {
    const created = { name, topicId: randomUuid(this.#context.random), partitionCount, configs }
    const topic = this.#withSettings({ ...created, createdAtMs: this.#context.clock.now() })
    try {
      await this.#tableNames.holding(topic.settings.lake.table, name, async () => {
        const { kind } = await this.#context.state.createTopic(created)
        if (kind === 'exists') throw alreadyExists(name)
        await this.#show(topic)
      })
    } catch (error) {
      if (!isErrorOfKind(error, 'already-exists')) throw error
      return { topic: await this.#showStored(name, error), isNew: false }
    }
    this.#context.logger.info({ topic: name, topicId: topic.topicId, partitions: partitionCount }, 'topic created')
    return { topic, isNew: true }
  }

  /** A topic that is stored and not shown: something failed, or an answer was lost, when it was created. */
  async #showStored(name: string, alreadyExists: HeadgateError): Promise<Topic> {
    const stored = (await this.#context.state.listTopics()).find((topic) => topic.name === name)
    if (!stored) throw alreadyExists
    const topic = this.#withSettings(stored)
    await this.#tableNames.holding(topic.settings.lake.table, name, () => this.#show(topic))
    return topic
  }

  async #show(topic: Topic): Promise<void> {
    for (const listener of this.#listeners) await listener.onCreated(topic)
    this.#remember(topic)
  }

  #remember(topic: Topic): void {
    this.#byName.set(topic.name, topic)
    this.#byId.set(topic.topicId, topic)
    this.#tableNames.give(topic.settings.lake.table, topic.name)
  }

  #forget(topic: Topic): void {
    this.#byName.delete(topic.name)
    this.#byId.delete(topic.topicId)
    this.#tableNames.take(topic.settings.lake.table)
  }

  #withSettings(stored: StoredTopic): Topic {
    return { ...stored, settings: this.#settingsOf(stored) }
  }

  #settingsOf(topic: { name: string; configs: TopicConfigs }): TopicSettings {
    return topicSettings(topic, this.#context)
  }
}

interface Created {
  readonly topic: Topic
  readonly isNew: boolean
}

/** Where both formats are on, Iceberg leads and Delta follows it; a Delta table that began alone has nothing to lead it. */
function checkFormatChange({ name, settings }: Topic, changed: TopicSettings): void {
  if (settings.lake.formats.includes('iceberg') || changed.lake.formats.length === 1) return
  throw new HeadgateError(
    'invalid-argument',
    `topic config lake.formats: Iceberg cannot join topic ${name}, which has Delta alone; create a topic with both, or set iceberg alone`,
  )
}

function alreadyExists(name: string): HeadgateError {
  return new HeadgateError('already-exists', `topic ${name} exists already`)
}

function notFound(name: string): HeadgateError {
  return new HeadgateError('not-found', `topic ${name} does not exist`)
}
