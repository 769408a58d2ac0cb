import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml', '.png': 'image/png', '.ico': 'image/x-icon', '.webp': 'image/webp', '.woff2': 'font/woff2',
  '.woff': 'font/woff', '.json': 'application/json', '.webmanifest': 'application/manifest+json', '.txt': 'text/plain; charset=utf-8',
}
const COMPRESSIBLE = /^(?:text\/|application\/json|application\/manifest|image\/svg)/
const MIN_COMPRESSED_BYTES = 1024
const HASHED = /^\/assets\/.+-[\w-]{8,}\.\w+$/

type Encoding = 'br' | 'gzip' | 'identity'
type Asset = { readonly type: string; readonly immutable: boolean; readonly etag: string; readonly bodies: Map<Encoding, Promise<Uint8Array<ArrayBuffer>>> }

/** The built web application. */
export type WebAssets = {
  /** The file at `path`, or the application's page for any path that is not a file's; null for a missing file. */
  serve(request: Request, path: string): Promise<Response | null>
}

/**
 * Reads a built application into memory: it is small, and only what was there at start is ever served, so no path can
 * lead elsewhere. Compressed forms are made on first use and kept.
 */
export async function loadWebAssets(directory: string): Promise<WebAssets> {
  const assets = new Map<string, Asset>()
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.startsWith('.')) continue
    const file = join(entry.parentPath, entry.name)
    const path = `/${relative(directory, file).split(sep).join('/')}`
    assets.set(path, toAsset(path, new Uint8Array(await readFile(file))))
  }
  const page = assets.get('/index.html')
  if (page === undefined) throw new Error(`no index.html in ${directory}`)
  return {
    async serve(request, path) {
      const asset = assets.get(path) ?? (extname(path) === '' ? page : undefined)
      return asset === undefined ? null : respond(request, asset)
    },
  }
}

function toAsset(path: string, content: Uint8Array<ArrayBuffer>): Asset {
  return {
    type: CONTENT_TYPES[extname(path)] ?? 'application/octet-stream',
    immutable: HASHED.test(path),
    etag: `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`,
    bodies: new Map([['identity', Promise.resolve(content)]]),
  }
}

async function respond(request: Request, asset: Asset): Promise<Response> {
  const headers = new Headers({
    etag: asset.etag,
    'cache-control': asset.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    vary: 'accept-encoding',
  })
  if (request.headers.get('if-none-match')?.includes(asset.etag) === true) return new Response(null, { status: 304, headers })
  const identity = await asset.bodies.get('identity')!
  const worthIt = COMPRESSIBLE.test(asset.type) && identity.length >= MIN_COMPRESSED_BYTES
  const encoding = worthIt ? chooseEncoding(request.headers.get('accept-encoding') ?? '') : 'identity'
  headers.set('content-type', asset.type)
  if (encoding !== 'identity') headers.set('content-encoding', encoding)
  return new Response(await bodyAs(asset, identity, encoding), { headers })
}

/** The best encoding the client takes (RFC 9110 §12.5.3); a quality of 0 is a refusal. */
export function chooseEncoding(acceptEncoding: string): Encoding {
  const accepted = new Set<string>()
  for (const part of acceptEncoding.toLowerCase().split(',')) {
    const [name, ...parameters] = part.split(';').map((text) => text.trim())
    const refused = parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))
    if (name !== undefined && !refused) accepted.add(name)
  }
  if (accepted.has('br')) return 'br'
  return accepted.has('gzip') ? 'gzip' : 'identity'
}

async function bodyAs(asset: Asset, identity: Uint8Array<ArrayBuffer>, encoding: Encoding): Promise<Uint8Array<ArrayBuffer>> {
  let body = asset.bodies.get(encoding)
  if (body === undefined) {
    body = compress(identity, encoding)
    asset.bodies.set(encoding, body)
  }
  return body
}

async function compress(content: Uint8Array, encoding: Encoding): Promise<Uint8Array<ArrayBuffer>> {
  if (encoding === 'br') return new Uint8Array(await promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } }))
  return new Uint8Array(await promisify(gzip)(content, { level: 6 }))
}
