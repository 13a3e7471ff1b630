import { connect, type Socket } from 'node:net'

/** A socket that says anything. */
export async function openSocket(address: string): Promise<Socket> {
  const [host, port] = address.replace(/^http:\/\//, '').split(':')
  const socket = connect({ host: host ?? '', port: Number(port) })
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  socket.on('error', () => socket.destroy())
  return socket
}

/** What comes back for these bytes until the other side closes, or says anything at all. */
export async function answerTo(address: string, bytes: Uint8Array, { isEnded = false } = {}): Promise<'closed' | Buffer> {
  const socket = await openSocket(address)
  const answer = new Promise<'closed' | Buffer>((resolve) => {
    socket.once('data', resolve)
    socket.once('close', () => resolve('closed'))
  })
  if (isEnded) socket.end(bytes)
  else socket.write(bytes)
  try {
    return await answer
  } finally {
    socket.destroy()
  }
}

/** A frame of this content, whatever it is. */
export function framed(content: Uint8Array): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(content.byteLength)
  return Buffer.concat([length, content])
}

/** Runs all, so many at once. */
export async function inParallel<T>(items: readonly T[], atOnce: number, run: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of queue) await run(item)
    }),
  )
}
