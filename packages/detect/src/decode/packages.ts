/** A part of a package; the range is that of its bytes. */
export type PackagePart = { readonly name: string; readonly start: number; readonly end: number }

const text = (bytes: Uint8Array, start: number, end: number): string => Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.max(0, Math.min(end, bytes.length) - start)).toString('latin1')

const AR_HEADER = 60
const AR_MAGIC = '!<arch>\ndebian-binary'

/** True for a Debian package (deb(5)); other `ar` archives hold object code. */
export function isDeb(bytes: Uint8Array): boolean {
  return bytes[0] === 0x21 && bytes.length > 8 + AR_HEADER && text(bytes, 0, AR_MAGIC.length) === AR_MAGIC
}

/** The members of a Debian package; returns whether its end was reached in order. */
export function* debParts(bytes: Uint8Array): Generator<PackagePart, boolean, void> {
  for (let pos = 8; pos < bytes.length;) {
    const header = text(bytes, pos, pos + AR_HEADER)
    const start = pos + AR_HEADER
    const size = Number(header.slice(48, 58).trim() || 'none')
    if (header.length < AR_HEADER || !header.endsWith('`\n') || !Number.isSafeInteger(size) || size < 0 || start + size > bytes.length) return false
    yield { name: header.slice(0, 16).trim().replace(/\/$/, ''), start, end: start + size }
    pos = start + size + (size & 1)
  }
  return true
}

const RPM_LEAD = 96

/** The payload of an RPM package (RPM V4 file format): what follows lead, signatures and header. Null when it is none; empty where it is damaged. */
export function rpmPayload(bytes: Uint8Array): PackagePart | null {
  if (bytes[0] !== 0xed || bytes[1] !== 0xab || bytes[2] !== 0xee || bytes[3] !== 0xdb) return null
  const signaturesEnd = behindRpmHeader(bytes, RPM_LEAD)
  const start = behindRpmHeader(bytes, signaturesEnd + ((RPM_LEAD - signaturesEnd) & 7))
  return Number.isNaN(start) || start > bytes.length ? { name: 'payload', start: bytes.length, end: bytes.length } : { name: 'payload', start, end: bytes.length }
}

/** Not a number where no header begins. */
function behindRpmHeader(bytes: Uint8Array, at: number): number {
  if (Number.isNaN(at) || at + 16 > bytes.length || text(bytes, at, at + 4) !== '\x8e\xad\xe8\x01') return Number.NaN
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return at + 16 + view.getUint32(at + 8) * 16 + view.getUint32(at + 12)
}

const CPIO_HEADER = 110

/** True for a cpio archive in the portable ASCII format, as RPM packages and boot images use it. */
export function isCpio(bytes: Uint8Array): boolean {
  return bytes[0] === 0x30 && bytes.length > CPIO_HEADER && /^07070[12][0-9a-fA-F]{104}$/.test(text(bytes, 0, CPIO_HEADER))
}

/** The files of a cpio archive; returns whether its end was reached in order. */
export function* cpioParts(bytes: Uint8Array): Generator<PackagePart, boolean, void> {
  for (let pos = 0; pos + CPIO_HEADER <= bytes.length;) {
    const header = text(bytes, pos, pos + CPIO_HEADER)
    if (!/^07070[12][0-9a-fA-F]{104}$/.test(header)) return false
    const field = (index: number): number => Number.parseInt(header.slice(6 + index * 8, 14 + index * 8), 16)
    const name = Buffer.from(text(bytes, pos + CPIO_HEADER, pos + CPIO_HEADER + Math.max(0, Math.min(field(11) - 1, 4096))), 'latin1').toString('utf8')
    if (name === 'TRAILER!!!') return true
    const start = (pos + CPIO_HEADER + field(11) + 3) & ~3
    const end = start + field(6)
    if (start < 0 || end > bytes.length) return false
    if ((field(1) & 0o170000) === 0o100000 && end > start) yield { name: name.replace(/^\.\//, ''), start, end }
    pos = (end + 3) & ~3
  }
  return false
}
