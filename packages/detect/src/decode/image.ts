import { parseJson } from '../formats/json.ts'
import { at, child, itemsOf, textAt, type Tree } from '../formats/tree.ts'
import { type DecodeBudget } from './budget.ts'
import { compressionOf, inflate } from './inflate.ts'
import { type TarEntry, tarEntries } from './tar.ts'

/** A container image's parts inside a tar of `docker save` or of an OCI image layout. */
export type ImageParts = {
  readonly name: string | null
  readonly config: TarEntry | null
  /** Lowest layer first. `digest` is the layer's digest, or its path where the archive states none. */
  readonly layers: readonly { readonly digest: string; readonly entry: TarEntry }[]
}

/** A file of an image layer. */
export type LayerFile = {
  readonly layer: string
  readonly name: string
  readonly bytes: Uint8Array
  /** Byte range of the file in the unpacked layer. */
  readonly start: number
  readonly end: number
  /** The layer above that removes or replaces the file: it is not in the running container and still in the image. */
  readonly hiddenBy: string | null
}

const MAX_IMAGES = 100
const MAX_LAYERS = 1000
/** Indexes and manifests read on the way to the images. */
const MAX_DOCUMENTS = 500
const MAX_JSON = 4 * 1024 * 1024

const clean = (name: string): string => name.replace(/^(?:\.?\/+)+/, '').replace(/\/+$/, '')

/** The images of an archive: `manifest.json` of `docker save`, else `index.json` of an OCI image layout. Empty for another tar. */
export function imagesIn(bytes: Uint8Array, members: ReadonlyMap<string, TarEntry>): readonly ImageParts[] {
  const json = (name: string): Tree | null => {
    const entry = members.get(name)
    if (entry === undefined || entry.end - entry.start > MAX_JSON) return null
    return parseJson(Buffer.from(bytes.subarray(entry.start, entry.end)).toString('latin1')).documents[0] ?? null
  }
  const saved = itemsOf(json('manifest.json')).slice(0, MAX_IMAGES).map((item) => ({
    name: textOf(itemsOf(child(item, 'RepoTags'))[0]), config: members.get(clean(textAt(item, 'Config') ?? '')) ?? null,
    layers: layersOf(itemsOf(child(item, 'Layers')).map((layer) => textOf(layer) ?? ''), members),
  }))
  if (saved.length > 0) return saved
  const blob = (digest: string | null): string => `blobs/${(digest ?? '').replace(':', '/')}`
  const images: ImageParts[] = []
  const pending = [...itemsOf(child(json('index.json'), 'manifests'))].map((descriptor) => ({ descriptor, depth: 0 }))
  const indexes = new Set<string>()
  let documents = 0
  for (let next = pending.shift(); next !== undefined && images.length < MAX_IMAGES && documents < MAX_DOCUMENTS; next = pending.shift()) {
    const file = blob(textAt(next.descriptor, 'digest'))
    if (indexes.has(file)) continue
    documents++
    const manifest = json(file)
    if (child(manifest, 'manifests') !== null) indexes.add(file)
    if (next.depth < 3) pending.push(...itemsOf(child(manifest, 'manifests')).slice(0, MAX_IMAGES).map((descriptor) => ({ descriptor, depth: next!.depth + 1 })))
    const layers = itemsOf(child(manifest, 'layers')).map((layer) => blob(textAt(layer, 'digest')))
    if (layers.length > 0) images.push({ name: textAt(next.descriptor, 'annotations', 'org.opencontainers.image.ref.name'), config: members.get(blob(textAt(at(manifest, 'config'), 'digest'))) ?? null, layers: layersOf(layers, members) })
  }
  return images
}

const textOf = (tree: Tree | undefined): string | null => (tree?.kind === 'scalar' ? tree.text : null)

function layersOf(paths: readonly string[], members: ReadonlyMap<string, TarEntry>): ImageParts['layers'] {
  return paths.slice(0, MAX_LAYERS).flatMap((path) => {
    let entry = members.get(clean(path))
    // Older archives hold a layer once and link to it from other images.
    if (entry?.kind === 'link' && entry.link !== null) entry = members.get(beside(clean(path), entry.link))
    const hash = /([0-9a-f]{64})/.exec(path)?.[1]
    return entry === undefined ? [] : [{ digest: hash === undefined ? path.slice(0, 256) : `sha256:${hash}`, entry }]
  })
}

/** The path that a link inside an archive names, told from the place of the link. */
function beside(path: string, link: string): string {
  const parts = link.startsWith('/') ? [] : path.split('/').slice(0, -1)
  for (const part of link.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.join('/')
}

/** What lies above the layer that is read: removals, emptied directories and replacements, each with the layer that does it. */
export class LayersAbove {
  readonly #removed = new Map<string, string>()
  readonly #emptied = new Map<string, string>()
  readonly #replaced = new Map<string, string>()

  /** The layer that hides `name`; null when the running container shows it. */
  hides(name: string): string | null {
    const own = this.#replaced.get(name) ?? this.#removed.get(name)
    if (own !== undefined) return own
    let slash = name.lastIndexOf('/')
    for (let depth = 0; depth < 64; depth++, slash = name.lastIndexOf('/', slash - 1)) {
      const parent = slash < 0 ? '' : name.slice(0, slash)
      // A file, or a link, in place of a directory takes what was in it away.
      const hidden = this.#emptied.get(parent) ?? (parent === '' ? undefined : this.#removed.get(parent) ?? this.#replaced.get(parent))
      if (hidden !== undefined) return hidden
      if (slash <= 0) return null
    }
    return null
  }

  /** Lets a layer's members count for the layers below it. */
  add(layer: string, names: readonly { readonly name: string; readonly isFile: boolean }[]): void {
    for (const { name, isFile } of names) {
      const slash = name.lastIndexOf('/')
      const base = name.slice(slash + 1)
      const parent = slash < 0 ? '' : name.slice(0, slash)
      if (base === '.wh..wh..opq') this.#emptied.set(parent, layer)
      else if (base.startsWith('.wh.')) this.#removed.set(parent === '' ? base.slice(4) : `${parent}/${base.slice(4)}`, layer)
      else if (isFile) this.#replaced.set(name, layer)
    }
  }
}

/**
 * Every file of an image's layers, the uppermost layer first, with what hides it (OCI image specification, "Image Layer
 * Filesystem Changeset", whiteouts). Layers may be plain, gzip or zstd. `onDamage` hears of a layer that cannot be read.
 */
export function* layerFiles(layers: readonly { readonly digest: string; readonly bytes: Uint8Array }[], budget: DecodeBudget, onDamage: (layer: string, reason: 'limit' | 'invalid') => void): Generator<LayerFile, void, void> {
  const above = new LayersAbove()
  for (const layer of layers.toReversed()) {
    if (budget.spent) return
    const compression = compressionOf(layer.bytes)
    const unpacked = compression === null ? { ok: true as const, bytes: layer.bytes } : inflate(layer.bytes, compression, budget.roomFor(layer.bytes.length, 'archive'))
    if (!unpacked.ok) { onDamage(layer.digest, unpacked.reason); continue }
    const names: { name: string; isFile: boolean }[] = []
    const members = tarEntries(unpacked.bytes)
    let member = members.next()
    for (; member.done !== true; member = members.next()) {
      const { kind, start, end } = member.value
      const name = clean(member.value.name)
      names.push({ name, isFile: kind === 'file' || kind === 'link' })
      const isWhiteout = name.slice(name.lastIndexOf('/') + 1).startsWith('.wh.')
      if (kind === 'file' && end > start && !isWhiteout) yield { layer: layer.digest, name, bytes: unpacked.bytes.subarray(start, end), start, end, hiddenBy: above.hides(name) }
    }
    if (!member.value) onDamage(layer.digest, 'invalid')
    above.add(layer.digest, names)
  }
}
