/**
 * The compression of a batch's records: none, gzip, Snappy, LZ4 frame, Zstandard. Decompression is bounded: a size that
 * is declared is judged before anything is allocated, one that is not is counted while it grows, and every byte of
 * input must be used, because a decoder that stops early would lose records in silence.
 *
 * zlib and the WebAssembly compressors are loaded at first use, so that they cost nothing at start.
 */
import { createRequire } from 'node:module'
import type * as Zlib from 'node:zlib'
import type * as WasmUtils from '@platformatic/wasm-utils'
import { HeadgateError, messageOf } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { decompressLz4 } from './lz4-frame.ts'
import { decompressSnappy } from './snappy.ts'
import { checkZstdFrame } from './zstd-frame.ts'

/** By the codec bits of a batch's attributes; the names are those of Kafka's `compression.type`. */
export const compressionTypes = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
export type CompressionType = (typeof compressionTypes)[number]

export interface DecompressionBounds {
  readonly decompressedBatchBytesMax: number
  readonly decompressionRatioMax: number
}

/** Answers the input itself for `none`, fresh memory otherwise. Throws HeadgateError `malformed` or `too-large`. */
export function decompress(type: CompressionType, compressed: Uint8Array, bounds: DecompressionBounds = limits): Uint8Array {
  const bytesMax = outputBytesMax(compressed.length, bounds)
  switch (type) {
    case 'none':
      return compressed
    case 'gzip':
      return inflate(type, compressed, bytesMax)
    case 'snappy':
      return decompressSnappy(compressed, { bytesMax })
    case 'lz4':
      return decompressLz4(compressed, { bytesMax })
    case 'zstd':
      checkZstdFrame(compressed, { bytesMax })
      return inflate(type, compressed, bytesMax)
  }
}

/** Raw Snappy (as librdkafka sends it) and frames with default settings otherwise. */
export function compress(type: CompressionType, bytes: Uint8Array): Uint8Array {
  switch (type) {
    case 'none':
      return bytes
    case 'gzip':
      return zlib().gzipSync(bytes)
    case 'snappy':
      return wasm().snappyCompress(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    case 'lz4':
      return wasm().lz4Compress(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    case 'zstd':
      return zlib().zstdCompressSync(bytes)
  }
}

/** Below it the ratio is not judged: a batch of equal records may well shrink a thousandfold. */
const ratioFreeBytes = 1024 * 1024

function outputBytesMax(compressedBytes: number, { decompressedBatchBytesMax, decompressionRatioMax }: DecompressionBounds): number {
  return Math.min(decompressedBatchBytesMax, Math.max(ratioFreeBytes, compressedBytes * decompressionRatioMax))
}

/** gzip, whose members may follow each other and be padded with zeros, or one zstd frame. */
function inflate(type: 'gzip' | 'zstd', compressed: Uint8Array, bytesMax: number): Uint8Array {
  const options = { maxOutputLength: bytesMax, chunkSize: chunkBytes(compressed.length), info: true }
  const { buffer, engine } = attempt(type, bytesMax, () =>
    // With `info`, which the type declarations do not know, the answer is the bytes and the stream that made them.
    type === 'gzip' ? zlib().gunzipSync(compressed, options) : zlib().zstdDecompressSync(compressed, options),
  ) as unknown as { buffer: Uint8Array; engine: { bytesWritten: number } }
  if (engine.bytesWritten !== compressed.length) throw malformed(type, `${compressed.length - engine.bytesWritten} bytes after the end`)
  return buffer
}

function attempt<T>(type: CompressionType, bytesMax: number, decode: () => T): T {
  try {
    return decode()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(type, bytesMax)
    throw malformed(type, messageOf(error), error)
  }
}

/** Output grows in pieces of this size: about the whole of a usual batch, without a large allocation for a small one. */
function chunkBytes(compressedBytes: number): number {
  return Math.min(Math.max(compressedBytes * 4, 16 * 1024), 1024 * 1024)
}

function tooLarge(type: CompressionType, bytesMax: number): HeadgateError {
  return new HeadgateError('too-large', `${type}: inflates to more than ${bytesMax} bytes`, { facts: { bytesMax } })
}

function malformed(type: CompressionType, reason: string, cause?: unknown): HeadgateError {
  return new HeadgateError('malformed', `${type}: ${reason}`, { cause })
}

const require = createRequire(import.meta.url)

function zlib(): typeof Zlib {
  return require('node:zlib') as typeof Zlib
}

function wasm(): typeof WasmUtils {
  return require('@platformatic/wasm-utils') as typeof WasmUtils
}
