/**
 * Reading the certificates of 2,000 loopback endpoints, by the TLS connector, by nmap's ssl-cert and by `tls.connect`, and of
 * endpoints that accept TLS 1.3 alone, in one run and in alternating rounds, per CPU-second of the client. nmap and Muster must find the
 * same leaf at every port. Muster is measured without and with asking each endpoint for a second certificate.
 */
import { hash } from 'node:crypto'
import { connect, createSecureContext } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { tlsConnector } from '@muster/connectors'
import { systemClock } from '@muster/core'
import { eachOf, measureCommand, measureHere, round, startNginx } from './loopback.ts'

const FIRST = 20_000
const ENDPOINTS = 2000
const FIRST_13 = 23_000
const ENDPOINTS_13 = 500
const ROUNDS = 2
const CONCURRENCY = 64

type Leaves = Map<number, string>

async function viaMuster(first: number, count: number, bothKeyTypes: boolean): Promise<Leaves> {
  const leaves: Leaves = new Map()
  const options = tlsConnector.options.parse({ targets: [`127.0.0.1:${first}-${first + count - 1}`], bothKeyTypes, concurrency: CONCURRENCY })
  const context = { clock: systemClock, signal: new AbortController().signal, resumeFrom: null, passphrases: [] }
  for await (const { observations, problems } of tlsConnector.scan(options, context)) {
    if (problems.length > 0) throw new Error(problems[0]!.message)
    for (const seen of observations) {
      if (seen.observation !== 'sighting' || seen.of !== 'credential' || seen.location.kind !== 'endpoint' || seen.location.position !== 0) continue
      leaves.set(seen.location.port, seen.credential.fingerprint)
    }
  }
  return leaves
}

async function viaNmap(first: number, count: number): Promise<{ leaves: Leaves; cpuSeconds: number }> {
  const ports = `${first}-${first + count - 1}`
  const { output, cpuSeconds } = await measureCommand(['nmap', '-sT', '-Pn', '-n', '-T5', '-p', ports, '--script', '+ssl-cert', '-oX', '-', '127.0.0.1'])
  const leaves: Leaves = new Map()
  for (const [, port, block] of output.matchAll(/<port protocol="tcp" portid="(\d+)">([\s\S]*?)<\/port>/g)) {
    const pem = /<elem key="pem">([\s\S]*?)<\/elem>/.exec(block!)?.[1]
    if (pem !== undefined) leaves.set(Number(port), hash('sha256', Buffer.from(/BEGIN CERTIFICATE(.*)-&#45;&#45;&#45;&#45;END/s.exec(pem.replaceAll('&#xa;', ''))?.[1]?.replaceAll(/-|&#45;/g, '') ?? '', 'base64'), 'hex'))
  }
  return { leaves, cpuSeconds }
}

const shared = createSecureContext()

/** As a program would: handshake, then the chain. The context is shared, which is faster than Node's default of one each. */
function viaTlsConnect(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, secureContext: shared }, () => {
      const leaf = socket.getPeerX509Certificate()
      socket.destroy()
      if (leaf === undefined) reject(new Error('no certificate'))
      else if (hash('sha256', leaf.raw, 'hex') !== '') resolve()
    })
    socket.once('error', reject)
  })
}

const portsFrom = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => first + i)

export type TlsResult = {
  readonly bench: 'tls'
  readonly endpoints: number
  readonly sameCertificates: boolean
  readonly musterPerCpuSecond: number
  readonly musterBothKeyTypesPerCpuSecond: number
  readonly nmapPerCpuSecond: number
  readonly tlsConnectPerCpuSecond: number
  /** The claims: at least 8, 3 and 1.3. */
  readonly ratioToNmap: number
  readonly ratioToTlsConnect: number
  readonly tls13RatioToTlsConnect: number
  /** The same while asking every endpoint for a second certificate. */
  readonly bothKeyTypesRatioToNmap: number
  readonly tls13PerCpuSecond: number
  readonly tls13TlsConnectPerCpuSecond: number
}

export async function run(): Promise<TlsResult> {
  const nginx = await startNginx([
    { firstPort: FIRST, ports: ENDPOINTS, certificates: 20, keyTypes: ['P-256'], settings: 'ssl_protocols TLSv1.2 TLSv1.3;' },
    { firstPort: FIRST_13, ports: ENDPOINTS_13, certificates: 5, keyTypes: ['P-256'], settings: 'ssl_protocols TLSv1.3;' },
  ])
  const cpu = { muster: 0, both: 0, connect: 0, muster13: 0, connect13: 0 }
  try {
    let leaves: Leaves = new Map()
    const portsOfQuarter = portsFrom(FIRST, ENDPOINTS / 4)
    const ports13 = portsFrom(FIRST_13, ENDPOINTS_13)
    let byNmap: Awaited<ReturnType<typeof viaNmap>> | null = null
    for (let i = 0; i < ROUNDS; i++) {
      const one = await measureHere(() => viaMuster(FIRST, ENDPOINTS, false))
      leaves = one.result
      cpu.muster += one.cpuSeconds
      cpu.both += (await measureHere(() => viaMuster(FIRST, ENDPOINTS, true))).cpuSeconds
      // A quarter of the endpoints tells the rate as well.
      cpu.connect += (await measureHere(() => eachOf(portsOfQuarter, CONCURRENCY, viaTlsConnect))).cpuSeconds * 4
      cpu.muster13 += (await measureHere(() => viaMuster(FIRST_13, ENDPOINTS_13, false))).cpuSeconds
      cpu.connect13 += (await measureHere(() => eachOf(ports13, CONCURRENCY, viaTlsConnect))).cpuSeconds
      byNmap ??= await viaNmap(FIRST, ENDPOINTS)
    }
    const nmap = byNmap!
    const nmapSeconds = nmap.cpuSeconds
    const sameCertificates = leaves.size === ENDPOINTS && nmap.leaves.size === ENDPOINTS && [...leaves].every(([port, leaf]) => nmap.leaves.get(port) === leaf)
    return {
      bench: 'tls', endpoints: ENDPOINTS, sameCertificates,
      musterPerCpuSecond: round((ENDPOINTS * ROUNDS) / cpu.muster), musterBothKeyTypesPerCpuSecond: round((ENDPOINTS * ROUNDS) / cpu.both),
      nmapPerCpuSecond: round(ENDPOINTS / nmapSeconds), tlsConnectPerCpuSecond: round((ENDPOINTS * ROUNDS) / cpu.connect),
      ratioToNmap: round((nmapSeconds * ROUNDS) / cpu.muster, 1), ratioToTlsConnect: round(cpu.connect / cpu.muster, 1),
      tls13RatioToTlsConnect: round(cpu.connect13 / cpu.muster13, 2), bothKeyTypesRatioToNmap: round((nmapSeconds * ROUNDS) / cpu.both, 1),
      tls13PerCpuSecond: round((ENDPOINTS_13 * ROUNDS) / cpu.muster13), tls13TlsConnectPerCpuSecond: round((ENDPOINTS_13 * ROUNDS) / cpu.connect13),
    }
  } finally {
    await nginx.stop()
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify(await run()))
