import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'
import { isBzip2, unpackBzip2 } from './bzip2.ts'
import { isLzmaAlone, unpackLzmaAlone } from './lzma-alone.ts'
import { isXz, unpackXz } from './xz.ts'
import { isZstd, unpackZstd } from './zstd-frames.ts'

export type Compression = 'gzip' | 'zlib' | 'deflate' | 'zstd' | 'brotli' | 'xz' | 'bzip2' | 'lzma'

export type Inflated =
  | { readonly ok: true; readonly bytes: Uint8Array }
  /** `limit`: the output would pass `maxBytes`. `invalid`: the data is damaged. */
  | { readonly ok: false; readonly reason: 'limit' | 'invalid' }

const never = (): boolean => false

/** Unpacks at most `maxBytes`. Never throws for what the data holds; damaged data yields no bytes. Slow methods end with `limit` when `isStopped` says so. */
export function inflate(packed: Uint8Array, compression: Compression, maxBytes: number, isStopped: () => boolean = never): Inflated {
  if (maxBytes < 1) return { ok: false, reason: 'limit' }
  const options = { maxOutputLength: maxBytes }
  try {
    switch (compression) {
      case 'gzip': return { ok: true, bytes: gunzipSync(packed, options) }
      case 'zlib': return { ok: true, bytes: inflateSync(packed, options) }
      case 'deflate': return { ok: true, bytes: inflateRawSync(packed, options) }
      case 'zstd': return { ok: true, bytes: unpackZstd(packed, maxBytes) }
      case 'xz': return unpackXz(packed, maxBytes, isStopped)
      case 'bzip2': return unpackBzip2(packed, maxBytes, isStopped)
      case 'lzma': return unpackLzmaAlone(packed, maxBytes, isStopped)
      case 'brotli': return { ok: true, bytes: brotliDecompressSync(packed, options) }
    }
  } catch (error) {
    const code = (error as { code?: unknown }).code
    return { ok: false, reason: code === 'ERR_BUFFER_TOO_LARGE' ? 'limit' : 'invalid' }
  }
}

/** The compression a buffer begins with (RFC 1952, RFC 1950, RFC 8878, xz, bzip2); null for none. LZMA alone is told by the path as well. */
export function compressionOf(bytes: Uint8Array, path = ''): Exclude<Compression, 'deflate' | 'brotli'> | null {
  if (bytes.length < 8) return null
  if (bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8) return 'gzip'
  if (isZstd(bytes)) return 'zstd'
  const isZlib = bytes[0] === 0x78 && [0x01, 0x5e, 0x9c, 0xda].includes(bytes[1]!) && ((bytes[0] << 8) | bytes[1]!) % 31 === 0
  if (isZlib) return 'zlib'
  return isXz(bytes) ? 'xz' : isBzip2(bytes) ? 'bzip2' : isLzmaAlone(bytes, path) ? 'lzma' : null
}
