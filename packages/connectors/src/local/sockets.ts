import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ProcessFacts } from '@muster/core'
import type { HostSystem } from './system.ts'

/** A TCP socket in state LISTEN, and its process as far as it can be seen. */
export type ListeningSocket = {
  /** As bound: `0.0.0.0` and `::` stand for every address. IPv4-mapped addresses are given as IPv4. */
  readonly address: string
  readonly port: number
  /** Owner of the socket, which is known even where the process is not. */
  readonly uid: number | null
  readonly process: ProcessFacts | null
}

export type SocketTable = {
  readonly sockets: readonly ListeningSocket[]
  readonly complete: boolean
  readonly available: boolean
}

type SocketRow = { readonly address: string; readonly port: number; readonly uid: number; readonly inode: string }

const MAX_SOCKETS = 20_000
/** Processes looked into before other work of this one gets its turn. */
const TURN_PROCESSES = 20
const TCP_LISTEN = '0A'

/** The machine's listening TCP sockets: `/proc` on Linux, lsof(8) on macOS. `available` is false where neither answers. */
export async function listeningSockets(system: HostSystem, signal: AbortSignal): Promise<SocketTable> {
  if (system.platform === 'darwin') {
    const output = await system.run('/usr/sbin/lsof', ['-nP', '-iTCP', '-sTCP:LISTEN', '-FpcLun'], signal)
    return output === null
      ? { sockets: [], complete: false, available: false }
      : { sockets: parseLsof(output), complete: system.effectiveUid() === 0, available: true }
  }
  const tables = [system.readText('/proc/net/tcp'), system.readText('/proc/net/tcp6')]
  if (tables.every((table) => table === null)) return { sockets: [], complete: false, available: false }
  const rows = tables.flatMap((table) => parseProcNetTcp(table ?? '')).slice(0, MAX_SOCKETS)
  const owners = await socketOwners(new Set(rows.map((row) => row.inode)), signal)
  const users = userNames(system)
  const sockets = rows.map((row): ListeningSocket => {
    const pid = owners.get(row.inode)
    return { address: row.address, port: row.port, uid: row.uid, process: pid === undefined ? null : processFacts(pid, users) }
  })
  return { sockets: distinct(sockets), complete: sockets.every((socket) => socket.process !== null), available: true }
}

/** The LISTEN rows of `/proc/net/tcp` or `tcp6` (proc(5)): addresses are hex words in the machine's byte order. */
export function parseProcNetTcp(text: string): SocketRow[] {
  return text.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/)
    const [hexAddress, hexPort] = (fields[1] ?? '').split(':')
    if (fields[3] !== TCP_LISTEN || hexAddress === undefined || hexPort === undefined) return []
    const address = decodeAddress(hexAddress)
    const port = Number.parseInt(hexPort, 16)
    const uid = Number(fields[7])
    const inode = fields[9]
    if (address === null || !(port >= 1 && port <= 65_535) || !Number.isInteger(uid) || inode === undefined) return []
    return [{ address, port, uid, inode }]
  })
}

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

function decodeAddress(hex: string): string | null {
  if (!/^(?:[0-9A-F]{8}|[0-9A-F]{32})$/i.test(hex)) return null
  const bytes = Buffer.from(hex, 'hex')
  if (LITTLE_ENDIAN) bytes.swap32()
  if (bytes.length === 4) return bytes.join('.')
  if (bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff)
    return bytes.subarray(12).join('.')
  return compressIpv6(bytes)
}

/** RFC 5952: lower case, the longest run of at least two zero groups as `::`. */
function compressIpv6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2))
  let best = { start: -1, length: 1 }
  for (let start = 0; start < 8; start++) {
    let length = 0
    while (start + length < 8 && groups[start + length] === 0) length++
    if (length > best.length) best = { start, length }
  }
  if (best.start < 0) return groupsText(groups)
  return `${groupsText(groups.slice(0, best.start))}::${groupsText(groups.slice(best.start + best.length))}`
}

function groupsText(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(':')
}

/** Which process holds each socket inode; sockets of processes the scan may not look into are missing. The lowest pid counts. */
async function socketOwners(inodes: ReadonlySet<string>, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
  const owners = new Map<string, number>()
  const pids = entries('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b)
  for (const [index, pid] of pids.entries()) {
    if (owners.size === inodes.size || signal.aborted) break
    if (index % TURN_PROCESSES === TURN_PROCESSES - 1) await nextTurn()
    for (const handle of entries(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(link(`/proc/${pid}/fd/${handle}`) ?? '')?.[1]
      if (inode !== undefined && inodes.has(inode) && !owners.has(inode)) owners.set(inode, pid)
    }
  }
  return owners
}

function processFacts(pid: number, users: ReadonlyMap<number, string>): ProcessFacts | null {
  let status: string
  try {
    status = readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return null
  }
  const uid = Number(/^Uid:\s*\d+\s+(\d+)/m.exec(status)?.[1] ?? Number.NaN)
  // The kernel marks an executable that was replaced since the start, as by an upgrade.
  const executable = link(`/proc/${pid}/exe`)?.replace(/ \(deleted\)$/, '') ?? null
  const called = /^Name:\s*(.*)$/m.exec(status)?.[1] ?? ''
  // Node.js calls the thread it began with so, and all its programs alike.
  const name = called === 'MainThread' && executable !== null ? basename(executable) : called
  return {
    pid,
    name: name.slice(0, 256),
    executable: executable?.slice(0, 4096) ?? null,
    user: Number.isNaN(uid) ? null : (users.get(uid) ?? String(uid)),
  }
}

/** The sockets in lsof(8) `-F pcLun` output. */
export function parseLsof(output: string): ListeningSocket[] {
  const sockets: ListeningSocket[] = []
  let current = { pid: 0, name: '', user: null as string | null, uid: null as number | null }
  for (const line of output.split('\n')) {
    const value = line.slice(1)
    switch (line[0]) {
      case 'p':
        current = { pid: Number(value), name: '', user: null, uid: null }
        break
      case 'c':
        current.name = value
        break
      case 'L':
        current.user = value
        break
      case 'u':
        current.uid = Number(value)
        break
      case 'n': {
        const match = /^(?:\[(?<six>[^\]]+)\]|(?<four>[^:]+)):(?<port>\d+)$/.exec(value)
        const port = Number(match?.groups?.['port'])
        if (match === null || !(port >= 1 && port <= 65_535) || !(current.pid > 0)) break
        const host = match.groups?.['six'] ?? match.groups?.['four'] ?? ''
        sockets.push({
          address: host === '*' ? '0.0.0.0' : host,
          port,
          uid: current.uid,
          process: { pid: current.pid, name: current.name.slice(0, 256), executable: null, user: current.user },
        })
      }
    }
  }
  return distinct(sockets).slice(0, MAX_SOCKETS)
}

/** One socket per address and port: workers of one service share a port (SO_REUSEPORT, inherited sockets). */
function distinct(sockets: readonly ListeningSocket[]): ListeningSocket[] {
  const byPlace = new Map<string, ListeningSocket>()
  for (const socket of sockets) {
    const place = `${socket.address} ${socket.port}`
    const known = byPlace.get(place)
    if (known === undefined || (known.process === null && socket.process !== null)) byPlace.set(place, socket)
  }
  return [...byPlace.values()]
}

function userNames(system: HostSystem): ReadonlyMap<number, string> {
  const names = new Map<number, string>()
  for (const line of (system.readText('/etc/passwd') ?? '').split('\n')) {
    const [name, , uid] = line.split(':')
    if (name !== undefined && uid !== undefined && !names.has(Number(uid))) names.set(Number(uid), name)
  }
  return names
}

function entries(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

function link(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch {
    return null
  }
}
