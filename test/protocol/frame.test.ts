import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeFrame, FrameSplitter } from '../../src/protocol/frame.ts'
import { HeadgateError, isErrorOfKind } from '../../src/shared/errors.ts'
import { limits } from '../../src/shared/limits.ts'
import { errorOf, hexOf } from './wire.ts'

test('any chunking of a stream gives the same frames', () => {
  const payloads = fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 12 })
  const chunkLengths = fc.infiniteStream(fc.integer({ min: 1, max: 50 }))
  fc.assert(
    fc.property(payloads, chunkLengths, (payloads, lengths) => {
      const frames: string[] = []
      const splitter = new FrameSplitter(60)
      for (const chunk of chunksOf(streamOf(payloads), lengths)) splitter.push(chunk, (frame) => frames.push(hexOf(frame)))
      expect(frames).toEqual(payloads.map(hexOf))
    }),
  )
})

describe('a frame', () => {
  const stream = streamOf([Uint8Array.of(1, 2, 3, 4, 5)])

  test('has memory of its own, so that its chunk can be written over', () => {
    const chunk = Buffer.concat([stream, stream])
    const frames = framesOf([chunk])
    chunk.fill(0)
    expect(frames.map(hexOf)).toEqual(['0102030405', '0102030405'])
  })

  test('takes the rest of its bytes straight to where they belong', () => {
    const frames: string[] = []
    const splitter = new FrameSplitter(limits.frameBytesMax)
    const onFrame = (frame: Uint8Array): void => void frames.push(hexOf(frame))
    expect(splitter.rest).toBeUndefined()
    splitter.push(stream.subarray(0, 6), onFrame)
    for (const [index, byte] of [3, 4, 5].entries()) {
      expect(splitter.rest?.byteLength).toBe(3 - index)
      splitter.rest?.set([byte])
      splitter.filledRest(1, onFrame)
    }
    splitter.push(stream, onFrame)
    expect(frames).toEqual(['0102030405', '0102030405'])
    expect(splitter.rest).toBeUndefined()
  })

  test('that is not complete is not given out', () => expect(framesOf([stream.subarray(0, 8)])).toEqual([]))
})

describe('an impossible length is refused before anything is allocated for it', () => {
  for (const [what, start, frameBytesMax, kind, message] of [
    ['negative', 'ffffffff', limits.frameBytesMax, 'malformed', 'a frame of -1 bytes'],
    ['the most negative', '80000000', limits.frameBytesMax, 'malformed', 'a frame of -2147483648 bytes'],
    ['2 GiB', '7fffffff', limits.frameBytesMax, 'too-large', 'a frame of 2147483647 bytes, 104857600 are allowed here'],
    ['one byte above the bound', '06400001', limits.frameBytesMax, 'too-large', 'a frame of 104857601 bytes'],
    ['above the bound of a stranger', '00080001', 512 * 1024, 'too-large', '524288 are allowed here'],
    ['HTTP', Buffer.from('GET / HTTP/1.1').toString('hex'), limits.frameBytesMax, 'too-large', 'an HTTP request'],
    ['TLS', '1603010200010001fc', limits.frameBytesMax, 'too-large', 'a TLS handshake'],
  ] as const) {
    test(what, () => expectRefused([Buffer.from(start, 'hex')]))
    test(`${what}, byte by byte`, () => expectRefused(chunksOf(Buffer.from(start, 'hex'), repeat(1))))

    function expectRefused(chunks: Iterable<Buffer>): void {
      const splitter = new FrameSplitter(frameBytesMax)
      const bytesBefore = process.memoryUsage().arrayBuffers
      const error = errorOf(() => {
        for (const chunk of chunks) splitter.push(chunk, () => expect.unreachable('no frame'))
      })
      expect(process.memoryUsage().arrayBuffers - bytesBefore).toBeLessThan(512 * 1024)
      expect(isErrorOfKind(error, kind), String(error)).toBe(true)
      expect(String(error)).toContain(message)
    }
  }

  test('after the frames before it', () => {
    const frames: string[] = []
    const stream = Buffer.concat([streamOf([Uint8Array.of(9)]), Buffer.from('ffffffff', 'hex')])
    expect(() => new FrameSplitter(10).push(stream, (frame) => frames.push(hexOf(frame)))).toThrow(HeadgateError)
    expect(frames).toEqual(['09'])
  })
})

test('the bound can be raised once the peer is known', () => {
  const splitter = new FrameSplitter(4)
  const frames: number[] = []
  const push = (frameBytes: number): void => splitter.push(streamOf([new Uint8Array(frameBytes)]), (frame) => frames.push(frame.byteLength))
  push(4)
  splitter.frameBytesMax = 8
  push(8)
  expect(() => push(9)).toThrow('a frame of 9 bytes, 8 are allowed here')
  expect(frames).toEqual([4, 8])
})

describe('an encoded frame', () => {
  test('begins with the length of the rest, however many segments that is', () => {
    const large = new Uint8Array(70_000).fill(3)
    for (const payload of [new Uint8Array(0), Uint8Array.of(1), large]) {
      const segments = encodeFrame((writer) => {
        writer.bytes(payload)
        writer.int8(7)
        writer.bytes(payload)
      })
      const [frame, ...others] = framesOf([Buffer.concat(segments)])
      expect(others).toEqual([])
      expect(hexOf(frame ?? new Uint8Array(0))).toBe(hexOf(Buffer.concat([payload, Uint8Array.of(7), payload])))
    }
  })

  test('is linear in its bytes: small writes fill chunks that are never moved', () => {
    const segments = encodeFrame((writer) => {
      for (let count = 0; count < 1_000_000; count++) writer.int32(count)
    })
    expect(segments.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBe(4 + 4_000_000)
    expect(segments.length).toBeLessThan(80)
    expect(Buffer.concat(segments).readInt32BE(4 + 4 * 123_456)).toBe(123_456)
  })
})

function streamOf(payloads: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    payloads.flatMap((payload) => {
      const length = Buffer.alloc(4)
      length.writeInt32BE(payload.byteLength)
      return [length, payload]
    }),
  )
}

function* chunksOf(stream: Buffer, lengths: Iterable<number>): Generator<Buffer> {
  let position = 0
  for (const length of lengths) {
    if (position >= stream.byteLength) return
    yield stream.subarray(position, position + length)
    position += length
  }
}

function* repeat(length: number): Generator<number> {
  for (;;) yield length
}

function framesOf(chunks: readonly Buffer[]): Uint8Array[] {
  const frames: Uint8Array[] = []
  const splitter = new FrameSplitter(limits.frameBytesMax)
  for (const chunk of chunks) splitter.push(chunk, (frame) => frames.push(frame))
  return frames
}
