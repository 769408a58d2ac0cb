import { type Clock, isMusterError, type Secret } from '@muster/core'
import { secretDigest } from '@muster/detect'
import { baseUrlOf, clean, egressEntryOf, egressList, rateLimitWaitMs, Transport } from '../api/index.ts'
import { forbid } from '../network/forbidden.ts'
import { ownAddresses, type Resolver } from '../network/resolve.ts'
import { TokenBucket } from '../network/token-bucket.ts'
import { checkProviders, type VerificationOptions } from './options.ts'
import { checkOwn, mayBeOwn, type OwnPorts } from './own-checks.ts'
import { verifiers } from './table.ts'
import type { FoundCredential, Outcome, ProviderAnswer, Verdict, Verifier } from './verifier.ts'

const MAX_ANSWER_BYTES = 1024 * 1024
const MAX_REMEMBERED = 100_000

/** Facts that decide what is asked, so that a value found again with others is asked about again. */
const factsAskedWith = ['keyId', 'host', 'user', 'clientId', 'tenantId', 'accountId', 'accountSid', 'notAfter']

export type VerificationParts = OwnPorts & { readonly clock: Clock; readonly signal: AbortSignal; readonly resolver?: Resolver }

/**
 * Asks who credentials belong to, as far as the operator allowed: first what Muster can tell by itself, then the provider, where it was named. A
 * value is asked about once, however often it is found; requests to one host are spaced out, and a host that wants to be left alone is.
 */
export class Verification {
  readonly #options: VerificationOptions
  readonly #parts: VerificationParts
  readonly #transport: Transport
  readonly #buckets = new Map<string, TokenBucket>()
  readonly #quietUntil = new Map<string, number>()
  readonly #known = new Map<string, Promise<Verdict | null>>()
  #requests = 0

  /** @throws MusterError usage.invalid for an unknown provider, a base URL or egress entry that is none */
  constructor(options: VerificationOptions, parts: VerificationParts) {
    checkProviders(options)
    this.#options = options
    this.#parts = parts
    const named = verifiers.flatMap(({ provider, baseUrl }) => (options.providers.includes(provider) && baseUrl !== null && options.baseUrls[provider] === undefined ? [egressEntryOf(new URL(baseUrl))] : []))
    const own = Object.values(options.baseUrls).map((text) => egressEntryOf(baseUrlOf(text)))
    const egress = egressList([...new Set([...named, ...own]), ...options.egress], forbid(options.forbidden, ownAddresses()))
    this.#transport = new Transport({
      egress, caPem: options.caPem, limits: { timeoutMs: options.timeoutMs, maxBodyBytes: MAX_ANSWER_BYTES }, ...(parts.resolver === undefined ? {} : { resolver: parts.resolver }),
    })
  }

  /**
   * What can be told about a credential; null when nobody was asked. Never throws for what a provider does.
   * @throws MusterError operation.cancelled alone
   */
  async verify(found: FoundCredential): Promise<Verdict | null> {
    const key = [found.kind, secretDigest(found.secret), found.sessionToken === undefined ? '' : secretDigest(found.sessionToken), ...factsAskedWith.map((name) => found.facts[name] ?? '')].join('\0')
    const before = this.#known.get(key)
    if (before !== undefined) return before
    if (this.#known.size >= MAX_REMEMBERED) this.#known.clear()
    const verdict = this.#verify(found)
    this.#known.set(key, verdict)
    return verdict
  }

  /** Who would be asked: the same text as long as it is the same. */
  get policy(): string {
    return JSON.stringify([this.#options.providers.toSorted(), this.#parts.certificatesOf === undefined])
  }

  /** Whether what {@link verify} tells of a credential may be another thing each time; false when nobody has anything to say of it. */
  concerns({ kind, secret, facts }: FoundCredential): boolean {
    return mayBeOwn(secret) || facts['notAfter'] !== undefined || (kind.includes('private-key') && this.#parts.certificatesOf !== undefined)
      || verifiers.some(({ provider, kinds }) => this.#options.providers.includes(provider) && kinds.includes(kind))
  }

  /** As {@link verify}, as facts of the secret; what connectors take. */
  readonly facts = async (found: FoundCredential): Promise<Readonly<Record<string, string>>> => factsOfVerdict(await this.verify(found))

  async #verify(found: FoundCredential): Promise<Verdict | null> {
    const own = await checkOwn(found, this.#parts, this.#parts.clock)
    if (own !== null) return this.#verdict('muster', own, found.secret)
    const verifier = verifiers.find(({ provider, kinds }) => this.#options.providers.includes(provider) && kinds.includes(found.kind))
    if (verifier === undefined) return null
    const outcome = await this.#ask(verifier, found)
    return outcome === null ? null : this.#verdict(verifier.provider, outcome, found.secret, found.sessionToken)
  }

  async #ask(verifier: Verifier, found: FoundCredential): Promise<Outcome | null> {
    const secret = found.secret.revealText()
    const ownBase = this.#options.baseUrls[verifier.provider]
    const base = baseOf(verifier, found, secret, ownBase)
    if (base === null) return null
    const asked = { facts: found.facts, now: this.#parts.clock.now(), base, sessionToken: found.sessionToken?.revealText() ?? null }
    const call = verifier.call(secret, asked)
    if (call === null) return null
    try {
      const url = new URL(`${base.pathname.replace(/\/+$/, '')}${call.path}`, base)
      const answer = await this.#send({ method: call.method ?? 'GET', url, headers: { accept: 'application/json', ...call.headers }, ...(call.body === undefined ? {} : { body: call.body }) })
      if (typeof answer === 'string') return { state: 'unknown', reason: answer }
      return provenBy(verifier, verifier.interpret(answer, asked), ownBase !== undefined || found.facts['host'] === base.hostname)
    } catch (error) {
      if (!isMusterError(error) || error.code === 'operation.cancelled') throw error
      return { state: 'unknown', reason: error.message }
    }
  }

  /** The answer, or why there is none. */
  async #send(request: Parameters<Transport['send']>[0]): Promise<ProviderAnswer | string> {
    const { host } = request.url
    const { clock, signal } = this.#parts
    const bucket = this.#buckets.get(host) ?? new TokenBucket(this.#options.ratePerSecond)
    this.#buckets.set(host, bucket)
    const isQuiet = (): boolean => (this.#quietUntil.get(host) ?? 0) > clock.now().getTime()
    if (isQuiet()) return `${host} asked to be left alone for a while`
    if (this.#requests >= this.#options.maxRequests) return `more than ${this.#options.maxRequests} requests; the rest was not asked`
    this.#requests++
    await bucket.take(signal)
    if (isQuiet()) return `${host} asked to be left alone for a while`
    const { status, headers, body } = await this.#transport.send(request, signal)
    const waitMs = rateLimitWaitMs({ status, headers }, clock.now())
    if (waitMs !== null) {
      this.#quietUntil.set(host, clock.now().getTime() + waitMs)
      return `${host} asked to be left alone for a while`
    }
    const text = body.toString('utf8')
    return { status, headers, text, json: jsonOf(text, headers['content-type']) }
  }

  #verdict(provider: string, outcome: Outcome, ...secrets: readonly (Secret | undefined)[]): Verdict {
    const { state, reason = null, facts = {} } = outcome
    const values = secrets.flatMap((secret) => secret?.revealText() ?? [])
    const kept = Object.entries(facts).flatMap(([name, text]) => (text === null || text === '' || values.some((value) => isAbout(text, value)) ? [] : [[name, clean(text, 512)] as const]))
    return { state, provider, checkedAt: this.#parts.clock.now().toISOString(), facts: Object.fromEntries(kept), reason }
  }

  close(): void {
    this.#transport.close()
  }
}

/** A refusal proves nothing where the credential may be of an installation that was not asked. */
export function provenBy({ elsewhere, baseUrl }: Pick<Verifier, 'elsewhere' | 'baseUrl'>, outcome: Outcome, isItsInstallation: boolean): Outcome {
  if (outcome.state !== 'dead' || elsewhere !== true || isItsInstallation) return outcome
  return { state: 'unknown', reason: `not known to ${baseUrl ?? 'the provider'}; it may belong to another installation` }
}

/** What a verdict adds to the facts of a secret: `verified` (`live` or `dead`), when, by whom, and whose it is. Nothing when it is not known. */
export function factsOfVerdict(verdict: Verdict | null): Readonly<Record<string, string>> {
  if (verdict === null || verdict.state === 'unknown') return {}
  return { ...verdict.facts, verified: verdict.state, verifiedAt: verdict.checkedAt, verifiedBy: verdict.provider }
}

function baseOf(verifier: Verifier, { facts }: FoundCredential, secret: string, ownBase: string | undefined): URL | null {
  if (ownBase !== undefined) return baseUrlOf(ownBase)
  const host = verifier.hostOf?.(facts, secret) ?? null
  if (host !== null) return /^[\w.-]{1,253}(?::\d{1,5})?$/.test(host) ? URL.parse(`https://${host}`) : hostOfUrl(host)
  return verifier.baseUrl === null ? null : new URL(verifier.baseUrl)
}

/** Formats note hosts as they are written, URLs among them. */
function hostOfUrl(text: string): URL | null {
  const url = URL.parse(text)
  return url === null || url.protocol !== 'https:' ? null : URL.parse(url.origin)
}

function jsonOf(text: string, type: string | undefined): unknown {
  if (!/\bjson\b/i.test(type ?? '')) return null
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}

/** A provider that echoes what it was sent, whole or in part, must not put it into the inventory. */
function isAbout(text: string, secret: string): boolean {
  return text.includes(secret) || (text.length >= 6 && secret.includes(text))
}
