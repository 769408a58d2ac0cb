/**
 * Cipher suites and key-exchange groups of a loopback nginx (TLS 1.2 and 1.3, OpenSSL's defaults), by a profile probe and by sslscan
 * with every other check switched off, per CPU-second of the client, in one run and alternating. Muster's suites must hold every one sslscan
 * reports.
 */
import { fileURLToPath } from 'node:url'
import { probeTls } from '@muster/connectors'
import { suiteName } from '../packages/connectors/src/tls/cipher-suites.ts'
import { eachOf, measureCommand, measureHere, round, startNginx } from './loopback.ts'

const PORT = 26_443
const ROUNDS = 3
const PROBES = 12
const SSLSCANS = 6
const CONCURRENCY = 4
const sslscan = [
  'sslscan', '--no-colour', '--no-check-certificate', '--no-heartbleed', '--no-compression', '--no-fallback', '--no-renegotiation', '--no-cipher-details',
  '--xml=-', `127.0.0.1:${PORT}`,
]

export type EnumerateResult = {
  readonly bench: 'enumerate'
  /** Suites both found; `missing` lists what only sslscan reports. */
  readonly suites: number
  readonly groups: number
  readonly missing: readonly string[]
  readonly musterHostsPerCpuSecond: number
  readonly sslscanHostsPerCpuSecond: number
  /** The claim: at least 3. */
  readonly ratio: number
}

export async function run(): Promise<EnumerateResult> {
  const nginx = await startNginx([{ firstPort: PORT, ports: 1, certificates: 1, keyTypes: ['P-256'], settings: 'ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ALL;' }])
  let found: { suites: readonly string[]; groups: readonly string[] } = { suites: [], groups: [] }
  let reported: string[] = []
  let reportedGroups: string[] = []
  let cpuMuster = 0
  let cpuSslscan = 0
  const probe = async (): Promise<void> => {
    const { bindings, problems } = await probeTls({ host: '127.0.0.1', port: PORT }, { depth: 'profile', bothKeyTypes: false, timeoutMs: 30_000 })
    if (problems.length > 0) throw new Error(problems[0]!.message)
    const { cipherSuites, groups } = bindings[0]!.profile
    found = { suites: cipherSuites!.map(({ version, name }) => `${version} ${name}`), groups: groups! }
  }
  try {
    await probe()
    for (let i = 0; i < ROUNDS; i++) {
      const targets = Array.from({ length: PROBES }, (_, at) => at)
      cpuMuster += (await measureHere(() => eachOf(targets, CONCURRENCY, probe))).cpuSeconds
      for (let k = 0; k < SSLSCANS / ROUNDS; k++) {
        const { output, cpuSeconds } = await measureCommand(sslscan)
        cpuSslscan += cpuSeconds
        reported = [...output.matchAll(/<cipher [^>]*sslversion="([^"]+)"[^>]* id="0x([0-9A-Fa-f]{4})"/g)].map(([, version, id]) => `${version} ${suiteName(Number.parseInt(id!, 16))}`)
        reportedGroups = [...output.matchAll(/<group [^>]*name="([^"]+)"/g)].map(([, name]) => name!)
      }
    }
  } finally {
    await nginx.stop()
  }
  const muster = (ROUNDS * PROBES) / cpuMuster
  const peer = SSLSCANS / cpuSslscan
  const groupsFound = found.groups.map((name) => name.toLowerCase())
  const missingGroups = [...new Set(reportedGroups)].filter((name) => !groupsFound.some((group) => name.toLowerCase().includes(group)))
  return {
    bench: 'enumerate', suites: found.suites.length, groups: found.groups.length,
    missing: [...reported.filter((suite) => !found.suites.includes(suite)), ...missingGroups],
    musterHostsPerCpuSecond: round(muster, 1), sslscanHostsPerCpuSecond: round(peer, 1), ratio: round(muster / peer, 2),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify(await run()))
