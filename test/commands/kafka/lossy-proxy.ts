import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A network between a client and a server, that can lose an answer. */
export interface LossyProxy {
  /** `host:port` */
  readonly address: string
  /** Lets the next request with this API key reach the server, and cuts the connection when the answer comes. */
  loseAnswerTo(apiKey: number): void
  /** Connections that were made so far. */
  readonly connectionCount: number
  close(): Promise<void>
}

export async function startLossyProxy(target: string): Promise<LossyProxy> {
  const [host = '127.0.0.1', port] = target.split(':')
  const sockets = new Set<Socket>()
  let lostApiKey: number | undefined
  let connectionCount = 0
  const server = createServer((client) => {
    connectionCount++
    const upstream = connect({ host, port: Number(port) })
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        client.destroy()
        upstream.destroy()
      })
    }
    let isLosing = false
    // Each request of these commands is written whole, and waits for its answer: a chunk starts with a frame.
    client.on('data', (chunk: Buffer) => {
      if (chunk.length >= 6 && chunk.readInt16BE(4) === lostApiKey) {
        lostApiKey = undefined
        isLosing = true
      }
      upstream.write(chunk)
    })
    upstream.on('data', (chunk) => (isLosing ? client.destroy() : client.write(chunk)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    loseAnswerTo(apiKey) {
      lostApiKey = apiKey
    },
    get connectionCount() {
      return connectionCount
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
