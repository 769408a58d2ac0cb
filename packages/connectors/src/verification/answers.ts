import type { Outcome, ProviderAnswer } from './verifier.ts'

/** The value at a dotted path of an answer's JSON (`a.0.b` for the first of a list) as text; null where there is none. */
export function at(json: unknown, path: string): string | null {
  let current = json
  for (const key of path.split('.')) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return null
    current = (current as Record<string, unknown>)[key]
  }
  if (Array.isArray(current)) return current.filter((each) => typeof each === 'string').slice(0, 64).join(' ')
  return typeof current === 'string' || typeof current === 'number' || typeof current === 'boolean' ? String(current) : null
}

/** Facts by where they stand in the answer. */
export function pick(json: unknown, paths: Readonly<Record<string, string>>): Readonly<Record<string, string | null>> {
  return Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, at(json, path)]))
}

/** `unknown` speaks of the address that asks, the host that was asked or the account; `live` of a permission that the credential lacks. */
export type Refusal = { readonly at: string; readonly like: RegExp; readonly state: 'live' | 'unknown'; readonly reason: string }

const WITHOUT_PERMISSION = 'accepted, though without the permission for this question'

/** A refusal that only a credential that is known meets. */
export const lacksPermission = (at: string, like: RegExp): Refusal => ({ at, like, state: 'live', reason: WITHOUT_PERMISSION })

export type StatusMeaning = {
  /** Refusals in JSON that prove that the credential is known: it lacks a permission, no more. A gateway's page proves nothing. */
  readonly alsoLive?: readonly number[]
  /** 401 unless said otherwise; others count in JSON alone, for a gateway refuses with them too. */
  readonly dead?: readonly number[]
  /** Refusals that mean something else than their status does elsewhere: where they say so, how, and what it is. */
  readonly otherwise?: readonly Refusal[]
  /** Where the facts stand in an answer of 200. */
  readonly facts?: Readonly<Record<string, string>>
  /** Where the answer of 200 must have something (`[]`: it must be a list); a server that says 200 to everything proves nothing. */
  readonly proof: string
}

/** The meaning of an answer by its status alone, as most providers document it. */
export function byStatus({ alsoLive = [], dead = [401], otherwise = [], facts = {}, proof }: StatusMeaning): (answer: ProviderAnswer) => Outcome {
  return ({ status, json }) => {
    if (status === 200) return holds(json, proof) ? { state: 'live', facts: pick(json, facts) } : { state: 'unknown', reason: 'the answer is not as documented' }
    const other = otherwise.find((refusal) => refusal.like.test(at(json, refusal.at) ?? ''))
    if (other !== undefined) return { state: other.state, reason: other.reason }
    const saysSo = typeof json === 'object' && json !== null
    if (saysSo && alsoLive.includes(status)) return { state: 'live', reason: WITHOUT_PERMISSION }
    if (dead.includes(status) && (saysSo || status === 401)) return { state: 'dead', reason: `refused with status ${status}` }
    return undecided({ status })
  }
}

function holds(json: unknown, path: string): boolean {
  if (path === '[]') return Array.isArray(json)
  const value = path.split('.').reduce<unknown>((current, key) => (typeof current === 'object' && current !== null && Object.hasOwn(current, key) ? (current as Record<string, unknown>)[key] : null), json)
  return value !== null && value !== undefined && value !== false
}

/** For what the provider may mean by a status, without saying which. */
export function undecided({ status }: Pick<ProviderAnswer, 'status'>): Outcome {
  return { state: 'unknown', reason: `the provider answered with status ${status}` }
}

export const bearer = (secret: string): Readonly<Record<string, string>> => ({ authorization: `Bearer ${secret}` })

/** HTTP Basic (RFC 7617). */
export const basic = (user: string, password: string): Readonly<Record<string, string>> => ({ authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` })

/** A form body with its header. */
export function form(fields: Readonly<Record<string, string>>): { readonly headers: Readonly<Record<string, string>>; readonly body: string } {
  return { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(fields).toString() }
}

/** A GraphQL query as a body with its header. */
export function graphql(query: string): { readonly headers: Readonly<Record<string, string>>; readonly body: string } {
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) }
}
