import { isIP } from 'node:net'
import { MusterError } from '@muster/core'
import { Dialer } from './dialer.ts'
import { forbid } from './forbidden.ts'
import type { ForbiddenCheck } from './forbidden.ts'
import { ownAddresses, systemResolver } from './resolve.ts'
import type { Resolver } from './resolve.ts'
import { Session } from './session.ts'

export type NetworkOptions = {
  readonly signal?: AbortSignal
  /** Until a connection is established; default 3 s. */
  readonly connectTimeoutMs?: number
  /** One connection from its start to its end; default 8 s. */
  readonly timeoutMs?: number
  /** Bytes read from one connection; default 512 KiB. */
  readonly maxBytes?: number
  /** New connections a second, over all hosts; default no limit. */
  readonly ratePerSecond?: number | null
  /** Connections open at once to one address; default 8. */
  readonly perHostConcurrency?: number
  /** Addresses, `address:port`, CIDR blocks or names never to contact, besides metadata services. */
  readonly forbidden?: readonly string[]
  /** True for an address the operator excluded; asked after names are resolved. */
  readonly excludes?: (address: string, port: number) => boolean
  /** Resolves host names; default the system's resolver. */
  readonly resolver?: Resolver
}

const DEFAULT_MAX_BYTES = 512 * 1024
const NEVER = new AbortController().signal

/** What every probe of one scan shares: limits, forbidden addresses, resolved names. */
export class Network {
  readonly dialer: Dialer
  readonly signal: AbortSignal
  readonly #forbidden: ForbiddenCheck
  readonly #resolve: Resolver
  readonly #excludes: (address: string, port: number) => boolean

  constructor(options: NetworkOptions = {}) {
    this.signal = options.signal ?? NEVER
    this.#resolve = options.resolver ?? systemResolver()
    this.#excludes = options.excludes ?? (() => false)
    this.#forbidden = forbid(options.forbidden ?? [], ownAddresses())
    this.dialer = new Dialer({
      connectTimeoutMs: options.connectTimeoutMs ?? 3000,
      exchangeTimeoutMs: options.timeoutMs ?? 8000,
      maxBytes: options.maxBytes ?? DEFAULT_MAX_BYTES,
      forbidden: this.#forbidden,
      signal: this.signal,
      ratePerSecond: options.ratePerSecond ?? null,
      perHostConcurrency: options.perHostConcurrency ?? 8,
    })
  }

  /**
   * Addresses of a name (or the address itself) that may be contacted, in the order to try.
   * @throws MusterError target.forbidden when none may; target.unresolved when the name does not resolve
   */
  async addressesOf(host: string, port: number): Promise<readonly string[]> {
    const nameReason = this.#forbidden.name(host)
    if (nameReason !== null) throw new MusterError('target.forbidden', `${host} is never contacted: ${nameReason}`)
    // The dialer checks every address it opens; a literal was laid out without the excluded ones.
    if (isIP(host) !== 0) return [host]
    const addresses = await this.#resolve(host)
    let reason: string | null = null
    const allowed = addresses.filter((address) => {
      const why = this.#forbidden.endpoint(address, port)
      reason ??= why
      return why === null
    })
    // One forbidden address among several is how a name is pointed at a service behind the operator's back.
    if (reason !== null) throw new MusterError('target.forbidden', `${host} is never contacted: ${reason}`)
    const left = allowed.filter((address) => !this.#excludes(address, port))
    if (left.length === 0) throw new MusterError('target.forbidden', `${host} is excluded by the operator: it resolves to ${addresses.join(', ')}`)
    return left
  }

  /** A session at one address of a host. */
  session(host: string, address: string, port: number, budgetMs: number): Session {
    return new Session(this.dialer, { host, address, port, budgetMs })
  }
}
