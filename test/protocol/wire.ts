import { expect } from 'vitest'
import { requestHeader, responseHeader } from '../../src/protocol/headers.ts'
import type { Message } from '../../src/protocol/message.ts'
import { apis } from '../../src/protocol/messages/all.ts'
import { Reader } from '../../src/protocol/reader.ts'
import { Writer } from '../../src/protocol/writer.ts'
import { concatBytes } from '../../src/shared/bytes.ts'
import { isErrorOfKind } from '../../src/shared/errors.ts'

export type AnyMessage = Message<unknown, never>

export const messages: readonly AnyMessage[] = [
  ...apis.flatMap(({ request, response }) => [request, response]),
  requestHeader,
  responseHeader,
]

export function versionsOf({ versions: { first, last } }: AnyMessage): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

export function encode(message: AnyMessage, version: number, value: unknown): Uint8Array<ArrayBuffer> {
  const writer = new Writer()
  message.encode(writer, version, value as never)
  return concatBytes(writer.segments())
}

export function decodeWhole(message: AnyMessage, version: number, bytes: Uint8Array): unknown {
  const reader = new Reader(bytes)
  const value = message.decode(reader, version)
  reader.expectEnd()
  return value
}

export function expectMalformed(error: unknown, start: string): void {
  expect(isErrorOfKind(error, 'malformed'), String(error)).toBe(true)
  expect(String(error)).toContain(start)
}

export function errorOf(action: () => unknown): unknown {
  try {
    action()
    return undefined
  } catch (error) {
    return error
  }
}

export function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
