import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildBatch } from '../../src/protocol/records/build-batch.ts'
import { writePrefixed } from '../../src/schema/wire-framing.ts'
import { registerSchema } from '../support/registry-client.ts'
import { WireClient } from '../support/wire-client.ts'
import { startForCommands, type CommandServer } from './command-server.ts'
import { jsonLines } from './run-command.ts'

let server: CommandServer
beforeAll(async () => {
  server = await startForCommands()
})
afterAll(() => server.close())

test('consume reads Protobuf values whose producer left the message indexes out, as the broker does', async () => {
  const schema = 'syntax = "proto3"; message Event { int64 id = 1; }'
  const schemaId = await registerSchema(server.http, 'bare-value', { schemaType: 'PROTOBUF', schema })
  await server.succeed(['topic', 'create', 'bare'])
  const payload = Uint8Array.of(0x08, 0x05)
  const values = [writePrefixed(schemaId, payload), writePrefixed(schemaId, payload, [0])]
  const client = await WireClient.connect(server.kafka)
  const produced = await client.produce('bare', buildBatch({ records: values.map((value) => ({ timestampMs: 0n, value })) }))
  client.close()
  expect(produced.errorCode).toBe(0)
  expect(jsonLines(await server.run(['consume', 'bare']))).toEqual([{ id: '5' }, { id: '5' }])
})
