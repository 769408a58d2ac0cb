import { type Clock, MusterError, type Secret } from '@muster/core'
import { z } from 'zod'
import { forbid } from '../network/forbidden.ts'
import { ownAddresses, type Resolver } from '../network/resolve.ts'
import { ApiClient, type Wait } from './client.ts'
import { egressEntryOf, egressList } from './egress.ts'
import { Transport } from './transport.ts'

const MIB = 1024 * 1024

/** Options every connector to an API takes; see docs/connectors/github.md. */
export const apiOptions = {
  /** Hosts, addresses and ranges that may be contacted, besides the host of the base URL. */
  egress: z.array(z.string().min(1).max(300)).max(1000).default([]),
  /** PEM certificates of the authorities to trust instead of the system's. */
  caPem: z.string().max(MIB).nullable().default(null),
  ratePerSecond: z.number().min(0.1).max(1000).default(10),
  /** How long the scan may wait for rate limits in all. */
  maxWaitSeconds: z.number().int().min(0).max(86_400).default(3600),
  timeoutMs: z.number().int().min(100).max(600_000).default(30_000),
  maxResponseBytes: z.number().int().min(1024).max(256 * MIB).default(32 * MIB),
  concurrency: z.number().int().min(1).max(16).default(4),
  /** What is never contacted: the server's own database. */
  forbidden: z.array(z.string().max(300)).max(1000).default([]),
}
export type ApiOptions = z.output<z.ZodObject<typeof apiOptions>>

/** What a connector is created with; the options travel and are stored, these do not. */
export type ApiConnectorParts = { readonly resolver?: Resolver; readonly wait?: Wait }

export type ClientNeeds = {
  readonly baseUrl: string
  readonly token: Secret | (() => Promise<Secret>) | null
  /** PEM of a client certificate and its key, shown to the API in the handshake. */
  readonly clientPem?: Secret
  readonly authorize: (token: string) => Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** The base URL of an API. @throws MusterError usage.invalid for what is none, or carries a login or query */
export function baseUrlOf(text: string): URL {
  const url = URL.parse(text)
  if (url === null || url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') throw new MusterError('usage.invalid', 'the base URL must be an https URL without login, query and fragment')
  return url
}

/** A client for `needs.baseUrl`, whose host counts as named by the operator, and the transport to close in the end. @throws MusterError usage.invalid */
export function openClient(options: ApiOptions, parts: ApiConnectorParts, needs: ClientNeeds): { readonly client: ApiClient; readonly close: () => void } {
  const baseUrl = baseUrlOf(needs.baseUrl)
  const egress = egressList([egressEntryOf(baseUrl), ...options.egress], forbid(options.forbidden, ownAddresses()))
  const transport = new Transport({
    egress, caPem: options.caPem, limits: { timeoutMs: options.timeoutMs, maxBodyBytes: options.maxResponseBytes },
    ...(parts.resolver === undefined ? {} : { resolver: parts.resolver }), ...(needs.clientPem === undefined ? {} : { clientPem: needs.clientPem }),
  })
  const client = new ApiClient({ ...needs, baseUrl, transport, ratePerSecond: options.ratePerSecond, maxWaitMs: options.maxWaitSeconds * 1000, ...(parts.wait === undefined ? {} : { wait: parts.wait }) })
  return { client, close: () => transport.close() }
}
