import { readFileSync } from 'node:fs'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { lz4Compress, snappyCompress } from '@platformatic/wasm-utils'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CompressionType, compress, compressionTypes, decompress } from '../../../src/protocol/records/compression.ts'
import { HeadgateError } from '../../../src/shared/errors.ts'
import { concatBytes, utf8Bytes } from '../../../src/shared/bytes.ts'

const codecs = compressionTypes.filter((type) => type !== 'none')
const MiB = 1024 * 1024

describe('frames of foreign compressors are read', () => {
  const url = new URL('../../golden/record-batches/compressed-frames.json', import.meta.url)
  const { frames } = JSON.parse(readFileSync(url, 'utf8')) as { frames: Record<string, { codec: CompressionType; bytes: string }> }
  const content = utf8Bytes(Array.from({ length: 9_000 }, (_, index) => `row ${index % 500} of the table;`).join(''))
  for (const [name, { codec, bytes }] of Object.entries(frames)) {
    const frame = Buffer.from(bytes, 'base64')
    test(name, () => expect(equal(decompress(codec, frame), content)).toBe(true))
    test(`${name}, in every truncated prefix, is refused`, () => {
      for (let length = 0; length < frame.length; length += length < 40 ? 1 : 97)
        expect(kindOf(() => decompress(codec, frame.subarray(0, length)))).toBe('malformed')
    })
    test(`${name}, with a byte after it, is refused`, () => {
      for (const byte of [1, 0x28, 0xff])
        expect(kindOf(() => decompress(codec, concatBytes([frame, Uint8Array.of(byte)])))).toBe('malformed')
    })
  }

  test('a wrong checksum in an LZ4 frame is noticed', () => {
    const frame = Buffer.from(frames['lz4 everything, high compression']?.bytes ?? '', 'base64')
    for (const [at, message] of [
      [14, /header checksum/],
      [frame.length - 9, /block checksum/],
      [frame.length - 1, /content checksum/],
    ] as const) {
      const damaged = Uint8Array.from(frame)
      damaged[at] = (damaged[at] ?? 0) ^ 1
      expect(() => decompress('lz4', damaged)).toThrow(message)
    }
  })
})

describe('what a foreign compressor shrank comes back whole', () => {
  const contents = fc.oneof(
    fc.uint8Array({ maxLength: 2_000 }),
    fc
      .tuple(fc.uint8Array({ minLength: 1, maxLength: 70 }), fc.integer({ min: 1, max: 3_000 }))
      .map(([piece, times]) => concatBytes(Array.from({ length: times }, () => piece))),
    fc
      .array(fc.constantFrom('a', 'bb', '{"id":', 'timestamp', '0123456789', ' '), { maxLength: 3_000 })
      .map((words) => utf8Bytes(words.join(''))),
  )
  for (const codec of codecs)
    test(codec, () => {
      fc.assert(
        fc.property(contents, (content) => {
          expect(equal(decompress(codec, compress(codec, content)), content)).toBe(true)
        }),
        { numRuns: 150 },
      )
    })

  test('snappy in xerial framing, chunk by chunk', () => {
    fc.assert(
      fc.property(fc.array(contents, { maxLength: 5 }), (chunks) => {
        expect(equal(decompress('snappy', xerial(chunks)), concatBytes(chunks))).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  test('an odd view into a larger buffer', () => {
    const content = utf8Bytes('the same bytes again, '.repeat(100))
    for (const codec of codecs) {
      const padded = concatBytes([new Uint8Array(13), compress(codec, content), new Uint8Array(13)])
      expect(equal(decompress(codec, padded.subarray(13, padded.length - 13)), content)).toBe(true)
    }
  })
})

describe('bytes that follow what a codec reads are never dropped in silence', () => {
  const first = utf8Bytes('first')
  const second = utf8Bytes('second')
  test('a second zstd frame, which some versions of node:zlib do not see', () => {
    expect(() => decompress('zstd', concatBytes([zstdCompressSync(first), zstdCompressSync(second)]))).toThrow(
      'zstd: 15 bytes after the end of the frame',
    )
  })
  test('a second LZ4 frame', () => {
    expect(() => decompress('lz4', concatBytes([lz4Compress(Buffer.from(first)), lz4Compress(Buffer.from(second))]))).toThrow(
      /bytes after the end of the frame/,
    )
  })
  test('a second Snappy block', () => {
    expect(kindOf(() => decompress('snappy', concatBytes([snappyCompress(Buffer.from(first)), snappyCompress(Buffer.from(second))])))).toBe(
      'malformed',
    )
  })
  test('gzip members are all read', () => {
    expect(Buffer.from(decompress('gzip', concatBytes([gzipSync(first), gzipSync(second)]))).toString()).toBe('firstsecond')
  })
  test('anything after a gzip member', () => {
    for (const garbage of ['garbage', '\x1f', '\x1f\x8b'])
      expect(kindOf(() => decompress('gzip', concatBytes([gzipSync(first), Buffer.from(garbage, 'latin1')])))).toBe('malformed')
  })
})

describe('a bomb is refused, in little memory', () => {
  const zeros = Buffer.alloc(48 * MiB)
  const bounds = { decompressedBatchBytesMax: 16 * MiB, decompressionRatioMax: 100_000 }
  const zstd = zstdCompressSync(zeros)
  const bombs: [name: string, codec: CompressionType, bytes: Uint8Array][] = [
    ['gzip', 'gzip', gzipSync(zeros)],
    ['zstd, its size declared', 'zstd', zstd],
    ['zstd, its size not declared', 'zstd', withoutContentSize(zstd)],
    ['lz4', 'lz4', lz4Compress(zeros)],
    ['snappy', 'snappy', snappyCompress(zeros)],
    ['snappy, in xerial chunks that are each small enough', 'snappy', xerial(Array.from({ length: 3 }, () => zeros.subarray(0, 8 * MiB)))],
  ]
  for (const [name, codec, bytes] of bombs)
    test(name, () => {
      const before = process.memoryUsage().arrayBuffers
      expect(kindOf(() => decompress(codec, bytes, bounds))).toBe('too-large')
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * MiB)
      expect(decompress(codec, bytes, { ...bounds, decompressedBatchBytesMax: 64 * MiB }).length).toBeGreaterThan(16 * MiB)
    })

  test('a small one by its ratio', () => {
    const ratioBounds = { decompressedBatchBytesMax: 64 * MiB, decompressionRatioMax: 1_000 }
    expect(kindOf(() => decompress('zstd', zstd, ratioBounds))).toBe('too-large')
    expect(kindOf(() => decompress('zstd', withoutContentSize(zstd), ratioBounds))).toBe('too-large')
    expect(decompress('zstd', zstdCompressSync(zeros.subarray(0, MiB)), ratioBounds)).toHaveLength(MiB)
  })

  const lies: [name: string, codec: CompressionType, bytes: Uint8Array, kind: string][] = [
    ['four bytes of snappy that declare 4 GiB', 'snappy', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f, 0), 'malformed'],
    ['a declared size of 36 bits', 'snappy', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0x01), 'malformed'],
    ['a zstd frame that declares 2^62 bytes', 'zstd', Buffer.from('28b52ffde00000000000000040010000', 'hex'), 'too-large'],
  ]
  for (const [name, codec, bytes, kind] of lies) test(name, () => expect(kindOf(() => decompress(codec, bytes))).toBe(kind))
})

describe('malformed bytes are refused for what is wrong with them', () => {
  const cases: [codec: CompressionType, hex: string, message: string][] = [
    ['snappy', '', 'snappy: the declared size is not a varint of 32 bits'],
    ['snappy', '0500', 'snappy: a literal runs past the end'],
    ['snappy', '01 f0', 'snappy: an element is cut off'],
    ['snappy', '01 04 61 62', 'snappy: more bytes than declared'],
    ['snappy', '05 00 61 01 02', 'snappy: a copy from before the start'],
    ['snappy', '05 00 61 01 00', 'snappy: a copy from before the start'],
    ['snappy', '04 00 61 01 01', 'snappy: more bytes than declared'],
    ['snappy', '09 00 61', 'snappy: 1 bytes where 9 were declared'],
    ['snappy', '82534e41505059000000000100000001 000000', 'snappy: a chunk length is cut off'],
    ['snappy', '82534e41505059000000000100000001 00000009 00', 'snappy: a chunk runs past the end'],
    ['lz4', '04224d18', 'lz4: the frame header is cut off'],
    ['lz4', '05224d18604082', 'lz4: not an LZ4 frame'],
    ['lz4', '04224d18204082', 'lz4: unknown frame version 0'],
    ['lz4', '04224d18614082', 'lz4: the frame needs a dictionary'],
    ['lz4', '04224d18600082', 'lz4: unknown block maximum size'],
    ['lz4', '04224d18604083', 'lz4: the frame header checksum is wrong'],
    ['lz4', '04224d18604082 0100', 'lz4: the end mark is missing'],
    ['lz4', '04224d18604082 01000000', 'lz4: a block runs past the end'],
    ['lz4', '04224d18604082 01000000 10 00000000', 'lz4: literals run past the end of a block'],
    ['lz4', '04224d18604082 01000000 f0 00000000', 'lz4: a literal length is cut off'],
    ['lz4', '04224d18604082 05000000 1f61010000 00000000', 'lz4: a block ends without its last literals'],
    ['lz4', '04224d18604082 06000000 106102001062 00000000', 'lz4: a match from before the start'],
    ['lz4', '04224d18604082 06000000 106100001062 00000000', 'lz4: a match from before the start'],
    ['zstd', '', 'zstd: not a Zstandard frame'],
    ['zstd', '28b52ffda0', 'zstd: the frame header is cut off'],
    ['zstd', '28b52ffd2001 0800', 'zstd: the last block is missing'],
    ['zstd', '28b52ffd2001 080000 61', 'zstd: the last block is missing'],
    ['zstd', '28b52ffd2001 070000', 'zstd: a block of the reserved type'],
    ['zstd', '28b52ffd2001 110000 61', 'zstd: a block runs past the end'],
    ['zstd', '28b52ffd2401 090000 61 010203', 'zstd: the checksum is cut off'],
    ['zstd', '28b52ffd2401 090000 61 01020304', 'zstd: '],
    ['zstd', '28b52ffd2005 090000 61', 'zstd: '],
    // A skippable frame holds no records.
    ['zstd', '502a4d18 00000000', 'zstd: not a Zstandard frame'],
  ]
  for (const [codec, hex, message] of cases)
    test(`${codec} ${hex}`, () => {
      const error = thrownBy(() => decompress(codec, bytesOf(hex)))
      expect(error).toMatchObject({ kind: 'malformed', message: expect.stringContaining(message) as string })
    })
})

describe('arbitrary and damaged bytes never throw anything but HeadgateError, and never read or write outside', () => {
  const content = Buffer.from(Array.from({ length: 60 }, (_, index) => `{"id":${index},"user":"user-${index % 7}"}`).join('\n'))
  for (const codec of codecs)
    test(codec, () => {
      const good = codec === 'snappy' ? xerial([content, content]) : compress(codec, content)
      const damaged = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 }).map((changes) => {
        const bytes = Uint8Array.from(good)
        for (const [at, byte] of changes) bytes[at] = byte
        return bytes
      })
      fc.assert(
        fc.property(fc.oneof({ weight: 4, arbitrary: damaged }, { weight: 1, arbitrary: fc.uint8Array({ maxLength: 100 }) }), (bytes) => {
          try {
            expect(decompress(codec, bytes).length).toBeLessThanOrEqual(MiB)
          } catch (error) {
            expect(error).toBeInstanceOf(HeadgateError)
          }
        }),
        { numRuns: 1_500 },
      )
    })
})

function xerial(chunks: readonly Uint8Array[]): Uint8Array {
  const pieces: Uint8Array[] = [Buffer.from('82534e41505059000000000100000001', 'hex')]
  for (const chunk of chunks) {
    const compressed = snappyCompress(Buffer.from(chunk))
    const length = Buffer.alloc(4)
    length.writeUInt32BE(compressed.length)
    pieces.push(length, compressed)
  }
  return concatBytes(pieces)
}

/** Turns a frame with a four-byte content size and a window byte into one that leaves the size out. */
function withoutContentSize(frame: Uint8Array): Uint8Array {
  const descriptor = frame[4] ?? 0
  expect(descriptor >> 6).toBe(2)
  const isSingleSegment = (descriptor & 0x20) !== 0
  // A window of 8 MiB: exponent 13, mantissa 0.
  const window = isSingleSegment ? 13 << 3 : (frame[5] ?? 0)
  return concatBytes([frame.subarray(0, 4), Uint8Array.of(descriptor & 0x1f, window), frame.subarray(isSingleSegment ? 9 : 10)])
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

function bytesOf(hex: string): Uint8Array {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex')
}

function kindOf(action: () => unknown): string {
  return thrownBy(action)?.kind ?? 'nothing thrown'
}

function thrownBy(action: () => unknown): HeadgateError | undefined {
  try {
    action()
  } catch (error) {
    if (error instanceof HeadgateError) return error
    throw error
  }
  return undefined
}
