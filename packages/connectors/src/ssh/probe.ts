import type { Key, ScanProblem, SshCertificate, SshProfile } from '@muster/core'
import { hostPort, isMusterError, MusterError } from '@muster/core'
import { credentialOfSshCertificate, credentialOfSshKey, parseSshPublicKey } from '@muster/pki'
import type { Channel } from '../network/connection.ts'
import { Network } from '../network/network.ts'
import type { NetworkOptions } from '../network/network.ts'
import type { Session } from '../network/session.ts'
import { hostKeyRequests, knownHostKeyAlgorithms } from './host-key-algorithms.ts'
import { agreedAlgorithm, readKexInit, writeKexInit } from './kexinit.ts'
import type { KexInit } from './kexinit.ts'
import { askHostKey, startableExchanges } from './key-exchange.ts'
import { SshReader, writePacket } from './packet.ts'

/** What a server shows without anyone logging in. */
export type SshProbe = {
  readonly host: string
  readonly port: number
  /** Address that was contacted; null when there was none. */
  readonly address: string | null
  /** `refused` proves that nothing listens; `silent` proves nothing; `unknown` is an open port that does not speak SSH. */
  readonly status: 'ssh' | 'unknown' | 'refused' | 'silent'
  readonly profile: SshProfile | null
  readonly hostKeys: readonly (Key | SshCertificate)[]
  readonly problems: readonly ScanProblem[]
  /** False when something offered could not be read: what is missing here may still be there. */
  readonly complete: boolean
}

const BUDGET_MS = 60_000
const IDENTIFICATION = Buffer.from('SSH-2.0-Muster\r\n', 'latin1')

type MutableProbe = { -readonly [Field in keyof SshProbe]: SshProbe[Field] extends readonly (infer Item)[] ? Item[] : SshProbe[Field] }

/**
 * Reads identification, algorithms and every host key of an SSH server: one connection per key, each ended as soon as the key is
 * shown. Problems are in the result; it throws only when cancelled.
 * @throws MusterError operation.cancelled
 */
export async function probeSsh(target: { readonly host: string; readonly port: number }, options: NetworkOptions = {}): Promise<SshProbe> {
  return probeSshIn(new Network(options), target)
}

/** As {@link probeSsh}, within a scan. */
export async function probeSshIn(network: Network, { host, port }: { readonly host: string; readonly port: number }): Promise<SshProbe> {
  const probe: MutableProbe = { host, port, address: null, status: 'silent', profile: null, hostKeys: [], problems: [], complete: true }
  try {
    for (const address of await network.addressesOf(host, port)) {
      probe.address = address
      await readServer(network.session(host, address, port, BUDGET_MS), probe)
      if (probe.status === 'ssh' || probe.status === 'unknown') break
    }
  } catch (error) {
    note(probe, error)
  }
  return probe
}

function note(probe: MutableProbe, error: unknown): void {
  if (!isMusterError(error) || error.code === 'operation.cancelled') throw error
  probe.complete = false
  const where = error.code === 'target.unresolved' ? probe.host : hostPort(probe.host, probe.port)
  probe.problems.push({ code: error.code, where, message: error.message.slice(0, 1000) })
}

type Glimpse = { readonly banner: string; readonly kexInit: KexInit | null; readonly hostKey: Buffer | null }

async function readServer(session: Session, probe: MutableProbe): Promise<void> {
  let first: Glimpse
  try {
    first = await session.with((channel) => glimpse(channel, knownHostKeyAlgorithms))
  } catch (error) {
    if (isMusterError(error, 'connect.refused')) {
      probe.status = 'refused'
      return
    }
    if (session.connected) probe.status = 'unknown'
    note(probe, error)
    return
  }
  probe.status = 'ssh'
  const keys = new Map<string, Buffer>()
  if (first.hostKey !== null) keys.set(blobType(first.hostKey), first.hostKey)
  await readOtherKeys(session, probe, first, keys)
  for (const blob of keys.values()) addHostKey(probe, blob)
  probe.profile = profileOf(first, probe.hostKeys)
}

async function readOtherKeys(session: Session, probe: MutableProbe, { kexInit }: Glimpse, keys: Map<string, Buffer>): Promise<void> {
  if (kexInit === null) {
    note(probe, new MusterError('ssh.protocol', `${session.where} speaks SSH 1 or did not send its algorithms`))
    return
  }
  if (agreedAlgorithm(startableExchanges, kexInit.keyExchange) === null) {
    note(probe, new MusterError('ssh.protocol', `${session.where} offers no key exchange this probe can start (${kexInit.keyExchange.slice(0, 5).join(', ')})`))
    return
  }
  const agreedFirst = agreedAlgorithm(knownHostKeyAlgorithms, kexInit.hostKeyAlgorithms)
  for (const algorithms of hostKeyRequests(kexInit.hostKeyAlgorithms)) {
    if (keys.size > 0 && agreedFirst !== null && algorithms.includes(agreedFirst)) continue
    try {
      const { hostKey } = await session.with((channel) => glimpse(channel, algorithms))
      if (hostKey === null) throw new MusterError('ssh.protocol', `${session.where} did not show its ${algorithms[0]} host key`)
      keys.set(blobType(hostKey), hostKey)
    } catch (error) {
      note(probe, error)
      // A server that turns connections away (MaxStartups, penalties) is left alone.
      if (isMusterError(error) && (error.code === 'connect.refused' || error.code === 'connect.timeout')) return
    }
  }
}

/** One connection: identification, algorithms, and the host key for the best of `algorithms`, if the exchange gets that far. */
async function glimpse(channel: Channel, algorithms: readonly string[]): Promise<Glimpse> {
  channel.write(Buffer.concat([IDENTIFICATION, writePacket(writeKexInit(startableExchanges, algorithms))]))
  const reader = new SshReader(channel)
  const banner = await reader.banner()
  if (!/^SSH-(?:2\.|1\.99)/.test(banner)) return { banner, kexInit: null, hostKey: null }
  const payload = await reader.packet()
  if (payload === null) return { banner, kexInit: null, hostKey: null }
  const kexInit = readKexInit(payload)
  const exchange = agreedAlgorithm(startableExchanges, kexInit.keyExchange)
  if (exchange === null || agreedAlgorithm(algorithms, kexInit.hostKeyAlgorithms) === null) return { banner, kexInit, hostKey: null }
  return { banner, kexInit, hostKey: await askHostKey(channel, reader, exchange) }
}

function blobType(blob: Buffer): string {
  return blob.length < 4 ? '' : blob.subarray(4, 4 + Math.min(blob.readUInt32BE(0), 128)).toString('latin1')
}

function addHostKey(probe: MutableProbe, blob: Buffer): void {
  try {
    probe.hostKeys.push(/-cert-v0\d@/.test(blobType(blob)) ? credentialOfSshCertificate(blob) : credentialOfSshKey(parseSshPublicKey(blob)))
  } catch (error) {
    note(probe, error)
  }
}

const MAX_ALGORITHMS = 128
const MAX_HOST_KEYS = 16

function profileOf({ banner, kexInit }: Glimpse, hostKeys: readonly (Key | SshCertificate)[]): SshProfile {
  const union = (a: readonly string[] = [], b: readonly string[] = []): string[] => [...new Set([...a, ...b])].slice(0, MAX_ALGORITHMS)
  return {
    banner: banner.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 255),
    hostKeyFingerprints: hostKeys.filter(({ kind }) => kind === 'ssh-key').map(({ fingerprint }) => fingerprint).slice(0, MAX_HOST_KEYS),
    keyExchange: union(kexInit?.keyExchange),
    hostKeyAlgorithms: union(kexInit?.hostKeyAlgorithms),
    ciphers: union(kexInit?.ciphersToClient, kexInit?.ciphersToServer),
    macs: union(kexInit?.macsToClient, kexInit?.macsToServer),
  }
}
