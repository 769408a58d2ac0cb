import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { createSecureContext } from 'node:tls'
import { MusterError, type Secret } from '@muster/core'
import { startDeadline } from '../network/deadline.ts'
import { systemResolver } from '../network/resolve.ts'
import type { Resolver } from '../network/resolve.ts'
import { authoritiesProblem } from './authorities.ts'
import { egressEntryOf, hostOf, portOf } from './egress.ts'
import type { Egress } from './egress.ts'

/** One request. Headers and body may carry a secret; the URL may where a provider knows no other way, so no message quotes it. */
export type HttpRequest = {
  readonly method: 'GET' | 'POST'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** One response, whatever its status, with its whole body. */
export type HttpAnswer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer }

export type TransportLimits = {
  /** For everything from the connection to the last byte of the body. */
  readonly timeoutMs: number
  /** Bytes of a body before the connection is cut. */
  readonly maxBodyBytes: number
}

/** What may be replaced. */
export type TransportParts = {
  readonly egress: Egress
  readonly limits: TransportLimits
  /** PEM certificates trusted instead of the system's. */
  readonly caPem?: string | null
  /** PEM of a client certificate with its chain, and its key: shown to whoever asks for one in the handshake. */
  readonly clientPem?: Secret
  readonly resolver?: Resolver
}

/**
 * Sends single requests to what an egress list permits. Names are resolved here and the checked addresses connected to, so a name that
 * changes its mind leads nowhere else. Redirects are answers like any other. Nothing is decompressed.
 */
export class Transport {
  readonly #parts: TransportParts
  readonly #resolver: Resolver
  readonly #secure: HttpsAgent
  readonly #plain = new HttpAgent({ keepAlive: true, maxSockets: MAX_SOCKETS })

  /** @throws MusterError usage.invalid for authorities that are none, a client certificate and key that cannot be read or are not of each other */
  constructor(parts: TransportParts) {
    this.#parts = parts
    this.#resolver = parts.resolver ?? systemResolver()
    const ca = parts.caPem ?? null
    const problem = ca === null ? null : authoritiesProblem(ca)
    if (problem !== null) throw new MusterError('usage.invalid', `what is to be trusted (\`caPem\`) ${problem}`)
    this.#secure = new HttpsAgent({ keepAlive: true, maxSockets: MAX_SOCKETS, minVersion: 'TLSv1.2', ...(ca === null ? {} : { ca }), ...(parts.clientPem === undefined ? {} : clientOf(parts.clientPem)) })
  }

  /**
   * The response to one request. Every message names `host:port` and nothing else of it.
   * @throws MusterError target.forbidden, connect.refused, connect.timeout, connect.failed, input.limit, operation.cancelled
   */
  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const { url } = request
    const where = egressEntryOf(url)
    const refused = this.#parts.egress.host(url)
    if (refused !== null) throw new MusterError('target.forbidden', `${where} is not contacted: ${refused}`, { where })
    if (signal.aborted) throw cancelled(where)
    const addresses = await this.#addresses(url, where)
    return new Promise<HttpAnswer>((resolve, reject) => {
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest
      const agent = url.protocol === 'https:' ? this.#secure : this.#plain
      let started: ClientRequest
      try {
        started = send(url, { method: request.method, agent, lookup: fixedLookup(addresses), headers: { ...fixedHeaders(request.body), ...request.headers } })
      } catch {
        // Node refuses header values with line breaks and the like.
        reject(new MusterError('request.invalid', `a request to ${where} cannot be written down`, { where }))
        return
      }
      new Exchange(started, where, this.#parts.limits, signal, resolve, reject).begin(request.body)
    })
  }

  async #addresses(url: URL, where: string): Promise<readonly string[]> {
    const host = hostOf(url)
    const port = portOf(url)
    const all = isIP(host) === 0 ? await this.#resolver(host) : [host]
    const reasons = all.map((address) => this.#parts.egress.address(address, port))
    const allowed = all.filter((_, index) => reasons[index] === null)
    if (allowed.length > 0) return allowed
    throw new MusterError('target.forbidden', `${where} is not contacted: ${all[0] ?? 'no address'}: ${reasons[0] ?? 'nothing to connect to'}`, { where })
  }

  /** Closes idle connections. */
  close(): void {
    this.#secure.destroy()
    this.#plain.destroy()
  }
}

const MAX_SOCKETS = 16

function clientOf(pem: Secret): { readonly cert: Buffer; readonly key: Buffer } {
  const both = Buffer.from(pem.reveal())
  try {
    createSecureContext({ cert: both, key: both })
  } catch {
    // What OpenSSL says may quote what it was given.
    throw new MusterError('usage.invalid', 'the client certificate and its key cannot be read, or do not belong together')
  }
  return { cert: both, key: both }
}

/** One request under way: collects the body, and fails once for whatever comes first. */
class Exchange {
  readonly #request: ClientRequest
  readonly #where: string
  readonly #limits: TransportLimits
  readonly #signal: AbortSignal
  readonly #resolve: (answer: HttpAnswer) => void
  readonly #reject: (error: MusterError) => void
  readonly #chunks: Buffer[] = []
  #size = 0
  #disarm: () => void = () => {}

  constructor(request: ClientRequest, where: string, limits: TransportLimits, signal: AbortSignal, resolve: (answer: HttpAnswer) => void, reject: (error: MusterError) => void) {
    this.#request = request
    this.#where = where
    this.#limits = limits
    this.#signal = signal
    this.#resolve = resolve
    this.#reject = reject
  }

  begin(body: string | undefined): void {
    this.#disarm = startDeadline(this.#limits.timeoutMs, () => this.#fail(new MusterError('connect.timeout', `${this.#where} did not finish its answer within ${this.#limits.timeoutMs} ms`)))
    this.#signal.addEventListener('abort', this.#onAbort, { once: true })
    this.#request.once('response', (response) => this.#receive(response))
    this.#request.on('error', (error: NodeJS.ErrnoException) => this.#fail(connectError(this.#where, error)))
    this.#request.end(body)
  }

  readonly #onAbort = (): void => this.#fail(cancelled(this.#where))

  #receive(response: IncomingMessage): void {
    const encoding = response.headers['content-encoding'] ?? 'identity'
    if (encoding !== 'identity') return this.#fail(new MusterError('input.unrecognised', `${this.#where} compressed its answer though it was asked not to`))
    if (Number(response.headers['content-length'] ?? 0) > this.#limits.maxBodyBytes) return this.#fail(this.#tooLarge())
    response.on('data', (chunk: Buffer) => {
      this.#size += chunk.length
      if (this.#size > this.#limits.maxBodyBytes) this.#fail(this.#tooLarge())
      else this.#chunks.push(chunk)
    })
    response.once('error', (error: NodeJS.ErrnoException) => this.#fail(connectError(this.#where, error)))
    response.once('close', () => this.#fail(new MusterError('connect.failed', `${this.#where} broke its answer off`)))
    response.once('end', () => {
      this.#finish()
      if (response.complete) this.#resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(this.#chunks) })
      else this.#reject(new MusterError('connect.failed', `${this.#where} broke its answer off`))
    })
  }

  #tooLarge(): MusterError {
    return new MusterError('input.limit', `${this.#where} sent more than ${this.#limits.maxBodyBytes} bytes`)
  }

  #fail(error: MusterError): void {
    this.#finish()
    this.#request.destroy()
    this.#reject(error)
  }

  #finish(): void {
    this.#disarm()
    this.#signal.removeEventListener('abort', this.#onAbort)
  }
}

function fixedHeaders(body: string | undefined): Readonly<Record<string, string>> {
  const length: Record<string, string> = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  return { 'user-agent': 'muster', accept: 'application/json', 'accept-encoding': 'identity', ...length }
}

function fixedLookup(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }))
  return (_host, options, done) => {
    if (options.all === true) done(null, all)
    else done(null, all[0]!.address, all[0]!.family)
  }
}

function cancelled(where: string): MusterError {
  return new MusterError('operation.cancelled', `the request to ${where} was cancelled`)
}

const certificateCode = /^(?:CERT_|ERR_TLS_CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/

function connectError(where: string, error: NodeJS.ErrnoException): MusterError {
  const code = error.code ?? 'unknown error'
  if (code === 'ECONNREFUSED') return new MusterError('connect.refused', `${where} refused the connection`)
  if (code === 'ETIMEDOUT') return new MusterError('connect.timeout', `${where} did not answer`)
  if (code === 'ECONNRESET' || code === 'EPIPE') return new MusterError('connect.failed', `${where} reset the connection`)
  if (certificateCode.test(code)) return new MusterError('connect.failed', `the certificate of ${where} is not trusted (${code}); give the authority that issued it as \`caPem\``)
  return new MusterError('connect.failed', `${where} cannot be spoken to (${code})`)
}
