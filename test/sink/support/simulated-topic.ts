import type { Judgement } from '../../../src/lanes/lane.ts'
import type { TopicSchemas } from '../../../src/registry/topic-schemas.ts'
import type { LakeSettings, TableFormatName } from '../../../src/sink/lake-settings.ts'
import type { LakeTopic } from '../../../src/sink/sinks.ts'
import { orderSchema, orderTable } from '../../lanes/orders.ts'

/** What the registry says of every topic of the simulation: orders, in Avro. */
export const orderSchemas: TopicSchemas = {
  ofTopic: () => undefined,
  definition: (schemaId) => (schemaId === orderSchema.schemaId ? orderSchema : undefined),
  idOfGuid: () => undefined,
  onTopicChange: () => () => undefined,
}

export interface TopicPlan {
  readonly name: string
  readonly topicId: string
  readonly partitionCount: number
  readonly formats: readonly TableFormatName[]
  readonly partitionBy: LakeSettings['partitionBy']
  readonly commitIntervalMs: number
  readonly targetFileBytes: number
  readonly isLogAppendTime: boolean
  /** Otherwise anything is taken, and the table holds what can be decoded. */
  readonly isValidated: boolean
}

export class SimulatedTopic {
  readonly plan: TopicPlan
  formats: readonly TableFormatName[]

  constructor(plan: TopicPlan) {
    this.plan = plan
    this.formats = plan.formats
  }

  get name(): string {
    return this.plan.name
  }

  get topicId(): string {
    return this.plan.topicId
  }

  get isLogAppendTime(): boolean {
    return this.plan.isLogAppendTime
  }

  get table(): { readonly namespace: string; readonly table: string } {
    return { namespace: 'default', table: this.plan.name }
  }

  /** How a batch is judged when it comes in. */
  judgement({ hasTable }: { readonly hasTable: boolean }): Judgement {
    if (!this.plan.isValidated) return { value: { kind: 'none' }, isKeyRequired: false }
    const { tableKey, ...judgement } = this.#storedJudgement()
    return hasTable && tableKey !== undefined ? { ...judgement, tableKey } : judgement
  }

  lakeTopic(): LakeTopic {
    const { name, topicId, partitionCount, partitionBy, commitIntervalMs, targetFileBytes } = this.plan
    return {
      name,
      topicId,
      partitionCount,
      settings: { table: this.table, formats: this.formats, partitionBy, commitIntervalMs, targetFileBytes },
      rowType: orderTable,
      judgement: () => this.#storedJudgement(),
      schemaIds: () => [orderSchema.schemaId],
    }
  }

  #storedJudgement(): Judgement {
    return {
      value: { kind: 'framed', framing: 'auto', allowedSchemaIds: [orderSchema.schemaId] },
      tableKey: this.topicId,
      isKeyRequired: false,
    }
  }
}
