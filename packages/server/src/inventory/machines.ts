import { type Clock, type MachineSighting, type TenantId, uuidV7 } from '@muster/core'
import type { Tx } from '../platform/db/db.ts'
import { clip, toSortName } from './credential-row.ts'
import { storableText } from '../platform/db/json-parameter.ts'
import { type Identifier, isLoopback, type KnownMachine, recognise, tellingIdentifiers } from './machine-match.ts'
import { forgetIdentifiers, type MachineConflict, type MachineWrite, readCandidates, readMachineNames, readScanMachines, writeConflicts, writeIdentifiers, writeMachines, writeScanMachines } from './machine-store.ts'
import { mergeMachine } from './merge-store.ts'

/** The machines of a batch. */
export type ResolvedMachines = {
  /** By the scan's own name for it. */
  readonly byRef: ReadonlyMap<string, string>
  readonly names: ReadonlyMap<string, string>
  /** Machines sighted in this batch, new or known. */
  readonly sighted: readonly string[]
  readonly created: number
  /** Things that moved because two machines turned out to be one. */
  readonly moved: { readonly credentials: readonly string[]; readonly endpoints: readonly string[]; readonly configurations: readonly string[] }
}

/** Where the batch comes from. */
export type MachineScope = {
  readonly tenantId: TenantId
  readonly scanId: string
  readonly seenAt: Date
  readonly clock: Clock
  /** What the machine that runs the scan is known by: whose loopback addresses its sightings mean. */
  readonly localIdentifiers: readonly Identifier[]
}

type Working = { id: string; isNew: boolean; identifiers: Map<string, Identifier>; lastSeen: Date; write: MachineWrite | null; complete: boolean }

/** Maps the batch's machine names to machines: recognised, created, or merged where a sighting proves two to be one. */
export async function resolveMachines(tx: Tx, scope: MachineScope, sightings: readonly MachineSighting[], refs: ReadonlySet<string>): Promise<ResolvedMachines> {
  const known = await readScanMachines(tx, scope.tenantId, scope.scanId, [...new Set([...refs, ...sightings.map(({ ref }) => ref)].map(storableText))])
  const directory = new Directory(await readCandidates(tx, scope.tenantId, sightings.flatMap((sighting) => identifiersOf(sighting, scope))), scope)
  const byRef = new Map(known)
  for (const sighting of sightings) byRef.set(storableText(sighting.ref), directory.sight(sighting))
  const moved = await directory.store(tx, byRef, known)
  for (const [ref, id] of byRef) byRef.set(ref, directory.current(id))
  const names = await readMachineNames(tx, scope.tenantId, [...new Set(byRef.values())])
  return { byRef, names, sighted: directory.sightedIds(), created: directory.createdCount(), moved }
}

function identifiersOf(sighting: MachineSighting, scope: MachineScope): Identifier[] {
  const stored = sighting.identifiers.map(({ type, value }) => ({ type, value: storableText(value) }))
  if (sighting.machineKind === 'source') {
    const named = stored.filter(({ type }) => type === 'source-id' || type === 'source-uid')
    return named.some(({ type }) => type === 'source-id') ? named : [...named, { type: 'source-id', value: storableText(sighting.ref) }]
  }
  const own = stored.filter(({ type }) => type !== 'source-id' && type !== 'source-uid')
  const isHere = own.some(({ type, value }) => type === 'address' && isLoopback(value)) && !own.some(({ type }) => type === 'host-id')
  const telling = tellingIdentifiers(isHere ? [...own, ...scope.localIdentifiers] : own)
  if (telling.length > 0) return telling
  // Better one machine called 127.0.0.1 than another at every scan.
  return own.length > 0 ? own : [{ type: 'dns-name', value: storableText(sighting.ref).toLowerCase() }]
}

/** The machines a batch may mean, kept current while its sightings are taken one by one. */
class Directory {
  readonly #scope: MachineScope
  readonly #machines = new Map<string, Working>()
  readonly #byIdentifier = new Map<string, Set<string>>()
  readonly #mergedInto = new Map<string, string>()
  readonly #sighted = new Set<string>()
  readonly #seenNow = new Set<string>()
  readonly #unstored = new Set<string>()
  readonly #conflicts: MachineConflict[] = []
  readonly #dropped = new Map<string, Identifier & { readonly machineId: string }>()

  constructor(candidates: readonly KnownMachine[], scope: MachineScope) {
    this.#scope = scope
    for (const machine of candidates) {
      this.#machines.set(machine.id, { id: machine.id, isNew: false, identifiers: new Map(), lastSeen: machine.lastSeen, write: null, complete: false })
      this.#learn(machine.id, machine.identifiers, false)
    }
  }

  /** The id of the machine sighted. */
  sight(sighting: MachineSighting): string {
    const identifiers = identifiersOf(sighting, this.#scope)
    const { machineId, merge, conflicts, renamed } = recognise(identifiers, this.#candidates(identifiers))
    const machine = machineId === null ? this.#create() : this.#machines.get(machineId)!
    for (const other of merge) this.#merge(other, machine.id)
    for (const { machineId: holder, identifier } of renamed) this.#forget(holder, identifier)
    this.#learn(machine.id, identifiers, true)
    for (const conflict of conflicts) this.#conflicts.push({ machineId: machine.id, otherId: conflict.machineId, ...conflict.identifier })
    this.#describe(machine, sighting, identifiers)
    this.#sighted.add(machine.id)
    return machine.id
  }

  current(id: string): string {
    let at = id
    for (let next = this.#mergedInto.get(at); next !== undefined; next = this.#mergedInto.get(at)) at = next
    return at
  }

  sightedIds(): string[] {
    return [...new Set([...this.#sighted].map((id) => this.current(id)))]
  }

  createdCount(): number {
    return [...this.#machines.values()].filter((machine) => machine.isNew).length
  }

  async store(tx: Tx, byRef: ReadonlyMap<string, string>, knownRefs: ReadonlyMap<string, string>): Promise<ResolvedMachines['moved']> {
    const { tenantId, scanId, seenAt } = this.#scope
    const sighted = this.sightedIds().map((id) => this.#machines.get(id)!)
    await writeMachines(tx, tenantId, sighted.map((machine) => machine.write!), seenAt)
    const moved = { credentials: [] as string[], endpoints: [] as string[], configurations: [] as string[] }
    for (const [from, into] of this.#mergedInto) {
      if (this.#unstored.has(from)) continue
      const merged = await mergeMachine(tx, tenantId, from, this.current(into), seenAt, scanId)
      moved.credentials.push(...merged.credentials)
      moved.endpoints.push(...merged.endpoints)
      moved.configurations.push(...merged.configurations)
    }
    await forgetIdentifiers(tx, tenantId, [...this.#dropped.values()])
    const grown = new Set(this.#mergedInto.keys().map((from) => this.current(from)))
    const identifiers = sighted.flatMap((machine) => [...machine.identifiers.values()].map((identifier) => ({ machineId: machine.id, isNew: machine.isNew && !grown.has(machine.id), ...identifier })))
    const fresh = identifiers.filter(({ machineId, type, value }) => this.#seenNow.has(`${machineId} ${type} ${value}`))
    await writeIdentifiers(tx, tenantId, fresh, sighted.filter((machine) => machine.complete && (!machine.isNew || grown.has(machine.id))).map((machine) => machine.id), seenAt)
    await writeScanMachines(tx, tenantId, scanId, new Map([...byRef].filter(([, id]) => this.#sighted.has(id)).map(([ref, id]) => [ref, this.current(id)])), knownRefs)
    const apart = this.#conflicts.map((conflict) => ({ ...conflict, machineId: this.current(conflict.machineId), otherId: this.current(conflict.otherId) }))
    await writeConflicts(tx, tenantId, scanId, apart.filter(({ machineId, otherId }) => machineId !== otherId), seenAt)
    return moved
  }

  #candidates(identifiers: readonly Identifier[]): KnownMachine[] {
    const ids = new Set(identifiers.flatMap((identifier) => [...(this.#byIdentifier.get(keyOf(identifier)) ?? [])]))
    return [...ids].map((id) => {
      const machine = this.#machines.get(id)!
      return { id, lastSeen: machine.lastSeen, identifiers: [...machine.identifiers.values()] }
    })
  }

  #create(): Working {
    const machine: Working = { id: uuidV7(this.#scope.clock), isNew: true, identifiers: new Map(), lastSeen: this.#scope.seenAt, write: null, complete: false }
    this.#machines.set(machine.id, machine)
    return machine
  }

  #learn(id: string, identifiers: readonly Identifier[], fresh: boolean): void {
    const machine = this.#machines.get(id)!
    for (const identifier of identifiers) {
      const key = keyOf(identifier)
      machine.identifiers.set(key, identifier)
      if (fresh) this.#seenNow.add(`${id} ${key}`)
      const holders = this.#byIdentifier.get(key) ?? new Set()
      this.#byIdentifier.set(key, holders.add(id))
    }
  }

  #forget(id: string, identifier: Identifier): void {
    const key = keyOf(identifier)
    this.#machines.get(id)?.identifiers.delete(key)
    this.#byIdentifier.get(key)?.delete(id)
    this.#seenNow.delete(`${id} ${key}`)
    this.#dropped.set(`${id} ${key}`, { machineId: id, ...identifier })
  }

  #merge(from: string, into: string): void {
    const gone = this.#machines.get(from)!
    for (const [key, identifier] of gone.identifiers) {
      this.#byIdentifier.get(key)?.delete(from)
      this.#learn(into, [identifier], this.#seenNow.has(`${from} ${key}`))
    }
    this.#machines.delete(from)
    this.#mergedInto.set(from, into)
    if (gone.isNew) this.#unstored.add(from)
  }

  #describe(machine: Working, sighting: MachineSighting, identifiers: readonly Identifier[]): void {
    const complete = sighting.identifiers.some((identifier) => identifier.type === 'host-id')
    const authoritative = complete || sighting.machineKind === 'source'
    const named = [...machine.identifiers.values()].some((identifier) => identifier.type === 'host-id')
    const fallback = identifiers.find((identifier) => identifier.type === 'dns-name')?.value ?? identifiers.at(-1)?.value ?? sighting.ref
    const name = clip(sighting.name.trim() === '' ? fallback : sighting.name, 255)
    const earlier = machine.write
    const rename = authoritative || (!named && earlier === null) || (machine.isNew && earlier === null)
    machine.complete ||= complete
    machine.lastSeen = this.#scope.seenAt
    machine.write = {
      id: machine.id,
      isNew: machine.isNew,
      name: rename || earlier === null ? name : earlier.name,
      sortName: toSortName(rename || earlier === null ? name : earlier.name),
      rename: rename || earlier?.rename === true,
      machineKind: sighting.machineKind,
      operatingSystem: sighting.operatingSystem === null ? (earlier?.operatingSystem ?? null) : clip(sighting.operatingSystem, 256),
    }
  }
}

function keyOf(identifier: Identifier): string {
  return `${identifier.type} ${identifier.value}`
}
