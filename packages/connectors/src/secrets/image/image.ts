import { z } from 'zod'
import { parseJson } from '../cursor.ts'
import type { ImageFiles } from './image-files.ts'

/** An image as its manifest describes it. */
export type Image = {
  /** Name and tag; null when the archive gives none. */
  readonly name: string | null
  /** Names of files in {@link ImageFiles}. */
  readonly config: string
  /** Lowest first. `digest` is the layer's, or its file's name where none is stated. */
  readonly layers: readonly { readonly digest: string; readonly file: string }[]
  /** What lies beside them and is no archive, such as how the image was built; `path` is what it is told as. */
  readonly documents: readonly { readonly path: string; readonly file: string }[]
}

/** The images of an archive or layout; `all` is false where it lists more than is read. */
export type ImageList = { readonly images: readonly Image[]; readonly all: boolean }

const MAX_IMAGES = 100
/** Indexes and manifests read on the way to them. */
const MAX_DOCUMENTS = 500
const MAX_DEPTH = 3
const digest = z.string().regex(/^[a-z0-9]+:[0-9a-f]{32,128}$/)
const name = z.string().max(512)

const savedSchema = z.array(z.object({ Config: z.string().max(512), RepoTags: z.array(name).max(1000).nullish(), Layers: z.array(z.string().max(512)).max(1000) })).max(MAX_IMAGES)
const descriptorSchema = z.object({ digest, annotations: z.record(z.string(), z.string()).nullish() })
const indexSchema = z.object({ manifests: z.array(descriptorSchema).max(1000) })
const blobSchema = z.object({ digest, mediaType: z.string().max(512).nullish(), annotations: z.record(z.string(), z.string()).nullish() })
const manifestSchema = z.object({ config: z.object({ digest }), layers: z.array(blobSchema).max(1000) })

/**
 * The images of an archive or layout: those of `manifest.json` (`docker save`), and what `index.json` (OCI image layout) has beside them, such as other platforms and attestations.
 * Empty when it holds none.
 */
export function imagesOf(files: ImageFiles): ImageList {
  const parsed = savedSchema.safeParse(jsonIn(files, 'manifest.json'))
  const saved: readonly Image[] = !parsed.success ? [] : parsed.data.map(({ Config, RepoTags, Layers }) => ({ name: RepoTags?.[0] ?? null, config: Config, layers: Layers.map((file) => ({ digest: digestIn(file), file })), documents: [] }))
  const { images, all } = indexed(files)
  const known = new Map(saved.map((image) => [image.config, image]))
  const names = new Map(images.flatMap(({ entry, image }) => (known.has(image.config) ? [[entry, known.get(image.config)!.name] as const] : [])))
  const others = images.filter(({ image }) => !known.has(image.config)).map(({ entry, image }) => ({ ...image, name: names.get(entry) ?? image.name }))
  return { images: [...saved, ...others], all }
}

/** The images of the index; those of one `entry` of it are one image for several platforms, and what is said of them. */
function indexed(files: ImageFiles): { readonly images: readonly { readonly entry: number; readonly image: Image }[]; readonly all: boolean } {
  const images: { readonly entry: number; readonly image: Image }[] = []
  const pending: { readonly file: string; readonly name: string | null; readonly depth: number; readonly entry: number }[] = [{ file: 'index.json', name: null, depth: 0, entry: 0 }]
  const indexes = new Set<string>()
  let documents = 0
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    if (indexes.has(next.file)) continue
    if (images.length >= MAX_IMAGES || documents++ >= MAX_DOCUMENTS) return { images, all: false }
    const json = jsonIn(files, next.file)
    const manifest = manifestSchema.safeParse(json)
    if (manifest.success) {
      const { config, layers } = manifest.data
      const archives = layers.filter(isArchive)
      const documents = layers.filter((layer) => !isArchive(layer)).map((layer) => ({ path: documentPath(layer), file: blobFile(layer.digest) }))
      images.push({ entry: next.entry, image: { name: next.name, config: blobFile(config.digest), layers: archives.map((layer) => ({ digest: layer.digest, file: blobFile(layer.digest) })), documents } })
      continue
    }
    const index = indexSchema.safeParse(json)
    if (!index.success || next.depth >= MAX_DEPTH) continue
    indexes.add(next.file)
    for (const [at, each] of index.data.manifests.entries()) pending.push({ file: blobFile(each.digest), entry: next.depth === 0 ? at : next.entry, name: each.annotations?.['io.containerd.image.name'] ?? each.annotations?.['org.opencontainers.image.ref.name']?.slice(0, 512) ?? next.name, depth: next.depth + 1 })
  }
  return { images, all: true }
}

/** Layers are archives; how an image was built is not (in-toto statements of BuildKit). */
function isArchive({ mediaType }: z.infer<typeof blobSchema>): boolean {
  return mediaType == null || /(?:^|[./])tar(?:[.+]|$)/.test(mediaType)
}

function documentPath({ digest: id, annotations }: z.infer<typeof blobSchema>): string {
  const kind = annotations?.['in-toto.io/predicate-type'] ?? annotations?.['org.opencontainers.image.title'] ?? id
  return `attestation/${kind.replace(/^https?:\/\//, '').replaceAll(/[^\w.-]+/g, '-').slice(0, 100)}.json`
}

function blobFile(id: string): string {
  return `blobs/${id.replace(':', '/')}`
}

function digestIn(file: string): string {
  const hash = /([0-9a-f]{64})/.exec(file)?.[1]
  return hash === undefined ? file.slice(0, 80) : `sha256:${hash}`
}

function jsonIn(files: ImageFiles, file: string): unknown {
  const bytes = files.read(file)
  return bytes === null ? undefined : parseJson(bytes.toString('utf8'))
}

/** A part that is not as it should be hides no other. */
const words = z.array(z.string().catch('')).nullish().catch(null)
const settingsSchema = z.object({
  Env: words, Labels: z.record(z.string(), z.string().catch('')).nullish().catch(null), Cmd: words, Entrypoint: words, OnBuild: words, Healthcheck: z.object({ Test: words }).nullish().catch(null),
}).nullish().catch(null)
const configSchema = z.object({
  config: settingsSchema,
  /** What the container that was committed as the last layer ran with, of older engines. */
  container_config: settingsSchema,
  history: z.array(z.object({ created_by: z.string().nullish() }).catch({})).nullish().catch(null),
})

/**
 * What a configuration says in texts that formats know: the environment and labels as settings, the history as the Dockerfile it came from; null for what is none.
 */
export function configTexts(files: ImageFiles, file: string): readonly { readonly path: string; readonly text: string }[] | null {
  const parsed = configSchema.safeParse(jsonIn(files, file))
  if (!parsed.success) return null
  const { config, container_config: committed, history } = parsed.data
  const env = [...new Set([...config?.Env ?? [], ...committed?.Env ?? []])]
  const oneLine = (text: string): string => text.replaceAll(/[\r\n]+/g, ' ')
  const texts = [
    { path: 'config/.env', text: env.map(oneLine).join('\n') },
    { path: 'config/labels.properties', text: Object.entries(config?.Labels ?? {}).map(([key, value]) => `${key}=${oneLine(value)}`).join('\n') },
    { path: 'config/command.sh', text: [...config?.Entrypoint ?? [], ...config?.Cmd ?? [], ...config?.Healthcheck?.Test ?? [], ...committed?.Cmd ?? []].map(oneLine).join('\n') },
    { path: 'config/Dockerfile', text: [...(history ?? []).map(({ created_by: by }) => instruction(oneLine(by ?? ''))), ...(config?.OnBuild ?? []).map(oneLine)].join('\n') },
  ]
  return texts.filter(({ text }) => text.trim() !== '')
}

/** `/bin/sh -c #(nop)  ENV A=b` as `ENV A=b`; build arguments (`|1 TOKEN=x /bin/sh -c …`) as ARG. */
function instruction(by: string): string {
  const nop = /#\(nop\)\s+(.*)$/s.exec(by)
  if (nop !== null) return nop[1]!
  const built = /^(?:RUN )?\|(\d{1,3}) (.*)$/s.exec(by)
  if (built === null) return by
  const shell = / (?:\/[\w/.-]+\/)?(?:ba|a|da|z|k)?sh (?:-\w+ (?:pipefail )?){0,8}?-\w*c | cmd \/S \/C | powershell /.exec(built[2]!)
  return shell === null ? `ARG ${built[2]!}` : `ARG ${built[2]!.slice(0, shell.index)}\nRUN ${built[2]!.slice(shell.index + shell[0].length)}`
}
