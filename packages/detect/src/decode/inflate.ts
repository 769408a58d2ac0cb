import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib'

export type Compression = 'gzip' | 'zlib' | 'deflate' | 'zstd' | 'brotli'

export type Inflated =
  | { readonly ok: true; readonly bytes: Uint8Array }
  /** `limit`: the output would pass `maxBytes`. `invalid`: the data is damaged. */
  | { readonly ok: false; readonly reason: 'limit' | 'invalid' }

/** Unpacks at most `maxBytes`. Never throws for what the data holds; damaged data yields no bytes. */
export function inflate(packed: Uint8Array, compression: Compression, maxBytes: number): Inflated {
  if (maxBytes < 1) return { ok: false, reason: 'limit' }
  const options = { maxOutputLength: maxBytes }
  try {
    switch (compression) {
      case 'gzip': return { ok: true, bytes: gunzipSync(packed, options) }
      case 'zlib': return { ok: true, bytes: inflateSync(packed, options) }
      case 'deflate': return { ok: true, bytes: inflateRawSync(packed, options) }
      case 'zstd': return { ok: true, bytes: zstdDecompressSync(packed, options) }
      case 'brotli': return { ok: true, bytes: brotliDecompressSync(packed, options) }
    }
  } catch (error) {
    const code = (error as { code?: unknown }).code
    return { ok: false, reason: code === 'ERR_BUFFER_TOO_LARGE' ? 'limit' : 'invalid' }
  }
}

/** The compression a buffer begins with (RFC 1952, RFC 1950, RFC 8878); null for none. */
export function compressionOf(bytes: Uint8Array): Compression | null {
  if (bytes.length < 8) return null
  if (bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8) return 'gzip'
  if (bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd) return 'zstd'
  const isZlib = bytes[0] === 0x78 && [0x01, 0x5e, 0x9c, 0xda].includes(bytes[1]!) && ((bytes[0] << 8) | bytes[1]!) % 31 === 0
  return isZlib ? 'zlib' : null
}
