import type { MachineIdentifierType } from '@muster/core'

/** One thing a machine is known by. */
export type Identifier = { readonly type: MachineIdentifierType; readonly value: string }

/** A machine the inventory knows, with everything it is known by. */
export type KnownMachine = {
  readonly id: string
  readonly identifiers: readonly Identifier[]
  readonly lastSeen: Date
}

/** What a sighting turned out to be. */
export type Recognition = {
  /** The machine it is; null when it is a new one. */
  readonly machineId: string | null
  /** Machines known apart until now that this sighting proves to be `machineId` as well. */
  readonly merge: readonly string[]
  /** Machines that share an identifier yet cannot be the same, for people to look at. */
  readonly conflicts: readonly { readonly machineId: string; readonly identifier: Identifier }[]
  /** Names that are another's now. */
  readonly renamed: readonly { readonly machineId: string; readonly identifier: Identifier }[]
}

const nameless = new Set(['localhost', 'localhost.localdomain', 'localhost4', 'localhost6', 'ip6-localhost', 'ip6-loopback'])

/** True for an address of the machine that asks: it names whoever holds it. */
export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || /^::ffff:127\./i.test(address)
}

/** What tells machines apart: loopback, unspecified and link-local addresses and `localhost` name every machine and none. */
export function tellingIdentifiers(identifiers: readonly Identifier[]): Identifier[] {
  const unique = new Map<string, Identifier>()
  for (const { type, value } of identifiers) {
    const plain = type === 'dns-name' ? value.toLowerCase().replace(/\.$/, '') : value
    if (plain === '' || (type === 'dns-name' && nameless.has(plain))) continue
    if (type === 'address' && (isLoopback(plain) || plain === '0.0.0.0' || plain === '::' || /^169\.254\.|^fe[89ab]/i.test(plain))) continue
    unique.set(`${type} ${plain}`, { type, value: plain })
  }
  return [...unique.values()]
}

/**
 * Recognises the machine behind `sighted`, strongest identifier first. Two different host ids are two machines whatever
 * else they share (a cloned host key, a container's host name); an address alone tells nothing once host keys differ. A source is
 * never a machine: it is what its host's own number for it says, else what it is called. A name under which the host now keeps another is that one's.
 * `candidates` are all known machines that share an identifier with it.
 */
export function recognise(sighted: readonly Identifier[], candidates: readonly KnownMachine[]): Recognition {
  if (values(sighted, 'source-id').length > 0) return sameSource(sighted, candidates)
  const byHostId = candidates.filter((machine) => shares(sighted, machine, 'host-id'))
  const conflicts: Recognition['conflicts'][number][] = []
  const possible = candidates.filter((machine) => {
    const contradiction = contradicts(sighted, machine)
    if (contradiction !== null) conflicts.push({ machineId: machine.id, identifier: contradiction })
    return contradiction === null
  })
  // What machines proven different hold in common ties nobody to either of them.
  const contested = new Set(conflicts.map(({ identifier }) => identifier))
  const telling = sighted.filter((identifier) => !contested.has(identifier))
  const same = byHostId.length > 0 ? possible.filter((machine) => sharesAny(telling, machine)) : strongest(sighted, possible)
  const first = byHostId.length > 0 ? newest(byHostId) : eldest(same)
  if (first === null) return { machineId: null, merge: [], conflicts, renamed: [] }
  return { machineId: first.id, merge: provenSame(first, same).map((machine) => machine.id), conflicts, renamed: [] }
}

function sameSource(sighted: readonly Identifier[], candidates: readonly KnownMachine[]): Recognition {
  const same = candidates.filter((machine) => shares(sighted, machine, 'source-uid') || (shares(sighted, machine, 'source-id') && !differ(sighted, machine, 'source-uid')))
  const first = eldest(same)
  const renamed = candidates.flatMap((machine) => (same.includes(machine) ? [] : machine.identifiers.filter((one) => one.type === 'source-id' && values(sighted, 'source-id').includes(one.value)).map((identifier) => ({ machineId: machine.id, identifier }))))
  return { machineId: first?.id ?? null, merge: same.filter((machine) => machine.id !== first?.id && (first === null || !differ(first.identifiers, machine, 'source-uid'))).map((machine) => machine.id), conflicts: [], renamed }
}

/** The identifier they share although they cannot be one machine; null when nothing speaks against it. */
function contradicts(sighted: readonly Identifier[], machine: KnownMachine): Identifier | null {
  const shared = (type: MachineIdentifierType) => sighted.find((one) => one.type === type && machine.identifiers.some((other) => other.type === type && other.value === one.value))
  const weaker = shared('ssh-host-key') ?? shared('dns-name') ?? shared('address')
  if (weaker === undefined) return null
  if (differ(sighted, machine, 'host-id')) return weaker
  const addressAlone = weaker.type === 'address' && !shares(sighted, machine, 'host-id')
  return addressAlone && differ(sighted, machine, 'ssh-host-key') ? weaker : null
}

/**
 * Without a host id: the machines that share the strongest kind of identifier. When several do, and their own host ids
 * say they are different machines, a weaker identifier must single one out; if none does, nothing is proven.
 */
function strongest(sighted: readonly Identifier[], possible: readonly KnownMachine[]): KnownMachine[] {
  for (const type of ['ssh-host-key', 'dns-name', 'address'] as const) {
    const matching = possible.filter((machine) => shares(sighted, machine, type))
    if (matching.length === 0) continue
    if (!areDistinct(matching)) return [...matching, ...weakerTies(sighted, possible, matching)]
    return singledOut(sighted, matching, type)
  }
  return []
}

/** Machines tied by a weaker identifier only, which the match itself does not contradict. */
function weakerTies(sighted: readonly Identifier[], possible: readonly KnownMachine[], matching: readonly KnownMachine[]): KnownMachine[] {
  const hostIds = new Set(matching.flatMap((machine) => values(machine.identifiers, 'host-id')))
  const keys = new Set([...values(sighted, 'ssh-host-key'), ...matching.flatMap((machine) => values(machine.identifiers, 'ssh-host-key'))])
  return possible.filter((machine) => {
    if (matching.includes(machine)) return false
    const own = values(machine.identifiers, 'host-id')
    const ownKeys = values(machine.identifiers, 'ssh-host-key')
    return (own.length === 0 || hostIds.size === 0 || own.some((id) => hostIds.has(id))) && (ownKeys.length === 0 || keys.size === 0 || ownKeys.some((key) => keys.has(key)))
  })
}

function singledOut(sighted: readonly Identifier[], matching: readonly KnownMachine[], type: MachineIdentifierType): KnownMachine[] {
  for (const weaker of ['dns-name', 'address'] as const) {
    const narrowed = matching.filter((machine) => shares(sighted, machine, weaker))
    if (narrowed.length === 1) return narrowed
  }
  // A name or an address belongs to whoever had it last; a key two machines hold belongs to neither alone.
  const last = newest(matching)
  return type === 'ssh-host-key' || last === null ? [] : [last]
}

/** Whether the machines carry host ids that cannot belong to one machine. */
function areDistinct(machines: readonly KnownMachine[]): boolean {
  const sets = machines.map((machine) => values(machine.identifiers, 'host-id')).filter((ids) => ids.length > 0)
  return sets.some((one, index) => sets.slice(index + 1).some((other) => !one.some((id) => other.includes(id))))
}

/** Which of `same` are the machine `first` itself: those whose host ids do not say otherwise. */
function provenSame(first: KnownMachine, same: readonly KnownMachine[]): KnownMachine[] {
  const group: KnownMachine[] = [first]
  for (const machine of same) {
    if (machine.id !== first.id && !areDistinct([...group, machine])) group.push(machine)
  }
  return group.slice(1)
}

function differ(sighted: readonly Identifier[], machine: KnownMachine, type: MachineIdentifierType): boolean {
  const mine = values(sighted, type)
  const theirs = values(machine.identifiers, type)
  return mine.length > 0 && theirs.length > 0 && !mine.some((value) => theirs.includes(value))
}

function shares(sighted: readonly Identifier[], machine: KnownMachine, type: MachineIdentifierType): boolean {
  const theirs = values(machine.identifiers, type)
  return values(sighted, type).some((value) => theirs.includes(value))
}

function sharesAny(sighted: readonly Identifier[], machine: KnownMachine): boolean {
  return sighted.some((one) => machine.identifiers.some((other) => other.type === one.type && other.value === one.value))
}

function values(identifiers: readonly Identifier[], type: MachineIdentifierType): string[] {
  return identifiers.filter((identifier) => identifier.type === type).map((identifier) => identifier.value)
}

/** The one whose id lives on: known by a host id before others, then the first known. */
function eldest(machines: readonly KnownMachine[]): KnownMachine | null {
  const rank = (machine: KnownMachine) => `${values(machine.identifiers, 'host-id').length > 0 ? 0 : 1} ${machine.id}`
  return machines.reduce<KnownMachine | null>((best, machine) => (best === null || rank(machine) < rank(best) ? machine : best), null)
}

/** The one seen last. */
function newest(machines: readonly KnownMachine[]): KnownMachine | null {
  return machines.reduce<KnownMachine | null>((best, machine) => {
    if (best === null) return machine
    const newer = machine.lastSeen.getTime() - best.lastSeen.getTime()
    return newer > 0 || (newer === 0 && machine.id < best.id) ? machine : best
  }, null)
}
