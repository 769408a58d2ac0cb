import { DAY_MS, type Labels } from '@muster/core'
import type { EndpointRow, IdentityRow, MachineRow } from '@muster/core/api'
import { hexOf, idOf, pick, unit } from './random.ts'
import type { World } from './world.ts'

const services = ['web', 'api', 'db', 'cache', 'mail', 'ldap', 'ci', 'git', 'vpn', 'edge', 'build', 'queue', 'search', 'proxy', 'files']
const sites = ['fra', 'ams', 'lon', 'nyc', 'sin']
const owners = ['Platform', 'Payments', 'Identity', 'Data', 'Web', 'mara.lindqvist@example.com']
const systems = ['Debian GNU/Linux 13', 'Ubuntu 24.04.3 LTS', 'Red Hat Enterprise Linux 9.6', 'macOS 15.6', null]

/** Name of the n-th machine. */
export function machineName(n: number): string {
  return `${pick(services, n, 1)}-${String(n + 1).padStart(2, '0')}.${pick(sites, n, 2)}.example.net`
}

/** Labels of the n-th thing of a series. */
export function labelsAt(n: number, series: number): Labels {
  const owned = unit(n, series) > 0.3
  return {
    owner: owned ? pick(owners, n, series + 1) : null,
    criticality: owned ? pick(['critical', 'high', 'medium', 'low', null] as const, n, series + 2) : null,
    environment: unit(n, series + 3) > 0.4 ? pick(['production', 'production', 'staging', 'development', 'test'] as const, n, series + 4) : null,
    purpose: unit(n, series + 5) > 0.85 ? 'Customer-facing traffic; renewed by the platform team' : null,
  }
}

export function machineAt(world: World, n: number): MachineRow {
  const severity = pick(['critical', 'high', 'high', 'medium', 'low', null, null] as const, n, 14)
  return {
    id: idOf('a', n),
    name: machineName(n),
    machineKind: unit(n, 15) > 0.85 ? 'workload' : 'device',
    operatingSystem: pick(systems, n, 16),
    identifiers: [
      { type: 'host-id', value: hexOf(n, 17) },
      { type: 'ssh-host-key', value: hexOf(n, 18) },
      { type: 'dns-name', value: machineName(n) },
      { type: 'address', value: `10.20.${Math.floor(n / 250)}.${(n % 250) + 1}` },
    ],
    labels: world.machineLabels.get(n) ?? labelsAt(n, 20),
    credentialCount: 3 + Math.floor(unit(n, 19) * 60),
    endpointCount: 2,
    worstSeverity: severity,
    findingCount: severity === null ? 0 : 1 + Math.floor(unit(n, 13) * 9),
    firstSeen: world.ago(40 * DAY_MS),
    lastSeen: world.ago(unit(n, 12) * DAY_MS),
  }
}

const suites12 = ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256']
const weak12 = ['TLS_RSA_WITH_AES_128_CBC_SHA', 'TLS_RSA_WITH_3DES_EDE_CBC_SHA']
const suites13 = ['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256']

/** Endpoints come in pairs per machine: 2n serves TLS, 2n+1 serves SSH. */
export function endpointAt(world: World, index: number): EndpointRow {
  const n = Math.floor(index / 2)
  const tls = index % 2 === 0
  const old = unit(n, 30) > 0.75
  const quantum = unit(n, 31) > 0.5
  const port = tls ? pick([443, 443, 8443, 25, 636, 5432], n, 32) : 22
  const starttls = tls ? ({ 25: 'smtp', 5432: 'postgres' } as Record<number, string>)[port] ?? null : null
  const leaf = world.leafOfMachine(n)
  return {
    id: idOf('e', index),
    machineId: idOf('a', n),
    machineName: machineName(n),
    host: `10.20.${Math.floor(n / 250)}.${(n % 250) + 1}`,
    port,
    sni: tls && starttls === null ? machineName(n) : null,
    starttls,
    protocol: tls ? 'tls' : 'ssh',
    tls: tls
      ? {
          versions: old ? ['TLSv1.0', 'TLSv1.1', 'TLSv1.2'] : ['TLSv1.2', 'TLSv1.3'],
          cipherSuites: [
            ...(old ? weak12 : []).map((name) => ({ version: 'TLSv1.0' as const, name })),
            ...[...suites12, ...(old ? weak12 : [])].map((name) => ({ version: 'TLSv1.2' as const, name })),
            ...(old ? [] : suites13).map((name) => ({ version: 'TLSv1.3' as const, name })),
          ],
          groups: quantum && !old ? ['X25519MLKEM768', 'x25519', 'secp256r1'] : ['x25519', 'secp256r1', 'secp384r1'],
          alpn: port === 443 ? 'h2' : null,
          ocspStapled: unit(n, 33) > 0.6,
          chains: [world.chainFingerprints(leaf)],
          clientCertificateRequested: port === 5432,
        }
      : null,
    ssh: tls
      ? null
      : {
          banner: old ? 'SSH-2.0-OpenSSH_7.4' : 'SSH-2.0-OpenSSH_10.0p2 Debian-7',
          hostKeyFingerprints: [hexOf(n, 18)],
          keyExchange: old ? ['curve25519-sha256', 'diffie-hellman-group14-sha1', 'diffie-hellman-group1-sha1'] : ['mlkem768x25519-sha256', 'sntrup761x25519-sha512', 'curve25519-sha256'],
          hostKeyAlgorithms: old ? ['ssh-rsa', 'ssh-ed25519'] : ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-ed25519'],
          ciphers: ['chacha20-poly1305@openssh.com', 'aes256-gcm@openssh.com', ...(old ? ['aes128-cbc', '3des-cbc'] : [])],
          macs: ['hmac-sha2-256-etm@openssh.com', ...(old ? ['hmac-sha1'] : [])],
        },
    process: { pid: 400 + n, name: tls ? 'nginx' : 'sshd', executable: tls ? '/usr/sbin/nginx' : '/usr/sbin/sshd', user: tls ? 'www-data' : 'root' },
    worstSeverity: old ? 'high' : null,
    firstSeen: world.ago(40 * DAY_MS),
    lastSeen: world.ago(unit(n, 12) * DAY_MS),
    goneAt: null,
  }
}

export function identityAt(world: World, index: number): IdentityRow {
  const n = Math.floor(index / 3)
  const account = [{ name: 'root', uid: 0 }, { name: 'deploy', uid: 1001 }, { name: pick(['backup', 'mara', 'postgres', 'jenkins'], n, 40), uid: 1002 }][index % 3]!
  return {
    id: idOf('1', index),
    machineId: idOf('a', n),
    machineName: machineName(n),
    system: 'unix',
    name: account.name,
    identityKind: account.name === 'mara' ? 'human' : account.name === 'root' ? 'unknown' : 'machine',
    attributes: { uid: account.uid, shell: account.uid < 1000 && account.uid > 0 ? '/usr/sbin/nologin' : '/bin/bash', home: account.uid === 0 ? '/root' : `/home/${account.name}` },
    credentialCount: Math.floor(unit(index, 41) * 5),
    firstSeen: world.ago(40 * DAY_MS),
    lastSeen: world.ago(unit(n, 12) * DAY_MS),
  }
}
