import { DecodeBudget, type DecodeLimits, type DecodeProblem, defaultDecodeLimits, type StopSignal } from './budget.ts'
import { isOfficeText, notebookCells, officeText, pdfStreams } from './documents.ts'
import { imagesIn, layerFiles } from './image.ts'
import { compressionOf, inflate } from './inflate.ts'
import { cpioParts, debParts, isCpio, isDeb, type PackagePart, rpmPayload } from './packages.ts'
import { isSevenZip, type SevenZipGap, sevenZipFiles } from './seven-zip.ts'
import { isSqlite, sqliteTables } from './sqlite.ts'
import { isTar, type TarEntry, tarEntries } from './tar.ts'
import { textSigns } from './signs.ts'
import { alphabetRuns, escapeRuns, fromUtf16 } from './text-codes.ts'
import { isZip, readZip, type ZipEntry } from './zip.ts'

/** One decoder in the chain that led to a view. */
export type DecodeStep = {
  readonly decoder: 'base64' | 'hex' | 'percent' | 'escape' | 'utf-16le' | 'utf-16be' | 'gzip' | 'zlib' | 'zstd' | 'xz' | 'bzip2' | 'lzma' | 'zip' | '7z' | 'tar' | 'deb' | 'rpm' | 'cpio' | 'image-layer' | 'image-config' | 'office' | 'pdf' | 'notebook' | 'sqlite'
  /** Byte range in the bytes of the step before (the file itself for the first); of a layer's file in the unpacked layer. */
  readonly start: number
  readonly end: number
  /** Entry of an archive, part of a document. */
  readonly name?: string
  /** Digest of the image layer that holds the file. */
  readonly layer?: string
  /** Digest of the layer that removes or replaces the file in the running container. */
  readonly hiddenBy?: string
}

/** Bytes that were decoded out of a file. */
export type DecodedView = {
  readonly bytes: Uint8Array
  /** Never empty, outermost decoder first. */
  readonly provenance: readonly DecodeStep[]
  /** The file's path, with `!` and the entry's name for each archive on the way. */
  readonly path: string
}

export type DecodeEvent = { readonly view: DecodedView } | { readonly problem: DecodeProblem }

type Place = { readonly bytes: Uint8Array; readonly path: string; readonly chain: readonly DecodeStep[] }

/**
 * Everything that can be decoded out of a file, layer by layer, each part once, before what is inside it. The caller stops by
 * leaving the loop or by `signal`. Hostile input ends in problems, never in an exception; the limits hold for the whole file.
 */
export function* decodedViews(bytes: Uint8Array, file: { readonly path: string; readonly limits?: Partial<DecodeLimits>; readonly signal?: StopSignal }): Generator<DecodeEvent, void, void> {
  const budget = new DecodeBudget({ ...defaultDecodeLimits, ...file.limits }, file.signal ?? null)
  yield* inside({ bytes, path: file.path, chain: [] }, budget)
}

function* inside(place: Place, budget: DecodeBudget): Generator<DecodeEvent, void, void> {
  if (place.chain.length >= budget.limits.maxDepth) return
  if (budget.spent) return yield* spent(place, budget)
  const { bytes, path } = place
  const compression = compressionOf(bytes, path)
  if (compression !== null) return yield* insideStream(place, compression, budget)
  if (isRar(bytes)) return yield problem('input.unrecognised', path, 'RAR archive: not opened')
  if (isZip(bytes)) return yield* insideZip(place, budget)
  if (isSevenZip(bytes)) return yield* insideSevenZip(place, budget)
  if (isDeb(bytes)) return yield* insidePackage(place, 'deb', debParts(bytes), budget)
  if (isCpio(bytes)) return yield* insidePackage(place, 'cpio', cpioParts(bytes), budget)
  const payload = rpmPayload(bytes)
  if (payload !== null) return yield* insideRpm(place, payload, budget)
  if (isTar(bytes)) return yield* insideTar(place, budget)
  if (bytes[0] === 0x25 && bytes[1] === 0x50 && bytes[2] === 0x44 && bytes[3] === 0x46) {
    let limits = 0
    for (const part of pdfStreams(bytes, budget, () => { limits++ })) yield* emit(place, { decoder: 'pdf', start: part.start, end: part.end, name: part.name }, part.bytes, path, budget)
    if (limits > 0) yield problem('input.limit', path, `${limits} PDF streams grow beyond the limits; not unpacked`)
    return
  }
  if (isSqlite(bytes)) for (const table of sqliteTables(bytes)) {
    if (budget.spent) return yield* spent(place, budget)
    yield* emit(place, { decoder: 'sqlite', start: 0, end: bytes.length, name: table.name }, table.bytes, `${path}!${table.name}`, budget)
  }
  yield* insideText(place, budget)
}

/** RAR before and since version 5, which stays unread: its unpacker is not free to build upon (ADR 0014). */
function isRar(bytes: Uint8Array): boolean {
  return bytes[0] === 0x52 && bytes[1] === 0x61 && bytes[2] === 0x72 && bytes[3] === 0x21 && bytes[4] === 0x1a && bytes[5] === 0x07
}

function* insideStream(place: Place, compression: NonNullable<ReturnType<typeof compressionOf>>, budget: DecodeBudget): Generator<DecodeEvent, void, void> {
  const { bytes, path } = place
  const inflated = inflate(bytes, compression, budget.roomFor(bytes.length, 'archive'), () => budget.spent)
  const within = path.replace(/\.(?:gz|zst|xz|bz2|lzma|tgz|tzst|txz|tbz2?|tlz)$/i, (extension) => (/^\.t/i.test(extension) ? '.tar' : ''))
  if (inflated.ok) return yield* emit(place, { decoder: compression, start: 0, end: bytes.length }, inflated.bytes, within, budget)
  if (budget.spent) return yield* spent(place, budget)
  if (inflated.reason === 'limit') yield problem('input.limit', path, `${compression} data grows beyond the limits; not unpacked`)
  else if (compression !== 'zlib') yield problem('input.unrecognised', path, `damaged ${compression} data`)
}

const sevenZipGaps: Readonly<Record<SevenZipGap['why'], string>> = {
  encrypted: 'encrypted', method: 'compression not supported', damaged: 'damaged', limit: 'larger than the limits', header: '7z archive without a readable directory',
}

function* insideSevenZip(place: Place, budget: DecodeBudget): Generator<DecodeEvent, void, void> {
  const { bytes, path } = place
  const gaps = new Map<SevenZipGap['why'], number>()
  for (const file of sevenZipFiles(bytes, budget)) {
    if (budget.spent) return yield* spent(place, budget)
    if ('why' in file) gaps.set(file.why, (gaps.get(file.why) ?? 0) + file.files)
    else yield* emit(place, { decoder: '7z', start: file.start, end: file.end, name: file.name }, file.bytes, `${path}!${file.name}`, budget)
  }
  for (const [why, count] of gaps) yield problem(why === 'limit' ? 'input.limit' : 'input.unrecognised', path, why === 'header' ? sevenZipGaps.header : count === 0 ? `7z archive: ${sevenZipGaps[why]}` : `${count} 7z entries not read: ${sevenZipGaps[why]}`)
}

function* insidePackage(place: Place, decoder: 'deb' | 'cpio', parts: Generator<PackagePart, boolean, void>, budget: DecodeBudget): Generator<DecodeEvent, void, void> {
  const { bytes, path } = place
  for (let next = parts.next(); ; next = parts.next()) {
    if (next.done === true) {
      if (!next.value) yield problem('input.unrecognised', path, `${decoder} archive is damaged or cut off; only a part was read`)
      return
    }
    if (budget.spent) return yield* spent(place, budget)
    const { name, start, end } = next.value
    yield* emit(place, { decoder, start, end, name }, bytes.subarray(start, end), `${path}!${name}`, budget)
  }
}

function* insideRpm(place: Place, payload: PackagePart, budget: DecodeBudget): Generator<DecodeEvent, void, void> {
  if (payload.end === payload.start) return yield problem('input.unrecognised', place.path, 'damaged RPM package')
  yield* emit(place, { decoder: 'rpm', start: payload.start, end: payload.end, name: payload.name }, place.bytes.subarray(payload.start, payload.end), `${place.path}!${payload.name}`, budget)
}

function* insideText(place: Place, budget: DecodeBudget): Generator<DecodeEvent, void, void> {
  const { bytes, path } = place
  const signs = textSigns(bytes)
  const utf16 = fromUtf16(bytes, signs)
  if (utf16 !== null) return yield* emit(place, { decoder: utf16.order, start: 0, end: bytes.length }, utf16.bytes, path, budget)
  if (path.toLowerCase().endsWith('.ipynb')) for (const cell of notebookCells(bytes)) yield* emit(place, { decoder: 'notebook', start: cell.start, end: cell.end, name: cell.name }, cell.bytes, `${path}!${cell.name}`, budget)
  // Most texts have none.
  if (signs.runs.length > 0) for (const run of alphabetRuns(bytes, signs)) {
    if (budget.spent) return yield* spent(place, budget)
    yield* emit(place, { decoder: run.decoder, start: run.start, end: run.end }, run.bytes, path, budget)
  }
  for (const run of escapeRuns(bytes, signs)) {
    if (budget.spent) return yield* spent(place, budget)
    yield* emit(place, { decoder: run.decoder, start: run.start, end: run.end }, run.bytes, path, budget)
  }
}

function* insideZip(place: Place, budget: DecodeBudget): Generator<DecodeEvent, void, void> {
  const { bytes, path } = place
  const zip = readZip(bytes)
  if (zip === null) return yield problem('input.unrecognised', path, 'zip archive without a readable directory')
  if (!zip.complete) yield problem('input.unrecognised', path, 'zip directory is damaged or too long; only a part was read')
  for (const why of ['encrypted', 'method', 'damaged'] as const) {
    const count = zip.skipped.filter((entry) => entry.why === why).length
    if (count > 0) yield problem('input.unrecognised', path, `${count} zip entries not read: ${why === 'encrypted' ? 'encrypted' : why === 'method' ? 'compression not supported' : 'damaged'}`)
  }
  const isOffice = zip.entries.some((entry) => entry.name === '[Content_Types].xml' || entry.name === 'META-INF/manifest.xml') && zip.entries.some((entry) => isOfficeText(entry.name))
  for (const entry of zip.entries) {
    if (budget.spent) return yield* spent(place, budget)
    const content = unpacked(bytes, entry, budget)
    if (content === 'limit') yield problem('input.limit', `${path}!${entry.name}`, 'zip entry grows beyond the limits; not unpacked')
    else if (content === 'invalid') yield problem('input.unrecognised', `${path}!${entry.name}`, 'damaged zip entry')
    else if (isOffice && isOfficeText(entry.name)) yield* emit(place, { decoder: 'office', start: entry.start, end: entry.end, name: entry.name }, officeText(content), `${path}!${entry.name}.txt`, budget)
    else yield* emit(place, { decoder: 'zip', start: entry.start, end: entry.end, name: entry.name }, content, `${path}!${entry.name}`, budget)
  }
}

function unpacked(bytes: Uint8Array, entry: ZipEntry, budget: DecodeBudget): Uint8Array | 'limit' | 'invalid' {
  const packed = bytes.subarray(entry.start, entry.end)
  const room = budget.roomFor(packed.length)
  if (entry.compression === 'stored') return packed.length > room ? 'limit' : packed
  const inflated = inflate(packed, entry.compression, room, () => budget.spent)
  return inflated.ok ? inflated.bytes : inflated.reason
}

function* insideTar(place: Place, budget: DecodeBudget): Generator<DecodeEvent, void, void> {
  const { bytes, path } = place
  const members = new Map<string, TarEntry>()
  const reader = tarEntries(bytes)
  let next = reader.next()
  for (; next.done !== true && members.size < budget.limits.maxViews; next = reader.next()) members.set(next.value.name.replace(/^(?:\.?\/+)+/, ''), next.value)
  if (next.done === true && !next.value) yield problem('input.unrecognised', path, 'tar archive is damaged or cut off; only a part was read')
  const images = imagesIn(bytes, members)
  const taken = new Set<TarEntry>()
  for (const image of images) {
    if (image.config !== null && !taken.has(image.config)) {
      taken.add(image.config)
      yield* emit(place, { decoder: 'image-config', start: image.config.start, end: image.config.end, name: image.config.name }, bytes.subarray(image.config.start, image.config.end), `${path}!${image.config.name}`, budget)
    }
    const damaged: DecodeProblem[] = []
    const layers = image.layers.map((layer) => ({ digest: layer.digest, bytes: bytes.subarray(layer.entry.start, layer.entry.end) }))
    for (const layer of image.layers) taken.add(layer.entry)
    for (const item of layerFiles(layers, budget, (layer, reason) => damaged.push({ code: reason === 'limit' ? 'input.limit' : 'input.unrecognised', where: `${path}!${layer}`, message: reason === 'limit' ? 'image layer grows beyond the limits; not unpacked' : 'image layer is damaged; only a part was read' }))) {
      if (budget.spent) return yield* spent(place, budget)
      if (item.bytes.length > budget.limits.maxViewBytes) yield problem('input.limit', `${path}!${item.name}`, 'file of an image layer is larger than the limit; not read')
      else yield* emit(place, { decoder: 'image-layer', start: item.start, end: item.end, name: item.name, layer: item.layer, ...(item.hiddenBy === null ? {} : { hiddenBy: item.hiddenBy }) }, item.bytes, `${path}!${item.name}`, budget)
    }
    for (const found of damaged) yield { problem: found }
  }
  for (const entry of members.values()) {
    if (entry.kind !== 'file' || entry.end === entry.start || taken.has(entry)) continue
    if (budget.spent) return yield* spent(place, budget)
    yield* emit(place, { decoder: 'tar', start: entry.start, end: entry.end, name: entry.name }, bytes.subarray(entry.start, entry.end), `${path}!${entry.name}`, budget)
  }
}

function* emit(place: Place, step: DecodeStep, bytes: Uint8Array, path: string, budget: DecodeBudget): Generator<DecodeEvent, void, void> {
  if (bytes.length === 0) return
  if (!budget.take(bytes.length)) return yield* spent(place, budget)
  const inner: Place = { bytes, path: path.slice(0, 4096), chain: [...place.chain, step] }
  yield { view: { bytes, provenance: inner.chain, path: inner.path } }
  yield* inside(inner, budget)
}

function* spent(place: Place, budget: DecodeBudget): Generator<DecodeEvent, void, void> {
  const found = budget.spentProblem(place.path)
  if (found !== null) yield { problem: found }
}

function problem(code: DecodeProblem['code'], where: string, message: string): DecodeEvent {
  return { problem: { code, where: where.slice(0, 4096), message } }
}
