import { open, realpath } from 'node:fs/promises'
import { type Clock, MusterError, Secret } from '@muster/core'

/** How a scan proves itself to a cluster. */
export type ClusterAccess =
  | { readonly kind: 'token'; readonly token: Secret }
  /** A service account's token as it is mounted into a pod: replaced long before it expires, so it is read again. `below`: where its file must lie, links followed. */
  | { readonly kind: 'token-file'; readonly path: string; readonly below?: readonly string[] }
  /** PEM of a client certificate, with its chain, and its key. */
  | { readonly kind: 'client-certificate'; readonly pem: Secret }

/** What coverage calls the rights of each way. */
export const rightsOf = { token: 'bearer token', 'token-file': 'service account token', 'client-certificate': 'client certificate' } as const satisfies Record<ClusterAccess['kind'], string>

const MAX_TOKEN_BYTES = 64 * 1024
/** The kubelet replaces a token when four fifths of its life are over, of ten minutes at least (Kubernetes, "Projected volumes"). */
const READ_AGAIN_MS = 60_000

/**
 * The token in a file, read again when a minute has passed. Where it cannot be read any more, the last one counts.
 * @throws MusterError file.unreadable, target.forbidden for a file elsewhere, input.unrecognised for what is no token; no message quotes it
 */
export function tokenFrom(path: string, clock: Clock, below: readonly string[] = []): () => Promise<Secret> {
  let last: { readonly token: Secret; readonly readAt: number } | null = null
  return async () => {
    const now = clock.now().getTime()
    if (last !== null && now - last.readAt < READ_AGAIN_MS) return last.token
    try {
      last = { token: await readToken(path, below), readAt: now }
    } catch (error) {
      if (last === null) throw error
    }
    return last.token
  }
}

async function readToken(path: string, below: readonly string[]): Promise<Secret> {
  const real = await realpath(path).catch((error: unknown) => { throw new MusterError('file.unreadable', `cannot read the token file ${path}`, { path }, { cause: error }) })
  if (below.length > 0 && !below.some((directory) => real.startsWith(`${directory.replace(/\/+$/, '')}/`))) throw new MusterError('target.forbidden', `the token file ${path} does not lie below ${below.join(' or ')}`, { path })
  const file = await open(real).catch((error: unknown) => { throw new MusterError('file.unreadable', `cannot read the token file ${path}`, { path }, { cause: error }) })
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(MAX_TOKEN_BYTES + 1), 0, MAX_TOKEN_BYTES + 1, 0)
    const text = buffer.subarray(0, bytesRead).toString('latin1').trim()
    if (bytesRead > MAX_TOKEN_BYTES || !/^[\x21-\x7e]+$/.test(text)) throw new MusterError('input.unrecognised', `${path} holds no token`, { path })
    return Secret.fromText(text)
  } finally {
    await file.close()
  }
}
