import { compress } from '../../src/protocol/records/compression.ts'
import { concatBytes } from '../../src/shared/bytes.ts'

const MiB = 1024 * 1024
const zeros = (bytes: number): Uint8Array => new Uint8Array(bytes)

/** Small bytes that inflate to more than a batch may have. */
export const bombs = {
  /** Members one behind the other, as gzip allows. */
  gzip: () => {
    const member = compress('gzip', zeros(8 * MiB))
    return concatBytes(Array.from({ length: 40 }, () => member))
  },
  /** A declared size of nearly 4 GiB. */
  snappy: () => Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0),
  /** One block of a frame many times over. */
  lz4: () => {
    const frame = compress('lz4', zeros(64 * 1024))
    const block = frame.subarray(LZ4_HEADER_BYTES, frame.length - LZ4_END_BYTES)
    return concatBytes([
      frame.subarray(0, LZ4_HEADER_BYTES),
      ...Array.from({ length: 5_000 }, () => block),
      frame.subarray(frame.length - LZ4_END_BYTES),
    ])
  },
  zstd: () => compress('zstd', zeros(16 * MiB)),
} as const

/** Magic, flags, block size, header checksum. */
const LZ4_HEADER_BYTES = 7
/** A block of no bytes. */
const LZ4_END_BYTES = 4
