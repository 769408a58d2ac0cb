import { createHash } from 'node:crypto'
import { MusterError } from '@muster/core'
import { formatIpAddress, parseIpAddress } from './address.ts'
import { countAddresses, indexAddresses, setHolds, subtractRanges, toRangeSet } from './range-set.ts'
import type { RangeSet } from './range-set.ts'
import type { Scheme } from './schemes.ts'
import type { TargetSpec } from './targets.ts'

/** One endpoint to try. */
export type EndpointTarget = {
  /** Address or name, as the operator named it. */
  readonly host: string
  readonly hostKind: 'address' | 'name'
  readonly port: number
  readonly scheme: Scheme | null
  /** Names to send as SNI, besides a name target's own. */
  readonly sni: readonly string[]
  /** The operator wrote this very host and port: a refusal is worth a word. */
  readonly explicit: boolean
}

/** Every host of the list at every port of the list: what one coverage statement can say. */
export type TargetChunk = { readonly hosts: readonly string[]; readonly ports: readonly number[]; readonly targets: readonly EndpointTarget[] }

/**
 * All endpoints of a scan, by arithmetic: chunk `i` is computed from `i` alone, so the list is never in memory and a
 * scan resumes from an integer. Hosts come in a fixed scattered order, so neighbours are not hit one after another.
 */
export type TargetSpace = {
  /** Endpoints in all. */
  readonly total: number
  readonly chunkCount: number
  /** Changes whenever targets, ports, exclusions or order change: a cursor is only good for the space it came from. */
  readonly digest: string
  readonly chunk: (index: number) => TargetChunk
  /** Endpoints in all chunks before this one. */
  readonly endpointsBefore: (chunkIndex: number) => number
  /** True for an address the operator excluded; asked again after a name is resolved. */
  readonly excludes: (address: string, port: number) => boolean
}

export type TargetSpaceOptions = {
  readonly specs: readonly TargetSpec[]
  readonly exclude: readonly TargetSpec[]
  /** For targets that name no port. */
  readonly ports: readonly number[]
  /** SNI names for every target. */
  readonly sni: readonly string[]
}

const CHUNK_ENDPOINTS = 256
/** A /8 at 64 ports. More is a slip of the hand: 0.0.0.0/0 would take years, and other people's patience. */
const MAX_ENDPOINTS = 2 ** 30

type Block = {
  readonly hostKind: 'address' | 'name'
  readonly hostCount: number
  readonly hostAt: (index: number) => string
  readonly ports: readonly number[]
  readonly scheme: Scheme | null
  readonly explicit: boolean
  readonly firstChunk: number
  readonly chunkCount: number
  readonly firstEndpoint: number
}

type BlockPlan = Omit<Block, 'firstChunk' | 'chunkCount' | 'firstEndpoint'>

type Group = { readonly ports: readonly number[]; readonly scheme: Scheme | null; readonly specs: TargetSpec[]; readonly explicit: boolean }

/**
 * Lays out the endpoints of a scan. An address and port named by several targets is tried once: the first target decides
 * what to speak, SNI names add up.
 * @throws MusterError target.limit above 2^30 endpoints
 */
export function createTargetSpace(options: TargetSpaceOptions): TargetSpace {
  const exclusion = new Exclusion(options.exclude)
  const sniNames = new SniNames(options.specs, options.sni)
  const blocks: Block[] = []
  let total = 0
  let chunkCount = 0
  const add = (block: BlockPlan): void => {
    if (block.hostCount === 0 || block.ports.length === 0) return
    const chunks = Math.ceil(block.hostCount / hostsPerChunk(block)) * slicesPerHost(block)
    blocks.push({ ...block, firstChunk: chunkCount, chunkCount: chunks, firstEndpoint: total })
    total += block.hostCount * block.ports.length
    chunkCount += chunks
    if (total > MAX_ENDPOINTS) throw new MusterError('target.limit', 'the targets and ports name more than 2^30 endpoints; scan smaller ranges')
  }
  const groups = groupSpecs(options.specs, options.ports)
  addAddressBlocks(groups, exclusion, add)
  addNameBlocks(groups, exclusion, add)
  return {
    total,
    chunkCount,
    digest: digestOf(options),
    chunk: (index) => chunkAt(blocks, index, sniNames),
    endpointsBefore: (index) => (index >= chunkCount ? total : endpointsBefore(blocks, index)),
    excludes: (address, port) => exclusion.holds(address, port),
  }
}

function groupSpecs(specs: readonly TargetSpec[], defaultPorts: readonly number[]): readonly Group[] {
  const groups = new Map<string, Group>()
  for (const spec of specs) {
    const ports = spec.ports ?? defaultPorts
    const single = spec.hosts.kind === 'name' || spec.hosts.range.first === spec.hosts.range.last
    const explicit = single && spec.ports !== null
    const key = `${ports.join(',')} ${spec.scheme} ${explicit}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { ports, scheme: spec.scheme, specs: [spec], explicit })
    else group.specs.push(spec)
  }
  return [...groups.values()]
}

type AddBlock = (block: BlockPlan) => void

function addAddressBlocks(groups: readonly Group[], exclusion: Exclusion, add: AddBlock): void {
  const covered = new Map<number, RangeSet>()
  for (const group of groups) {
    const ranges = toRangeSet(group.specs.flatMap((spec) => (spec.hosts.kind === 'addresses' ? [spec.hosts.range] : [])))
    if (ranges.length === 0) continue
    const portsByRanges = new Map<string, { set: RangeSet; ports: number[] }>()
    for (const port of group.ports) {
      const before = covered.get(port) ?? []
      const set = subtractRanges(subtractRanges(ranges, before), exclusion.rangesAt(port))
      covered.set(port, before.length === 0 ? ranges : toRangeSet([...before, ...ranges]))
      const key = set.map((range) => `${range.first}-${range.last}`).join()
      const same = portsByRanges.get(key)
      if (same === undefined) portsByRanges.set(key, { set, ports: [port] })
      else same.ports.push(port)
    }
    for (const { set, ports } of portsByRanges.values()) {
      const count = countAddresses(set)
      if (count > BigInt(MAX_ENDPOINTS)) throw new MusterError('target.limit', 'a target names more than 2^30 addresses; scan smaller ranges')
      const scattered = scatter(count)
      const at = indexAddresses(set)
      const hostAt = (index: number): string => formatIpAddress(at(scattered(BigInt(index))))
      add({ hostKind: 'address', hostCount: Number(count), hostAt, ports, scheme: group.scheme, explicit: group.explicit })
    }
  }
}

function addNameBlocks(groups: readonly Group[], exclusion: Exclusion, add: AddBlock): void {
  const covered = new Set<string>()
  for (const group of groups) {
    const namesByPorts = new Map<string, { ports: number[]; names: string[] }>()
    for (const spec of group.specs) {
      if (spec.hosts.kind !== 'name') continue
      const { name } = spec.hosts
      const ports = group.ports.filter((port) => !covered.has(`${name}:${port}`) && !exclusion.holdsName(name, port))
      for (const port of ports) covered.add(`${name}:${port}`)
      const key = ports.join()
      const same = namesByPorts.get(key)
      if (same === undefined) namesByPorts.set(key, { ports, names: [name] })
      else same.names.push(name)
    }
    for (const { ports, names } of namesByPorts.values()) {
      add({ hostKind: 'name', hostCount: names.length, hostAt: (index) => names[index]!, ports, scheme: group.scheme, explicit: group.explicit })
    }
  }
}

/** A permutation of 0…count−1: multiples of a step near the golden section that shares no factor with `count`. */
function scatter(count: bigint): (index: bigint) => bigint {
  if (count < 4n) return (index) => index
  let step = (count * 618_034n) / 1_000_000n
  while (greatestCommonDivisor(step, count) !== 1n) step++
  return (index) => (index * step) % count
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b]
  return a
}

function hostsPerChunk({ ports }: Pick<Block, 'ports'>): number {
  return Math.max(1, Math.floor(CHUNK_ENDPOINTS / ports.length))
}

function slicesPerHost({ ports }: Pick<Block, 'ports'>): number {
  return Math.ceil(ports.length / CHUNK_ENDPOINTS)
}

function blockOf(blocks: readonly Block[], index: number): Block {
  let low = 0
  let high = blocks.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (blocks[middle]!.firstChunk <= index) low = middle
    else high = middle - 1
  }
  const block = blocks[low]
  if (block === undefined || index < 0 || index >= block.firstChunk + block.chunkCount) throw new RangeError('chunk index out of range')
  return block
}

function chunkAt(blocks: readonly Block[], index: number, sniNames: SniNames): TargetChunk {
  const block = blockOf(blocks, index)
  const slices = slicesPerHost(block)
  const local = index - block.firstChunk
  const perChunk = hostsPerChunk(block)
  const first = Math.floor(local / slices) * perChunk
  const hosts = Array.from({ length: Math.min(perChunk, block.hostCount - first) }, (_, i) => block.hostAt(first + i))
  const slice = local % slices
  const ports = block.ports.slice(slice * CHUNK_ENDPOINTS, (slice + 1) * CHUNK_ENDPOINTS)
  const { hostKind, scheme, explicit } = block
  const targets = ports.flatMap((port) => hosts.map((host): EndpointTarget => ({ host, hostKind, port, scheme, sni: sniNames.of(host, port), explicit })))
  return { hosts, ports, targets }
}

function endpointsBefore(blocks: readonly Block[], index: number): number {
  const block = blockOf(blocks, index)
  const slices = slicesPerHost(block)
  const local = index - block.firstChunk
  const wholeHosts = Math.floor(local / slices) * hostsPerChunk(block)
  return block.firstEndpoint + wholeHosts * block.ports.length + (local % slices) * CHUNK_ENDPOINTS
}

function digestOf({ specs, exclude, ports, sni }: TargetSpaceOptions): string {
  const hash = createHash('sha256')
  for (const spec of specs) hash.update(`${spec.text}\n`)
  hash.update('\0')
  for (const spec of exclude) hash.update(`${spec.text}\n`)
  hash.update(`\0${ports.join()}\0${sni.join()}`)
  return hash.digest('hex').slice(0, 16)
}

/** What the operator excluded, for every port or for some. */
class Exclusion {
  readonly #everyPort: RangeSet
  readonly #byPort = new Map<number, RangeSet>()
  readonly #names = new Set<string>()

  constructor(specs: readonly TargetSpec[]) {
    const all: RangeSet[number][] = []
    const byPort = new Map<number, RangeSet[number][]>()
    for (const { hosts, ports } of specs) {
      if (hosts.kind === 'name') for (const port of ports ?? ['*']) this.#names.add(`${hosts.name}:${port}`)
      else if (ports === null) all.push(hosts.range)
      else for (const port of ports) byPort.set(port, [...(byPort.get(port) ?? []), hosts.range])
    }
    this.#everyPort = toRangeSet(all)
    for (const [port, ranges] of byPort) this.#byPort.set(port, toRangeSet([...ranges, ...all]))
  }

  rangesAt(port: number): RangeSet {
    return this.#byPort.get(port) ?? this.#everyPort
  }

  holds(text: string, port: number): boolean {
    const address = parseIpAddress(text)
    return address !== null && setHolds(this.rangesAt(port), address)
  }

  holdsName(name: string, port: number): boolean {
    return this.#names.has(`${name}:*`) || this.#names.has(`${name}:${port}`)
  }
}

/** The SNI names of each endpoint: the scan's own and those of every target that names it. */
class SniNames {
  readonly #common: readonly string[]
  readonly #byHost = new Map<string, TargetSpec[]>()
  readonly #ofRanges: TargetSpec[] = []

  constructor(specs: readonly TargetSpec[], common: readonly string[]) {
    this.#common = [...new Set(common)]
    for (const spec of specs) {
      if (spec.sni.length === 0) continue
      if (spec.hosts.kind === 'addresses' && spec.hosts.range.first !== spec.hosts.range.last) {
        this.#ofRanges.push(spec)
        continue
      }
      const host = spec.hosts.kind === 'name' ? spec.hosts.name : formatIpAddress({ family: spec.hosts.range.family, value: spec.hosts.range.first })
      this.#byHost.set(host, [...(this.#byHost.get(host) ?? []), spec])
    }
  }

  of(host: string, port: number): readonly string[] {
    const own = this.#byHost.get(host)
    if (own === undefined && this.#ofRanges.length === 0) return this.#common
    const address = this.#ofRanges.length === 0 ? null : parseIpAddress(host)
    const ranged = address === null ? [] : this.#ofRanges.filter(({ hosts }) => hosts.kind === 'addresses' && setHolds([hosts.range], address))
    const specs = [...(own ?? []), ...ranged].filter(({ ports }) => ports === null || ports.includes(port))
    return [...new Set([...specs.flatMap(({ sni }) => sni), ...this.#common])]
  }
}
