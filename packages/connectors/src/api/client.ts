import { setTimeout as delay } from 'node:timers/promises'
import { type Clock, isMusterError, MusterError, type Secret } from '@muster/core'
import { TokenBucket } from '../network/token-bucket.ts'
import { egressEntryOf } from './egress.ts'
import { refusal } from './refusals.ts'
import { rateLimitWaitMs } from './rate-limit.ts'
import type { HttpAnswer, Transport } from './transport.ts'

/** Waits; replaced in tests. @throws when the signal is aborted meanwhile */
export type Wait = (milliseconds: number, signal: AbortSignal) => Promise<void>

export type Query = Readonly<Record<string, string | number | boolean>>

export type ApiClientParts = {
  readonly transport: Transport
  /** Where paths begin, e.g. `https://git.example/api/v4`. */
  readonly baseUrl: URL
  /** Where it is asked for anew before each request, it may change while a scan runs. */
  readonly token: Secret | (() => Promise<Secret>) | null
  /** The headers that carry the token. */
  readonly authorize: (token: string) => Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly ratePerSecond: number
  /** How long all waiting for rate limits of this client may take together. */
  readonly maxWaitMs: number
  readonly wait?: Wait
}

/** A successful answer's JSON. */
export type JsonAnswer = { readonly body: unknown; readonly headers: HttpAnswer['headers']; readonly sizeBytes: number }

const MAX_REDIRECTS = 3
const MAX_TRIES = 4
const FIRST_RETRY_MS = 500

/** Reads JSON from one API: authenticated, at a given rate, waiting for rate limits and trying again where that helps. Only GET. */
export class ApiClient {
  /** `host:port` of the API. */
  readonly where: string
  readonly #parts: ApiClientParts
  readonly #bucket: TokenBucket
  readonly #wait: Wait
  #waitedMs = 0

  constructor(parts: ApiClientParts) {
    this.#parts = parts
    this.where = egressEntryOf(parts.baseUrl)
    this.#bucket = new TokenBucket(parts.ratePerSecond)
    this.#wait = parts.wait ?? (async (milliseconds, signal) => { await delay(milliseconds, undefined, { signal }) })
  }

  /** Requests this client sent so far. */
  requests = 0

  /** The URL of a path below the base. Each value goes through percent-encoding; a path is given encoded. */
  url(path: string, query: Query = {}): URL {
    const url = new URL(this.#parts.baseUrl)
    url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value))
    return url
  }

  /**
   * What the API answers with 2xx, parsed; null for an empty body. Redirects are followed on the same origin alone.
   * @throws MusterError auth.failed, access.denied, object.not-found, auth.rate-limited, server.unreachable, request.invalid,
   *   input.unrecognised, and what {@link Transport.send} throws
   */
  async get(url: URL, accept = 'application/json'): Promise<JsonAnswer> {
    let current = url
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const answer = await this.#persistently(current, accept)
      if (answer.status < 300 || answer.status >= 400) return { body: this.#json(answer, current), headers: answer.headers, sizeBytes: answer.body.length }
      current = this.#redirected(current, answer)
    }
    throw new MusterError('request.invalid', `${this.#named(url)} is redirected again and again`)
  }

  async #persistently(url: URL, accept: string): Promise<HttpAnswer> {
    for (let tries = 1; ; tries++) {
      const answer = await this.#once(url, accept, tries)
      const { status } = answer ?? { status: 0 }
      if (answer !== null && status < 400) return answer
      const limitMs = answer === null ? null : rateLimitWaitMs(answer, this.#parts.clock.now())
      if (limitMs !== null) await this.#waitForLimit(url, Math.max(limitMs, FIRST_RETRY_MS), tries)
      else if (answer !== null && (status < 500 || tries >= MAX_TRIES)) throw refusal(answer, this.#named(url))
      else await this.#pause(FIRST_RETRY_MS * 2 ** (tries - 1))
    }
  }

  /** Null for a connection that failed in a way that may pass. */
  async #once(url: URL, accept: string, tries: number): Promise<HttpAnswer | null> {
    await this.#bucket.take(this.#parts.signal)
    this.requests++
    const { token, authorize, headers } = this.#parts
    const now = typeof token === 'function' ? await token() : token
    const secret = now === null ? {} : authorize(now.revealText())
    try {
      return await this.#parts.transport.send({ method: 'GET', url, headers: { ...headers, accept, ...secret } }, this.#parts.signal)
    } catch (error) {
      if (tries < MAX_TRIES && (isMusterError(error, 'connect.failed') || isMusterError(error, 'connect.timeout'))) return null
      throw error
    }
  }

  async #waitForLimit(url: URL, milliseconds: number, tries: number): Promise<void> {
    if (this.#waitedMs + milliseconds > this.#parts.maxWaitMs || tries > MAX_TRIES * 4) {
      throw new MusterError('auth.rate-limited', `${this.#named(url)}: the rate limit asks to wait ${Math.ceil(milliseconds / 1000)} s, more than this scan may wait; raise \`maxWaitSeconds\` or scan less at a time`)
    }
    this.#waitedMs += milliseconds
    await this.#pause(milliseconds)
  }

  async #pause(milliseconds: number): Promise<void> {
    try {
      await this.#wait(milliseconds, this.#parts.signal)
    } catch {
      throw new MusterError('operation.cancelled', 'the scan was cancelled')
    }
  }

  #redirected(url: URL, { headers }: HttpAnswer): URL {
    const target = URL.parse(headers.location ?? '', url)
    if (target === null) throw new MusterError('request.invalid', `${this.#named(url)} is redirected to nowhere`)
    if (target.origin !== url.origin) throw new MusterError('target.forbidden', `${this.#named(url)} is redirected to another host, which is not followed`)
    return target
  }

  #json(answer: HttpAnswer, url: URL): unknown {
    if (answer.body.length === 0) return null
    const type = (answer.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase()
    if (!/^application\/(?:[\w.+-]+\+)?json$/.test(type)) throw new MusterError('input.unrecognised', `${this.#named(url)} did not answer with JSON; is the base URL that of the API?`)
    try {
      return JSON.parse(answer.body.toString('utf8')) as unknown
    } catch {
      throw new MusterError('input.unrecognised', `${this.#named(url)} answered with JSON that cannot be read`)
    }
  }

  /** What a message calls a request: host and path, never the query. */
  #named(url: URL): string {
    return `${this.where}${url.pathname.slice(0, 300)}`
  }
}
