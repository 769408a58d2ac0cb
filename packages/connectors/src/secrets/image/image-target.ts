import { basename } from 'node:path'
import type { MachineSighting, Observation, ScanProblem } from '@muster/core'
import { type FoundSecret, LayersAbove } from '@muster/detect/inspect'
import { z } from 'zod'
import { parseJson } from '../cursor.ts'
import type { SourceFacts, SourceFinding } from '../finding.ts'
import type { InspectionPool } from '../inspection-pool.ts'
import type { JobResult } from '../inspection-job.ts'
import type { PlacedFinding } from '../observing.ts'
import type { TargetScan, TargetStep } from '../target.ts'
import { configTexts, type Image, type ImageList, imagesOf } from './image.ts'
import type { ImageFiles } from './image-files.ts'
import { streamTar } from './tar-stream.ts'
import { unpackedLayer } from './unpacked-layer.ts'

export type ImageParts = {
  readonly files: ImageFiles
  readonly target: string
  readonly pool: InspectionPool
  readonly isExcluded: (path: string) => boolean
  readonly maxFileBytes: number
  readonly rights: string
  readonly signal: AbortSignal
}

const positionSchema = z.object({ image: z.number().int().nonnegative(), layer: z.number().int().nonnegative(), unread: z.array(z.string().max(4096)).max(1000) })
type Position = z.infer<typeof positionSchema>

const JOB_BYTES = 4 * 1024 * 1024
const JOB_FILES = 256
const MAX_MEMBER_BYTES = 256 * 1024 * 1024
/** Members of all layers of an image; their names are held to tell what is hidden. What follows counts as cut off. */
const MAX_MEMBERS = 4_000_000
const STEP_FINDINGS = 1000
/** More places than this, and nothing of the image counts as looked at. */
const MAX_UNREAD = 500

/** The files of an image's layers, what upper ones hide among them, and its configuration. */
export function imageTarget(parts: ImageParts, list: ImageList): TargetScan {
  // Platforms and attestations of one image are one source, told one after the other.
  const named = [...Map.groupBy(list.images.map((image) => ({ image, source: sourceOf(parts, image) })), ({ source }) => source.sighting.ref).values()].flat()
  const images = named.map(({ image }) => image)
  const sources = named.map(({ source }) => source)
  return { introduction: [...new Map(sources.map(({ sighting }) => [sighting.ref, sighting])).values()], run: (position) => new ImageScan(parts, images, list.all, sources).run(position) }
}

type Source = { readonly sighting: MachineSighting; readonly facts: SourceFacts }

function sourceOf({ target }: ImageParts, image: Image): Source {
  // A tag alone is as common as can be.
  const told = image.name === null || /[:/@]/.test(image.name) ? image.name : `${basename(target)}:${image.name}`
  const name = (told ?? /[0-9a-f]{64}/.exec(image.config)?.[0] ?? image.config).toWellFormed()
  const id = `image:${image.name === null ? `sha256:${name}` : name}`.slice(0, 512)
  return {
    sighting: { observation: 'sighting', of: 'machine', ref: id, machineKind: 'source', name: name.slice(0, 255), identifiers: [{ type: 'source-id', value: id }], operatingSystem: null },
    facts: { kind: 'image', target, name },
  }
}

/** A file of a layer on its way through a job. */
type Member = { readonly name: string; readonly layer: string | null; readonly hiddenBy: string | null; readonly bytes: Buffer }

class ImageScan {
  readonly #parts: ImageParts
  readonly #images: readonly Image[]
  readonly #all: boolean
  readonly #sources: readonly Source[]
  #unread: string[] = []
  #findings: PlacedFinding[] = []
  #reports: SourceFinding[] = []
  #problems: ScanProblem[] = []
  /** What the layer that is read holds and an upper one hides, by file. */
  readonly #hidden = new Map<string, FoundSecret[]>()
  #files = 0
  #members = 0
  #current = ''

  constructor(parts: ImageParts, images: readonly Image[], all: boolean, sources: readonly Source[]) {
    this.#parts = parts
    this.#images = images
    this.#all = all
    this.#sources = sources
  }

  async *run(text: string | null): AsyncGenerator<TargetStep, void, void> {
    const parsed = positionSchema.safeParse(parseJson(text ?? ''))
    const from: Position = parsed.success ? parsed.data : { image: 0, layer: 0, unread: [] }
    for (let index = from.image; index < this.#images.length; index++) {
      if (index === from.image) this.#unread = [...from.unread]
      else if (this.#sources[index - 1]!.sighting.ref !== this.#sources[index]!.sighting.ref) this.#unread = []
      yield* this.#image(index, index === from.image ? from.layer : 0)
      if (this.#parts.signal.aborted) return
    }
  }

  /** Layers from the uppermost down, so that it is known what hides a file; those before `done` only for what they hide. The configuration comes last. */
  async *#image(index: number, done: number): AsyncGenerator<TargetStep, void, void> {
    const image = this.#images[index]!
    const source = this.#sources[index]!
    const above = new LayersAbove()
    this.#members = 0
    const layers = image.layers.toReversed()
    if (!this.#all && index === 0 && done === 0) this.#problems.push({ code: 'input.limit', where: this.#parts.target.slice(0, 4096), message: `more images than are read; those after ${this.#images.length} were left out` })
    if (!this.#parts.files.complete && done === 0) this.#trouble(source, '', 'input.unrecognised', 'the archive is damaged or cut off; only a part was read')
    for (const [at, layer] of layers.entries()) {
      const names: { name: string; isFile: boolean }[] = []
      for await (const results of this.#layer(source, layer, above, names, at >= done)) {
        this.#take(source, results)
        if (this.#reports.length >= STEP_FINDINGS) yield this.#give({ image: index, layer: at, unread: this.#unread })
      }
      if (this.#parts.signal.aborted) {
        // What was found until then is told; whoever goes on begins with this layer again.
        yield this.#give({ image: index, layer: Math.max(at, done), unread: this.#unread })
        return
      }
      above.add(layer.digest, names)
      if (at >= done) yield this.#give({ image: index, layer: at + 1, unread: this.#unread })
    }
    await this.#besides(source, image)
    // It speaks of the whole source, when all that is of it was seen.
    if (this.#sources[index + 1]?.sighting.ref === source.sighting.ref) { yield this.#give({ image: index + 1, layer: 0, unread: this.#unread }); return }
    const coverage: Observation = { observation: 'coverage', machine: source.sighting.ref, scope: { kind: 'path', path: '', unread: [...this.#unread], lookedFor: ['secrets'] }, rights: this.#parts.rights, complete: this.#unread.length === 0 }
    yield this.#give({ image: index + 1, layer: 0, unread: [] }, [coverage])
  }

  /** The configuration, and what is no layer. */
  async #besides(source: Source, image: Image): Promise<void> {
    const texts = configTexts(this.#parts.files, image.config)
    if (texts === null) this.#trouble(source, 'config', 'input.unrecognised', 'the configuration is not in the archive, too large or damaged; it was not read')
    const members: Member[] = (texts ?? []).map(({ path, text }) => ({ name: path, layer: null, hiddenBy: null, bytes: Buffer.from(text) }))
    for (const { path, file } of image.documents) {
      const bytes = this.#parts.files.read(file)
      if (bytes === null) this.#trouble(source, path, 'file.unreadable', 'not in the archive, or too large; it was not read')
      else members.push({ name: path, layer: null, hiddenBy: null, bytes })
    }
    if (members.length > 0) this.#take(source, await this.#job(members))
  }

  async *#layer(source: Source, layer: Image['layers'][number], above: LayersAbove, names: { name: string; isFile: boolean }[], reads: boolean): AsyncGenerator<JobDone, void, void> {
    const stream = this.#parts.files.stream(layer.file)
    if (stream === null) { this.#trouble(source, '', 'file.unreadable', `the layer ${layer.digest} is not in the archive`); return }
    const pending: Promise<JobDone>[] = []
    let members: Member[] = []
    let bytes = 0
    const hand = (): void => {
      const job = this.#job(members)
      job.catch(() => {})
      pending.push(job)
      members = []
      bytes = 0
    }
    const cap = Math.min(this.#parts.maxFileBytes, MAX_MEMBER_BYTES)
    const entries = streamTar(unpackedLayer(stream), cap, (name) => reads && !isWhiteout(name) && !this.#parts.isExcluded(clean(name)))
    let whole = false
    /** Other names of files of this layer that the container shows: what is hidden under one name is not under another. */
    const shown: { readonly name: string; readonly of: string }[] = []
    this.#hidden.clear()
    try {
      for (let next = await entries.next(); ; next = await entries.next()) {
        if (next.done === true) { whole = next.value; break }
        if (this.#parts.signal.aborted) break
        const { kind, sizeBytes, bytes: content, hardLink } = next.value
        const name = clean(next.value.name)
        if (++this.#members > MAX_MEMBERS) break
        names.push({ name, isFile: kind === 'file' || kind === 'link' })
        if (hardLink !== null && above.hides(name) === null && !this.#parts.isExcluded(name)) shown.push({ name, of: clean(hardLink) })
        if (content === null || content.length === 0) continue
        if (sizeBytes > content.length) this.#trouble(source, name, 'input.limit', `${sizeBytes} bytes long; only the first ${content.length} were read`)
        members.push({ name, layer: layer.digest, hiddenBy: above.hides(name), bytes: content })
        bytes += content.length
        if (bytes < JOB_BYTES && members.length < JOB_FILES) continue
        hand()
        while (pending.length >= this.#parts.pool.width) yield await pending.shift()!
      }
    } catch (error) {
      if (!isDamage(error)) throw error
    }
    if (members.length > 0 && !this.#parts.signal.aborted) hand()
    for (const job of pending) yield await job
    this.#tellLinks(source, shown)
    if (!whole && !this.#parts.signal.aborted) this.#trouble(source, '', 'input.unrecognised', `the layer ${layer.digest} is damaged; only a part was read`)
  }

  async #job(members: readonly Member[]): Promise<JobDone> {
    let at = 0
    const items = members.map(({ name, bytes }) => ({ path: name, start: at, end: (at += bytes.length) }))
    const all = new Uint8Array(at)
    for (const [index, { bytes }] of members.entries()) all.set(bytes, items[index]!.start)
    return { members: members.map(({ name, layer, hiddenBy }) => ({ name, layer, hiddenBy })), result: await this.#parts.pool.do({ items, bytes: all }) }
  }

  #take(source: Source, { members, result }: JobDone): void {
    this.#files += members.length
    this.#current = members.at(-1)?.name ?? this.#current
    for (const { item, found, problems } of result.results) {
      const { layer, hiddenBy, name } = members[item]!
      for (const problem of problems) this.#trouble(source, problem.where === '' ? name : problem.where, problem.code, problem.message)
      for (const each of found) this.#tell(source, { ...each, layer, hiddenBy })
    }
  }

  #tell({ sighting, facts }: Source, found: FoundSecret): void {
    if (found.hiddenBy !== null && this.#hidden.size < MAX_HIDDEN) this.#hidden.set(fileOf(found), [...this.#hidden.get(fileOf(found)) ?? [], found])
    this.#reports.push({ found, source: facts, path: found.path, blob: null, commit: null, presence: null })
    this.#findings.push({ found, scope: facts.name, place: { kind: 'image-line', machine: sighting.ref, path: found.path } })
  }

  #tellLinks(source: Source, links: readonly { readonly name: string; readonly of: string }[]): void {
    for (const { name, of } of links) for (const found of this.#hidden.get(of) ?? []) this.#tell(source, { ...found, path: name + found.path.slice(of.length), hiddenBy: null })
  }

  #trouble({ facts }: Source, path: string, code: ScanProblem['code'], message: string): void {
    this.#problems.push({ code, where: `${facts.name}${path === '' ? '' : `:${path}`}`.slice(0, 4096), message })
    if (this.#unread.includes('')) return
    this.#unread = path === '' || this.#unread.length >= MAX_UNREAD ? [''] : [...new Set([...this.#unread, path.slice(0, 200)])]
  }

  #give(position: Position, observations: readonly Observation[] = []): TargetStep {
    const step: TargetStep = { findings: this.#findings, reports: this.#reports, observations, problems: this.#problems, position: JSON.stringify(position), done: this.#files, progress: { total: null, unit: 'files', current: this.#current } }
    this.#findings = []
    this.#reports = []
    this.#problems = []
    this.#files = 0
    return step
  }
}

type JobDone = { readonly members: readonly Omit<Member, 'bytes'>[]; readonly result: JobResult }

const MAX_HIDDEN = 10_000
const fileOf = ({ path }: FoundSecret): string => path.split('!')[0]!

const clean = (name: string): string => name.replace(/^(?:\.?\/+)+/, '').replace(/\/+$/, '')

function isWhiteout(name: string): boolean {
  return name.slice(name.lastIndexOf('/') + 1).startsWith('.wh.')
}

/** Errors of unpacking have codes; others are mistakes of the program. */
function isDamage(error: unknown): boolean {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string'
}

/** The images in the files; null where there are none. */
export function openImages(files: ImageFiles | null): ImageList | null {
  const list = files === null ? null : imagesOf(files)
  return list === null || list.images.length === 0 ? null : list
}
