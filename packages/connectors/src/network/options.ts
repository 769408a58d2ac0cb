import { MusterError } from '@muster/core'
import { z } from 'zod'
import { Network } from './network.ts'
import { parsePorts } from './ports.ts'
import { createTargetSpace } from './target-space.ts'
import type { TargetSpace } from './target-space.ts'
import { parseSniName, parseTarget } from './targets.ts'

const MAX_TARGETS = 1_000_000
const targetText = z.string().min(1).max(2048)

/** Options every network connector takes. Durations in milliseconds. */
export const networkScanOptions = {
  /** Names, addresses, CIDR blocks, ranges, `host:port`, URLs; see docs/connectors/tls.md. */
  targets: z.array(targetText).min(1).max(MAX_TARGETS),
  /** For targets that name no port, e.g. `443,8443,9000-9010`; null for the connector's own list. */
  ports: z.string().max(10_000).nullable().default(null),
  /** Targets (in the same forms) never to contact. */
  exclude: z.array(targetText).max(100_000).default([]),
  /** Endpoints worked on at once. */
  concurrency: z.number().int().min(1).max(4096).default(256),
  /** New connections a second over all hosts; null for no limit. */
  ratePerSecond: z.number().positive().max(1_000_000).nullable().default(null),
  connectTimeoutMs: z.number().int().min(100).max(60_000).default(3000),
  /** One connection, from its start to its end. */
  timeoutMs: z.number().int().min(100).max(120_000).default(8000),
  /** Addresses, `address:port`, CIDR blocks or names the installation itself must never contact (its database). */
  forbidden: z.array(z.string().max(300)).max(10_000).default([]),
}

const schema = z.object(networkScanOptions)
type NetworkScanOptions = z.infer<typeof schema>

/**
 * The endpoints the options name.
 * @throws MusterError target.invalid listing every text that is not a target; target.limit
 */
export function spaceOf(options: Pick<NetworkScanOptions, 'targets' | 'exclude' | 'ports'> & { readonly sni: readonly string[] }, defaultPorts: readonly number[]): TargetSpace {
  const errors: string[] = []
  const read = <Result>(text: string, parse: (text: string) => Result): Result[] => {
    try {
      return [parse(text)]
    } catch (error) {
      if (!(error instanceof MusterError)) throw error
      errors.push(error.message)
      return []
    }
  }
  const specs = options.targets.flatMap((text) => read(text, parseTarget))
  const exclude = options.exclude.flatMap((text) => read(text, parseTarget))
  const sni = options.sni.flatMap((text) => read(text, parseSniName))
  if (errors.length > 0) {
    const more = errors.length > 10 ? ` (and ${errors.length - 10} more)` : ''
    throw new MusterError('target.invalid', errors.slice(0, 10).join('; ') + more, { errors: errors.slice(0, 100) })
  }
  return createTargetSpace({ specs, exclude, ports: options.ports === null ? defaultPorts : parsePorts(options.ports), sni })
}

/** How many endpoints the options name, before anything is contacted. @throws MusterError target.invalid, target.limit */
export function countEndpoints(options: Pick<NetworkScanOptions, 'targets' | 'exclude' | 'ports'> & { readonly sni?: readonly string[] }, defaultPorts: readonly number[]): number {
  return spaceOf({ ...options, sni: options.sni ?? [] }, defaultPorts).total
}

/** The network as the options limit it. */
export function networkOf(options: Pick<NetworkScanOptions, 'connectTimeoutMs' | 'timeoutMs' | 'ratePerSecond' | 'forbidden'>, space: TargetSpace, signal: AbortSignal, perHostConcurrency: number): Network {
  const { connectTimeoutMs, timeoutMs, ratePerSecond, forbidden } = options
  return new Network({ connectTimeoutMs, timeoutMs, ratePerSecond, forbidden, signal, perHostConcurrency, excludes: space.excludes })
}
