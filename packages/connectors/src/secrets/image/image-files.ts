import { closeSync, createReadStream, fstatSync, lstatSync, openSync, readSync } from 'node:fs'
import { posix } from 'node:path'
import { Readable } from 'node:stream'
import { MAX_TAR_EXTENSION, TarHeaders } from '@muster/detect/inspect'
import { fsPath, joinPath, type RawPath, realPath, isWithin } from '../../local/raw-path.ts'

/** The files an image is stored in: an OCI layout directory, or a tar of one or of `docker save`. */
export type ImageFiles = {
  /** A small file; null when it is not there or too large. */
  read(name: string): Buffer | null
  /** The file's bytes; null when it is not there. */
  stream(name: string): AsyncIterable<Buffer> | null
  /** False when the archive is damaged: files behind the damage are not there. */
  readonly complete: boolean
}

const MAX_JSON = 16 * 1024 * 1024
const BLOCK = 512
const MAX_MEMBERS = 200_000

const clean = (name: string): string => posix.normalize(name).replace(/^(?:\.?\/+)+/, '').replace(/\/+$/, '')

/** The layout in a directory. */
export function imageDirectory(directory: RawPath): ImageFiles {
  const inside = (name: string): RawPath | null => {
    const path = realPath(joinPath(directory, clean(name)))
    return path === null || !isWithin(path, directory) || !lstatSync(fsPath(path)).isFile() ? null : path
  }
  return {
    complete: true,
    read: (name) => {
      const path = inside(name)
      return path === null ? null : readAt(path, 0, lstatSync(fsPath(path)).size)
    },
    stream: (name) => {
      const path = inside(name)
      return path === null ? null : createReadStream(fsPath(path), { highWaterMark: 1024 * 1024 })
    },
  }
}

/** The members of an uncompressed tar on disk, found by its headers alone; null when the file is no tar. */
export function imageArchive(path: RawPath): ImageFiles | null {
  const index = indexOf(path)
  if (index === null) return null
  const member = (name: string): { readonly start: number; readonly size: number } | null => {
    let at = clean(name)
    // Older archives hold a layer once and link to it from other images.
    for (let hops = 0; hops < 8; hops++) {
      const link = index.links.get(at)
      if (link === undefined) return index.files.get(at) ?? null
      at = clean(link.startsWith('/') || index.files.has(clean(link)) ? link : posix.join(posix.dirname(at), link))
    }
    return null
  }
  return {
    complete: index.complete,
    read: (name) => {
      const found = member(name)
      return found === null ? null : readAt(path, found.start, found.size)
    },
    stream: (name) => {
      const found = member(name)
      if (found === null) return null
      return found.size === 0 ? Readable.from([]) : createReadStream(fsPath(path), { start: found.start, end: found.start + found.size - 1, highWaterMark: 1024 * 1024 })
    },
  }
}

type TarIndex = { readonly files: ReadonlyMap<string, { readonly start: number; readonly size: number }>; readonly links: ReadonlyMap<string, string>; readonly complete: boolean }

function indexOf(path: RawPath): TarIndex | null {
  const handle = openSync(fsPath(path), 'r')
  try {
    const total = fstatSync(handle).size
    const files = new Map<string, { readonly start: number; readonly size: number }>()
    const links = new Map<string, string>()
    const headers = new TarHeaders()
    const block = Buffer.alloc(BLOCK)
    let complete = false
    for (let at = 0; at + BLOCK <= total && files.size + links.size < MAX_MEMBERS;) {
      readSync(handle, block, 0, BLOCK, at)
      const header = headers.read(block)
      if (header.what === 'end') { complete = true; break }
      if (header.what === 'damaged') break
      const start = at + BLOCK
      if (header.what === 'extension') {
        const content = Buffer.alloc(Math.min(header.size, MAX_TAR_EXTENSION))
        readSync(handle, content, 0, content.length, start)
        headers.extend(header.type, content)
      } else if (header.kind === 'file') {
        if (start + header.size > total) break
        files.set(clean(header.name), { start, size: header.size })
      } else if (header.link !== null) links.set(clean(header.name), header.link)
      at = start + Math.ceil(header.size / BLOCK) * BLOCK
      if (at >= total) complete = true
    }
    return files.size === 0 ? null : { files, links, complete }
  } finally {
    closeSync(handle)
  }
}

function readAt(path: RawPath, start: number, size: number): Buffer | null {
  if (size > MAX_JSON) return null
  const handle = openSync(fsPath(path), 'r')
  try {
    const bytes = Buffer.alloc(size)
    return bytes.subarray(0, readSync(handle, bytes, 0, size, start))
  } finally {
    closeSync(handle)
  }
}
