import { Listener } from '../../../src/broker/listener.ts'
import { FramePool } from '../../../src/protocol/frame-pool.ts'
import { Permits } from '../../../src/shared/permits.ts'
import { WireClient } from '../../support/wire-client.ts'
import { TestBroker, type TestBrokerParts } from './test-broker.ts'

/** A test broker behind a real listener, with clients that connect to it. */
export class TestListener {
  readonly broker: TestBroker
  readonly address: string
  readonly listener: Listener
  readonly #clients: WireClient[] = []

  static async start(parts: TestBrokerParts = {}): Promise<TestListener> {
    const broker = await TestBroker.start(parts)
    const listener = new Listener({
      broker: broker.context,
      requestMemory: new Permits(1 << 26),
      framePool: new FramePool(1 << 26),
      advertised: undefined,
    })
    const { host, port } = await listener.listen({ host: '127.0.0.1', port: 0 })
    return new TestListener(broker, listener, `${host}:${port}`)
  }

  private constructor(broker: TestBroker, listener: Listener, address: string) {
    this.broker = broker
    this.listener = listener
    this.address = address
  }

  async connect(): Promise<WireClient> {
    const client = await WireClient.connect(this.address)
    this.#clients.push(client)
    return client
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.close()
    await this.listener.drain()
    await this.broker.log.close()
  }
}
