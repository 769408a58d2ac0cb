import type { ServerOptions } from 'node:https'
import { type FakeAnswer, type FakeRequest, type FakeServer, fakeServer } from '../api/fake-server.testing.ts'

export type FakeObject = { readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown } } & Readonly<Record<string, unknown>>

/** Objects by API group and kind, e.g. `/api/v1` `secrets`. */
export type FakeClusterData = Readonly<Record<string, Readonly<Record<string, readonly FakeObject[]>>>>

export type FakeCluster = FakeServer & {
  /** `kind` or `namespace/kind` the token may not list. */
  readonly denied: Set<string>
  /** How many of the next continue tokens have expired. */
  expired: number
  /** Objects on a page whatever the limit asks for. */
  pageSize: number
}

const status = (code: number, reason: string): FakeAnswer => ({ status: code, json: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code } })

/** A Kubernetes API server as far as reading goes: bearer token or, with `secure`, a client certificate for `muster`, RBAC, lists with limit and continue, field selectors, metadata-only answers. */
export async function fakeCluster(token: string | (() => string), data: FakeClusterData, secure: ServerOptions | null = null): Promise<FakeCluster> {
  const list = (request: FakeRequest, kind: string, objects: readonly FakeObject[]): FakeAnswer => {
    const selector = request.query.get('fieldSelector')
    const excluded = new Set((selector ?? '').split(',').map((each) => /^type!=(.+)$/.exec(each)?.[1]))
    const kept = objects.filter((object) => !excluded.has((object['type'] as string | undefined) ?? 'Opaque'))
    const resumed = request.query.get('continue')
    if (resumed !== null && made.expired > 0) {
      made.expired--
      return status(410, 'Expired')
    }
    const offset = resumed === null ? 0 : (JSON.parse(Buffer.from(resumed, 'base64url').toString()) as { start: number }).start
    const size = Math.min(Number(request.query.get('limit') ?? 500), made.pageSize)
    const isMetadata = String(request.headers.accept).includes('as=PartialObjectMetadataList')
    const items = kept.slice(offset, offset + size).map((object) => (isMetadata ? { metadata: object.metadata } : object))
    const more = offset + size < kept.length ? { continue: Buffer.from(JSON.stringify({ rv: 1000, start: offset + size })).toString('base64url'), remainingItemCount: kept.length - offset - size } : {}
    return { json: { kind: isMetadata ? 'PartialObjectMetadataList' : kind, apiVersion: 'v1', metadata: { resourceVersion: '1000', ...more }, items } }
  }
  const answer = (request: FakeRequest): FakeAnswer => {
    if (request.method !== 'GET') return status(405, 'MethodNotAllowed')
    if (request.client !== 'muster' && request.headers.authorization !== `Bearer ${typeof token === 'string' ? token : token()}`) return status(401, 'Unauthorized')
    if (request.path === '/version') return { json: { major: '1', minor: '31', gitVersion: 'v1.31.2' } }
    const single = /^\/api\/v1\/namespaces\/([^/]+)$/.exec(request.path)?.[1]
    if (single !== undefined) {
      const object = data['/api/v1']!['namespaces']!.find(({ metadata }) => metadata.name === single)
      return made.denied.has(`get ${single}`) ? status(403, 'Forbidden') : object === undefined ? status(404, 'NotFound') : { json: object }
    }
    const match = /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)$/.exec(request.path)
    const [, group, namespace, kind] = match ?? []
    const objects = group === undefined || kind === undefined ? undefined : data[group]?.[kind]
    if (objects === undefined) return status(404, 'NotFound')
    if (made.denied.has(kind!) || (namespace === undefined ? made.denied.has(`*/${kind}`) : made.denied.has(`${namespace}/${kind}`))) return status(403, 'Forbidden')
    return list(request, kind!, objects.filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace))
  }
  const server = await fakeServer(answer, secure)
  const made: FakeCluster = Object.assign(server, { denied: new Set<string>(), expired: 0, pageSize: 500 })
  return made
}
