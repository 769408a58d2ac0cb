import type { DecodeBudget } from './budget.ts'
import { unpackBzip2 } from './bzip2.ts'
import { type Inflated, inflate } from './inflate.ts'
import { inflateLzma } from './lzma-alone.ts'
import { inflateLzma2 } from './lzma2.ts'
import { type Folder, type HeaderReading, readSevenZipHeader } from './seven-zip-header.ts'
import { undoDelta } from './xz.ts'

/** A file of a 7z archive; the range is that of the packed stream it shares with others. */
export type SevenZipFile = { readonly name: string; readonly start: number; readonly end: number; readonly bytes: Uint8Array }

/** Why files were not read. */
export type SevenZipGap = { readonly why: 'encrypted' | 'method' | 'damaged' | 'limit' | 'header'; readonly files: number }

const MAX_HEADER = 32 * 1024 * 1024
const AES = '06f10701'

type Unpack = (packed: Uint8Array, properties: Uint8Array, size: number, isStopped: () => boolean) => Inflated
const whole = (bytes: Uint8Array): Inflated => ({ ok: true, bytes })

/** What each method does (Methods.txt of 7-Zip). Branch filters alter addresses in machine code, never text: what they did is left as it is. */
const methods: Readonly<Record<string, Unpack>> = {
  '00': whole,
  '03': (packed, properties) => {
    const bytes = packed.slice()
    undoDelta(bytes, (properties[0] ?? 0) + 1)
    return whole(bytes)
  },
  '030101': (bytes, properties, size, isStopped) => inflateLzma({ bytes, start: 0, properties: properties[0] ?? 255, isStopped }, size, false),
  '21': (packed, _, size, isStopped) => inflateLzma2(packed, size, isStopped),
  '040108': (packed, _, size) => inflate(packed, 'deflate', size),
  '040202': (packed, _, size, isStopped) => unpackBzip2(packed, size, isStopped),
  '04f71101': (packed, _, size) => inflate(packed, 'zstd', size),
  ...Object.fromEntries(['04', '05', '06', '07', '08', '09', '0a', '0b', '03030103', '03030205', '03030401', '03030501', '03030701', '03030805'].map((branch) => [branch, whole])),
}

/** True for a buffer that begins as a 7z archive does. */
export function isSevenZip(bytes: Uint8Array): boolean {
  return bytes.length >= 32 && bytes[0] === 0x37 && bytes[1] === 0x7a && bytes[2] === 0xbc && bytes[3] === 0xaf && bytes[4] === 0x27 && bytes[5] === 0x1c
}

/**
 * The files of a 7z archive, folder by folder: one folder's bytes are in memory at a time, and only where the budget has room for them. Checksums
 * are not compared: whatever unpacks is worth looking at.
 */
export function* sevenZipFiles(bytes: Uint8Array, budget: DecodeBudget): Generator<SevenZipFile | SevenZipGap, void, void> {
  const header = headerOf(bytes, budget)
  if ('why' in header) return yield header
  for (const folder of header.folders) {
    if (folder.files.length === 0 || folder.unpackedSize === 0) continue
    if (budget.spent) return
    const unpacked = unpackedFolder(bytes, folder, budget)
    if ('why' in unpacked) { yield { why: unpacked.why, files: folder.files.length }; continue }
    let at = 0
    for (const { name, size } of folder.files) {
      if (size > budget.limits.maxViewBytes) yield { why: 'limit', files: 1 }
      else yield { name, start: folder.start, end: folder.end, bytes: unpacked.bytes.subarray(at, at + size) }
      at += size
    }
  }
}

function headerOf(bytes: Uint8Array, budget: DecodeBudget): Extract<HeaderReading, { kind: 'files' }> | SevenZipGap {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const start = 32 + Number(view.getBigUint64(12, true))
  const size = Number(view.getBigUint64(20, true))
  if (size === 0) return { kind: 'files', folders: [] }
  if (size > MAX_HEADER || start + size > bytes.length) return { why: 'header', files: 0 }
  let header = bytes.subarray(start, start + size)
  // A packed header may hold another one; nobody packs it more often than once.
  for (let round = 0; round < 3; round++) {
    const reading = readSevenZipHeader(header, bytes.length)
    if (reading.kind === 'files') return reading
    if (reading.kind === 'damaged' || reading.folder.unpackedSize > MAX_HEADER) return { why: 'header', files: 0 }
    const unpacked = unpackedFolder(bytes, reading.folder, budget)
    if ('why' in unpacked) return { why: unpacked.why === 'encrypted' ? 'encrypted' : 'header', files: 0 }
    header = unpacked.bytes
  }
  return { why: 'header', files: 0 }
}

function unpackedFolder(bytes: Uint8Array, { coders, start, end, unpackedSize }: Folder, budget: DecodeBudget): { readonly bytes: Uint8Array } | Pick<SevenZipGap, 'why'> {
  if (coders.some(({ method }) => method === AES)) return { why: 'encrypted' }
  if (coders.length === 0 || coders.some(({ method }) => !Object.hasOwn(methods, method))) return { why: 'method' }
  const room = budget.roomFor(end - start, 'archive')
  if (coders.some((coder) => coder.unpackedSize > room) || !budget.take(unpackedSize)) return { why: 'limit' }
  let content = bytes.subarray(start, end)
  for (const { method, properties, unpackedSize: size } of coders) {
    const unpacked = methods[method]!(content, properties, size, () => budget.spent)
    if (!unpacked.ok) return { why: unpacked.reason === 'limit' && budget.spent ? 'limit' : 'damaged' }
    content = unpacked.bytes
  }
  return content.length < unpackedSize ? { why: 'damaged' } : { bytes: content }
}
