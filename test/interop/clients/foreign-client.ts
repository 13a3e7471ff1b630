import type { ReadRecord } from '../../support/read-record.ts'
import type { ToolProcess } from '../support/tool-process.ts'

/** A record to produce. Without a partition the client picks one; without a timestamp it takes its own clock. */
export interface ProducedRecord {
  readonly partition?: number
  readonly timestampMs?: number
  readonly key?: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers?: readonly (readonly [name: string, value: Uint8Array | null])[]
}

/** What a producer is told of one record. */
export type Delivery =
  | { readonly partition: number; readonly offset: number; readonly error?: undefined }
  | { readonly error: { readonly name: string; readonly message: string; readonly isRetriable: boolean } }

export interface ConsumedRecord extends ReadRecord {
  readonly isLogAppendTime: boolean
}

export type OffsetQuestion = number | 'earliest' | 'latest' | 'maxTimestamp'

/** A Kafka client in another language behind one set of calls, so that all are held to the same promises. */
export class ForeignClient {
  readonly #tool: ToolProcess
  readonly #prefix: string
  readonly #bootstrap: string

  /** `prefix` is the module of the tool that holds the calls. */
  constructor(tool: ToolProcess, { prefix = '', bootstrap }: { prefix?: string; bootstrap: string }) {
    this.#tool = tool
    this.#prefix = prefix
    this.#bootstrap = bootstrap
  }

  version(): Promise<string> {
    return this.#tool.call<string>(`${this.#prefix}version`, {})
  }

  produce(topic: string, records: readonly ProducedRecord[], config: { readonly [name: string]: string } = {}): Promise<Delivery[]> {
    const plain = records.map(({ partition = null, timestampMs = null, key = null, value, headers = [] }) => ({
      partition,
      timestampMs,
      key: hex(key),
      value: hex(value),
      headers: headers.map(([name, bytes]) => [name, hex(bytes)]),
    }))
    return this.#call('produce', { topic, records: plain, config })
  }

  /** Waits until `count` records have come. */
  async consume(
    topic: string,
    { partition = 0, offset = 'earliest', count }: { partition?: number; offset?: number | 'earliest' | 'latest'; count: number },
  ): Promise<ConsumedRecord[]> {
    const records = await this.#call<PlainRecord[]>('consume', { topic, partition, offset, count })
    return records.map((record) => ({
      offset: BigInt(record.offset),
      timestampMs: BigInt(record.timestampMs),
      isLogAppendTime: record.isLogAppendTime,
      key: bytes(record.key),
      value: bytes(record.value),
      headers: record.headers.map(([name, value]) => [name, bytes(value)] as const),
    }))
  }

  /** The error that a group consumer gets. */
  subscribe(topic: string): Promise<string> {
    return this.#call('subscribe', { topic })
  }

  offsetAt(topic: string, at: OffsetQuestion, partition = 0): Promise<number> {
    return this.#call('offset_at', { topic, partition, at })
  }

  async createTopic(
    topic: string,
    { partitions = 1, configs = {} }: { partitions?: number; configs?: { readonly [name: string]: string } } = {},
  ): Promise<void> {
    await this.#call('create_topic', { topic, partitions, configs })
  }

  async deleteTopic(topic: string): Promise<void> {
    await this.#call('delete_topic', { topic })
  }

  listTopics(): Promise<string[]> {
    return this.#call('list_topics', {})
  }

  describeTopic(topic: string): Promise<{ name: string; topicId: string; leaders: number[] }> {
    return this.#call('describe_topic', { topic })
  }

  describeCluster(): Promise<{ clusterId: string; nodes: string[] }> {
    return this.#call('describe_cluster', {})
  }

  describeConfigs(topic: string): Promise<{ [name: string]: { value: string; isDefault: boolean } }> {
    return this.#call('describe_configs', { topic })
  }

  async setConfig(topic: string, name: string, value: string): Promise<void> {
    await this.#call('set_config', { topic, name, value })
  }

  stop(): Promise<void> {
    return this.#tool.stop()
  }

  async #call<Result>(name: string, input: { readonly [argument: string]: unknown }): Promise<Result> {
    return (await this.#tool.call(`${this.#prefix}${name}`, { bootstrap: this.#bootstrap, ...input })) as Result
  }
}

interface PlainRecord {
  readonly offset: number
  readonly timestampMs: number
  readonly isLogAppendTime: boolean
  readonly key: string | null
  readonly value: string | null
  readonly headers: readonly (readonly [string, string | null])[]
}

function hex(value: Uint8Array | null): string | null {
  return value === null ? null : Buffer.from(value).toString('hex')
}

function bytes(text: string | null): Buffer | null {
  return text === null ? null : Buffer.from(text, 'hex')
}
