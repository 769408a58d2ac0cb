import { MusterError } from '@muster/core'

/** Bytes of a base64 text; blanks and line breaks are skipped. Null when it is not base64 or longer than `maxBytes`. */
export function fromBase64(text: string, maxBytes: number): Buffer | null {
  if (text.length > maxBytes * 2 + 1024) return null
  const digits = text.replaceAll(/\s+/g, '')
  if (digits.length === 0 || digits.length % 4 === 1 || !/^[A-Za-z0-9+/]*={0,2}$/.test(digits)) return null
  const bytes = Buffer.from(digits, 'base64')
  return bytes.length > maxBytes ? null : bytes
}

/**
 * Contents of every `-----BEGIN label-----` block of a text, in order. At most `maxBlocks` are read.
 * @throws MusterError pem.invalid for a block without an end or with characters outside base64
 */
export function armouredBlocks(text: string, label: string, limits: { maxBytes: number; maxBlocks: number }): Buffer[] {
  const [begin, end] = [`-----BEGIN ${label}-----`, `-----END ${label}-----`]
  const blocks: Buffer[] = []
  for (let at = text.indexOf(begin); at >= 0 && blocks.length < limits.maxBlocks; at = text.indexOf(begin, at)) {
    const start = at + begin.length
    const stop = text.indexOf(end, start)
    if (stop < 0) throw new MusterError('pem.invalid', `a ${label} block has no end`)
    const bytes = fromBase64(text.slice(start, stop), limits.maxBytes)
    if (bytes === null) throw new MusterError('pem.invalid', `a ${label} block is not base64 or longer than ${limits.maxBytes} bytes`)
    blocks.push(bytes)
    at = stop + end.length
  }
  return blocks
}
