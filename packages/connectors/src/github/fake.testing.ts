import { type FakeAnswer, fakePage, type FakeRequest, type FakeServer, fakeServer } from '../api/fake-server.testing.ts'

/** What a fake GitHub holds: by path, a list (with the property that wraps it) or an object. */
export type FakeGithubData = Readonly<Record<string, { readonly list: readonly unknown[]; readonly within?: string } | { readonly object: unknown }>>

export type FakeGithub = FakeServer & {
  /** Paths answered with 403, as to a token without the permission. */
  readonly denied: Map<string, string>
  /** How many of the next requests are told to wait. */
  limited: number
}

/** A GitHub REST API: checks token and version, pages, refuses as documented. Nothing but GET is answered. */
export async function fakeGithub(token: string, data: FakeGithubData): Promise<FakeGithub> {
  const state = { denied: new Map<string, string>(), limited: 0 }
  const answer = (request: FakeRequest): FakeAnswer => {
    if (request.method !== 'GET') return { status: 405, json: { message: 'Method Not Allowed' } }
    if (request.headers['user-agent'] === undefined) return { status: 403, json: { message: 'Request forbidden by administrative rules.' } }
    if (request.headers.authorization !== `Bearer ${token}` || request.headers['x-github-api-version'] !== '2022-11-28') return { status: 401, json: { message: 'Bad credentials', status: '401' } }
    if (made.limited > 0) {
      made.limited--
      return { status: 403, headers: { 'retry-after': '1' }, json: { message: 'You have exceeded a secondary rate limit.' } }
    }
    const needs = state.denied.get(request.path)
    if (needs !== undefined) return { status: 403, json: { message: 'Resource not accessible by personal access token' }, headers: { 'x-accepted-github-permissions': needs } }
    const held = data[request.path]
    if (held === undefined) return { status: 404, json: { message: 'Not Found', status: '404' } }
    if ('object' in held) return { json: held.object, headers: { 'x-oauth-scopes': 'admin:org, repo' } }
    const { within } = held
    return fakePage(request, server.url, held.list, within === undefined ? undefined : (items) => ({ total_count: held.list.length, [within]: items }))
  }
  const server = await fakeServer(answer)
  const made: FakeGithub = Object.assign(server, state)
  return made
}
