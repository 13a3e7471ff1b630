import { Registry, type RegistryContext } from '../../src/registry/registry.ts'
import type { SubmittedSchema } from '../../src/registry/submitted-schema.ts'
import { ManualClock } from '../../src/shared/clock.ts'
import { seededRandom } from '../../src/shared/random.ts'
import { memoryState } from '../../src/state/memory.ts'
import type { SchemaState } from '../../src/state/state-store.ts'

export function emptySchemaState(): SchemaState {
  return memoryState({ clock: new ManualClock(), random: seededRandom(1) }).schemas
}

export function openRegistry(context: Partial<RegistryContext> = {}): Promise<Registry> {
  return Registry.open({ state: emptySchemaState(), clock: new ManualClock(), tableOf: () => undefined, ...context })
}

/** An Avro record of string fields; those that end with `?` have a default. */
export function record(...fields: readonly string[]): SubmittedSchema {
  const schema = {
    type: 'record',
    name: 'R',
    fields: fields.map((field) =>
      field.endsWith('?') ? { name: field.slice(0, -1), type: 'string', default: '' } : { name: field, type: 'string' },
    ),
  }
  return { schemaType: 'AVRO', schema: JSON.stringify(schema), references: [] }
}

export const asSent = { isNormalized: false }

/** The error code and message of what was thrown. */
export async function refusalOf(call: Promise<unknown>): Promise<{ errorCode: number; message: string }> {
  try {
    await call
  } catch (error) {
    const { errorCode, message } = error as { errorCode: number; message: string }
    return { errorCode, message }
  }
  throw new Error('it was not refused')
}
