/** One file of a zip archive, still packed. */
export type ZipEntry = {
  readonly name: string
  /** Byte range of the packed data in the archive. */
  readonly start: number
  readonly end: number
  readonly compression: 'stored' | 'deflate' | 'zstd' | 'bzip2' | 'xz'
  readonly size: number
}

export type ZipReading = { readonly entries: readonly ZipEntry[]; readonly skipped: readonly { readonly name: string; readonly why: 'encrypted' | 'method' | 'damaged' }[]; readonly complete: boolean }

const MAX_ENTRIES = 100_000
const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
const END64_LOCATOR = 0x07064b50
const END64 = 0x06064b50

/** True for a buffer that begins as a zip archive does. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes.length >= 22 && bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5)
}

/**
 * Reads the central directory (APPNOTE.TXT 6.3 §4.3–4.5, with zip64). Entries whose data ranges overlap an earlier entry are
 * left out, so that one packed block cannot be unpacked many times. Returns null when there is no directory.
 */
export function readZip(bytes: Uint8Array): ZipReading | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const directory = directoryOf(view)
  if (directory === null) return null
  const entries: ZipEntry[] = []
  const skipped: { name: string; why: 'encrypted' | 'method' | 'damaged' }[] = []
  let pos = directory.start
  let count = 0
  for (; pos + 46 <= bytes.length && count < MAX_ENTRIES && view.getUint32(pos, true) === CENTRAL; count++) {
    const nameLength = view.getUint16(pos + 28, true)
    const extraLength = view.getUint16(pos + 30, true)
    const next = pos + 46 + nameLength + extraLength + view.getUint16(pos + 32, true)
    if (next > bytes.length) break
    const name = Buffer.from(bytes.subarray(pos + 46, pos + 46 + nameLength)).toString('utf8').slice(0, 1024)
    const sizes = sizesOf(view, pos, nameLength, extraLength)
    const method = view.getUint16(pos + 10, true)
    const compression = method === 0 ? 'stored' : method === 8 ? 'deflate' : method === 93 ? 'zstd' : method === 12 ? 'bzip2' : method === 95 ? 'xz' : null
    const start = dataStart(view, sizes.local)
    if (!name.endsWith('/')) {
      if ((view.getUint16(pos + 8, true) & 1) !== 0) skipped.push({ name, why: 'encrypted' })
      else if (compression === null) skipped.push({ name, why: 'method' })
      else if (start === null || start + sizes.packed > bytes.length) skipped.push({ name, why: 'damaged' })
      else entries.push({ name, start, end: start + sizes.packed, compression, size: sizes.size })
    }
    pos = next
  }
  return { entries: apart(entries, skipped), skipped, complete: count >= directory.count }
}

function apart(entries: readonly ZipEntry[], skipped: { name: string; why: 'encrypted' | 'method' | 'damaged' }[]): readonly ZipEntry[] {
  const kept: ZipEntry[] = []
  let end = -1
  for (const entry of entries.toSorted((a, b) => a.start - b.start)) {
    if (entry.start < end) skipped.push({ name: entry.name, why: 'damaged' })
    else { kept.push(entry); end = entry.end }
  }
  return kept
}

function directoryOf(view: DataView): { readonly start: number; readonly count: number } | null {
  for (let pos = view.byteLength - 22; pos >= Math.max(0, view.byteLength - 22 - 65_535); pos--) {
    if (view.getUint32(pos, true) !== END) continue
    const start = view.getUint32(pos + 16, true)
    const count = view.getUint16(pos + 10, true)
    if (start !== 0xffffffff && count !== 0xffff) return start < view.byteLength ? { start, count } : null
    if (pos < 20 || view.getUint32(pos - 20, true) !== END64_LOCATOR) return null
    const at = Number(view.getBigUint64(pos - 12, true))
    if (at + 56 > view.byteLength || view.getUint32(at, true) !== END64) return null
    return { start: Number(view.getBigUint64(at + 48, true)), count: Number(view.getBigUint64(at + 32, true)) }
  }
  return null
}

function sizesOf(view: DataView, pos: number, nameLength: number, extraLength: number): { readonly packed: number; readonly size: number; readonly local: number } {
  let packed = view.getUint32(pos + 20, true)
  let size = view.getUint32(pos + 24, true)
  let local = view.getUint32(pos + 42, true)
  let at = pos + 46 + nameLength
  const end = at + extraLength
  while (at + 4 <= end) {
    const length = view.getUint16(at + 2, true)
    if (view.getUint16(at, true) === 1) {
      let field = at + 4
      const next = (value: number): number => {
        if (value !== 0xffffffff || field + 8 > Math.min(end, at + 4 + length)) return value
        field += 8
        return Number(view.getBigUint64(field - 8, true))
      }
      size = next(size)
      packed = next(packed)
      local = next(local)
    }
    at += 4 + length
  }
  return { packed, size, local }
}

function dataStart(view: DataView, local: number): number | null {
  if (local + 30 > view.byteLength || view.getUint32(local, true) !== LOCAL) return null
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true)
  return start <= view.byteLength ? start : null
}
