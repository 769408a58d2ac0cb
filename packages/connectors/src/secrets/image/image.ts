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
const manifestSchema = z.object({ config: z.object({ digest }), layers: z.array(z.object({ digest })).max(1000) })

/** The images of an archive or layout: `manifest.json` of `docker save`, else `index.json` (OCI image layout). Empty when it holds none. */
export function imagesOf(files: ImageFiles): ImageList {
  const saved = savedSchema.safeParse(jsonIn(files, 'manifest.json'))
  if (saved.success) {
    return { images: saved.data.map(({ Config, RepoTags, Layers }) => ({ name: RepoTags?.[0] ?? null, config: Config, layers: Layers.map((file) => ({ digest: digestIn(file), file })) })), all: true }
  }
  const images: Image[] = []
  const pending: { readonly file: string; readonly name: string | null; readonly depth: number }[] = [{ file: 'index.json', name: null, depth: 0 }]
  const indexes = new Set<string>()
  let documents = 0
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    if (indexes.has(next.file)) continue
    if (images.length >= MAX_IMAGES || documents++ >= MAX_DOCUMENTS) return { images, all: false }
    const json = jsonIn(files, next.file)
    const manifest = manifestSchema.safeParse(json)
    if (manifest.success) {
      const { config, layers } = manifest.data
      images.push({ name: next.name, config: blobFile(config.digest), layers: layers.map((layer) => ({ digest: layer.digest, file: blobFile(layer.digest) })) })
      continue
    }
    const index = indexSchema.safeParse(json)
    if (!index.success || next.depth >= MAX_DEPTH) continue
    indexes.add(next.file)
    for (const each of index.data.manifests) pending.push({ file: blobFile(each.digest), name: each.annotations?.['io.containerd.image.name'] ?? each.annotations?.['org.opencontainers.image.ref.name']?.slice(0, 512) ?? next.name, depth: next.depth + 1 })
  }
  return { images, all: true }
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

const configSchema = z.object({
  config: z.object({ Env: z.array(z.string()).nullish(), Labels: z.record(z.string(), z.string()).nullish(), Cmd: z.array(z.string()).nullish(), Entrypoint: z.array(z.string()).nullish() }).nullish(),
  history: z.array(z.object({ created_by: z.string().nullish(), comment: z.string().nullish() })).nullish(),
})

/**
 * What a configuration says in texts that formats know: the environment and labels as settings, the history as the Dockerfile it came from. Empty for what is none.
 */
export function configTexts(files: ImageFiles, file: string): readonly { readonly path: string; readonly text: string }[] {
  const parsed = configSchema.safeParse(jsonIn(files, file))
  if (!parsed.success) return []
  const { config, history } = parsed.data
  const oneLine = (text: string): string => text.replaceAll(/[\r\n]+/g, ' ')
  const texts = [
    { path: 'config/.env', text: (config?.Env ?? []).map(oneLine).join('\n') },
    { path: 'config/labels.properties', text: Object.entries(config?.Labels ?? {}).map(([key, value]) => `${key}=${oneLine(value)}`).join('\n') },
    { path: 'config/command.sh', text: [...config?.Entrypoint ?? [], ...config?.Cmd ?? []].map(oneLine).join('\n') },
    { path: 'config/Dockerfile', text: (history ?? []).map(({ created_by: by }) => instruction(oneLine(by ?? ''))).join('\n') },
  ]
  return texts.filter(({ text }) => text.trim() !== '')
}

/** `/bin/sh -c #(nop)  ENV A=b` as `ENV A=b`; build arguments (`|1 TOKEN=x /bin/sh -c …`) as ARG. */
function instruction(by: string): string {
  const nop = /#\(nop\)\s+(.*)$/s.exec(by)
  if (nop !== null) return nop[1]!
  const built = /^(?:RUN )?\|(\d{1,3}) (.*)$/s.exec(by)
  return built === null ? by : `ARG ${built[2]!.replace(/ \/bin\/(?:ba)?sh -\w*c .*$/s, '')}\nRUN ${built[2]!.replace(/^.*? \/bin\/(?:ba)?sh -\w*c /s, '')}`
}
