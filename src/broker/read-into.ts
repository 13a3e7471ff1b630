import { Socket, type OnReadOpts } from 'node:net'
import { HeadgateError } from '../shared/errors.ts'

export interface SocketReader {
  /** Where the next bytes go. */
  target(): Uint8Array
  /** So many are at the beginning of the target, for as long as this takes. */
  onBytes(byteCount: number, target: Uint8Array): void
}

/**
 * The connection that a server accepted, paused (`pauseOnConnect`), as a socket that reads into memory of the reader's
 * choosing; the reader ends it. Read as a stream it would cost a fresh buffer for each 64 KiB, and its collection: a third of the CPU of a
 * broker that stores what it gets. `resume` starts it.
 *
 * Node has `onread` for sockets that its user makes, not for those that a server accepts. So a second one is made around
 * the handle of the first, which is left without it.
 */
export function readInto(accepted: Socket, reader: SocketReader): Socket {
  const first: Accepted = accepted as Socket & Partial<Accepted>
  const { _handle: handle, _server: server } = first
  if (!handle) throw new HeadgateError('unsupported', 'this version of Node does not hand over the handle of a socket')
  // Whoever closes its half may still wait for answers: the other half is closed by the reader.
  const options = { handle, onread: onRead(reader), pauseOnCreate: true, allowHalfOpen: true }
  const socket = new Socket(options as ConstructorParameters<typeof Socket>[0])
  // The server counts its connections by this.
  Object.assign(socket, { _server: server })
  first._handle = null
  first._server = null
  return socket
}

/** What a socket holds of its connection, under names that Node has kept since its beginnings. */
interface Accepted {
  _handle?: object | null
  _server?: object | null
}

function onRead(reader: SocketReader): OnReadOpts {
  const read = {
    buffer: () => reader.target(),
    callback: (byteCount: number, target: Uint8Array) => {
      reader.onBytes(byteCount, target)
      return true
    },
  }
  return read
}
