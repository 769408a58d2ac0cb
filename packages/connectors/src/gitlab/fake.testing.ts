import { type FakeAnswer, fakePage, type FakeRequest, type FakeServer, fakeServer } from '../api/fake-server.testing.ts'

/** What a fake GitLab holds: by path below `/api/v4`, a list or an object. */
export type FakeGitlabData = Readonly<Record<string, readonly unknown[] | { readonly object: unknown }>>

export type FakeGitlab = FakeServer & { readonly baseUrl: string; readonly denied: Set<string>; limited: number }

/** A GitLab REST API: checks the token, pages, refuses as documented. Nothing but GET is answered. */
export async function fakeGitlab(token: string, data: FakeGitlabData): Promise<FakeGitlab> {
  const answer = (request: FakeRequest): FakeAnswer => {
    if (request.method !== 'GET') return { status: 405, json: { message: '405 Method Not Allowed' } }
    if (request.headers['private-token'] !== token) return { status: 401, json: { message: '401 Unauthorized' } }
    if (made.limited > 0) {
      made.limited--
      return { status: 429, headers: { 'ratelimit-remaining': '0', 'ratelimit-reset': '1', 'retry-after': '30' }, text: 'Retry later', }
    }
    const path = request.path.replace(/^\/api\/v4/, '')
    if (made.denied.has(path)) return { status: 403, json: { message: '403 Forbidden' } }
    const held = data[path]
    if (held === undefined) return { status: 404, json: { message: '404 Not Found' } }
    return 'object' in held ? { json: held.object } : fakePage(request, server.url, held as readonly unknown[])
  }
  const server = await fakeServer(answer)
  const made: FakeGitlab = Object.assign(server, { baseUrl: `${server.url}/api/v4`, denied: new Set<string>(), limited: 0 })
  return made
}
