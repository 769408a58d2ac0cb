import { createHash } from 'node:crypto'
import type { MachineSighting, ScanProblem } from '@muster/core'
import type { HostSystem } from './system.ts'

/** The scan-local name of the machine the scan runs on. */
export const THIS_MACHINE = 'this-machine'

/** Keeps the digest apart from every other use of a machine id (machine-id(5) asks applications to hash it with their own key). */
const HOST_ID_PREFIX = 'muster host-id v1\0'

/**
 * The machine's sighting: its hashed id, SSH host keys (SPKI SHA-256, given), names and addresses. A machine without an id is
 * reported by the rest, with a problem that says what that means.
 */
export async function machineSighting(
  system: HostSystem,
  hostKeys: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly sighting: MachineSighting; readonly problems: readonly ScanProblem[] }> {
  const id = await machineId(system, signal)
  const name = system.hostname().toLowerCase()
  const names = new Set(
    [fullName(system.readText('/etc/hosts') ?? '', name), name].filter(
      (each) => each !== null && !/^localhost(?:\.|$)/.test(each),
    ),
  )
  const identifiers: MachineSighting['identifiers'] = []
  if (id !== null)
    identifiers.push({ type: 'host-id', value: createHash('sha256').update(HOST_ID_PREFIX).update(id).digest('hex') })
  for (const value of hostKeys.slice(0, 16)) identifiers.push({ type: 'ssh-host-key', value })
  for (const value of names) if (value !== null) identifiers.push({ type: 'dns-name', value })
  for (const value of system.addresses().slice(0, 32)) identifiers.push({ type: 'address', value: value.toLowerCase() })
  const problems: ScanProblem[] =
    id !== null
      ? []
      : [
          {
            code: 'object.not-found',
            where: '/etc/machine-id',
            message:
              'this machine has no machine id, so it is recognised again by its SSH host keys, names and addresses; systemd-machine-id-setup makes one',
          },
        ]
  const sighting: MachineSighting = {
    observation: 'sighting',
    of: 'machine',
    ref: THIS_MACHINE,
    machineKind: isWorkload(system) ? 'workload' : 'device',
    name: (name === '' ? THIS_MACHINE : name).slice(0, 255),
    identifiers: identifiers.slice(0, 64),
    operatingSystem: await operatingSystem(system, signal),
  }
  return { sighting, problems }
}

async function machineId(system: HostSystem, signal: AbortSignal): Promise<string | null> {
  if (system.platform === 'darwin') {
    const registry = await system.run('/usr/sbin/ioreg', ['-rd1', '-c', 'IOPlatformExpertDevice'], signal)
    return /"IOPlatformUUID"\s*=\s*"([0-9A-Fa-f-]{36})"/.exec(registry ?? '')?.[1]?.toLowerCase() ?? null
  }
  for (const path of ['/etc/machine-id', '/var/lib/dbus/machine-id']) {
    const id = system.readText(path)?.trim().toLowerCase() ?? ''
    // While it is being set up the file says "uninitialized" (machine-id(5)).
    if (/^[0-9a-f]{32}$/.test(id) && !/^0+$/.test(id)) return id
  }
  const product = system.readText('/sys/class/dmi/id/product_uuid')?.trim().toLowerCase() ?? ''
  return /^[0-9a-f-]{36}$/.test(product) && !/^[0-]+$|^[f-]+$/.test(product) ? product : null
}

/** The first name of the line of hosts(5) that names the machine, when it has a domain. */
function fullName(hosts: string, name: string): string | null {
  for (const line of hosts.split('\n', 100_000)) {
    const [, ...names] = line.replace(/#.*/, '').trim().toLowerCase().split(/\s+/)
    if (!names.includes(name)) continue
    const full = names.find((each) => each.includes('.') && each.length <= 253)
    if (full !== undefined) return full
  }
  return null
}

/** Containers and virtual machines are workloads, what stands on metal is a device. */
function isWorkload(system: HostSystem): boolean {
  if (system.platform === 'darwin') return false
  if (system.readText('/run/.containerenv') !== null || system.readText('/.dockerenv') !== null) return true
  return /^flags\s*:.*\bhypervisor\b/m.test(system.readText('/proc/cpuinfo') ?? '')
}

async function operatingSystem(system: HostSystem, signal: AbortSignal): Promise<string | null> {
  if (system.platform === 'darwin') {
    const version = (await system.run('/usr/bin/sw_vers', ['-productVersion'], signal))?.trim()
    return version === undefined || version === '' ? 'macOS' : `macOS ${version}`.slice(0, 256)
  }
  const release = system.readText('/etc/os-release') ?? system.readText('/usr/lib/os-release')
  const name = /^PRETTY_NAME=(?:"([^"\n]*)"|'([^'\n]*)'|(.*))$/m.exec(release ?? '')
  return (name?.[1] ?? name?.[2] ?? name?.[3])?.slice(0, 256) ?? null
}

/** What the scan may see: `root` or `user:NAME`. */
export function rightsOf(system: HostSystem): string {
  return system.effectiveUid() === 0 ? 'root' : `user:${system.userName()}`.slice(0, 300)
}
