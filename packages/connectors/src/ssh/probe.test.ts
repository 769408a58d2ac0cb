import { execFileSync } from 'node:child_process'
import { manualClock } from '@muster/core'
import type { MachineSighting } from '@muster/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort, serve, startDaemon, Workshop } from '../network/loopback.fixture.ts'
import { tlsConnector } from '../tls/index.ts'
import { probeSsh, sshConnector } from './index.ts'

let workshop: Workshop
const keyTypes = [['rsa', '2048'], ['ecdsa', '256'], ['ecdsa', '384'], ['ecdsa', '521'], ['ed25519', '256']] as const
let keyFiles: string[]

beforeAll(() => {
  workshop = new Workshop()
  keyFiles = keyTypes.map(([type, bits]) => {
    const path = `${workshop.directory}/${type}-${bits}`
    execFileSync('ssh-keygen', ['-q', '-t', type, ...(type === 'ed25519' ? [] : ['-b', bits]), '-N', '', '-f', path])
    return path
  })
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', `${workshop.directory}/ca`])
  execFileSync('ssh-keygen', ['-q', '-s', `${workshop.directory}/ca`, '-I', 'host-1', '-h', '-n', 'host.example', `${workshop.directory}/ed25519-256.pub`])
  execFileSync('mkdir', ['-p', '/run/sshd'])
})
afterAll(() => workshop.remove())

async function withSshd<Result>(lines: readonly string[], use: (port: number) => Promise<Result>): Promise<Result> {
  const port = await freePort()
  const config = workshop.file(`sshd-${port}.conf`, [`Port ${port}`, 'ListenAddress 127.0.0.1', `PidFile ${workshop.directory}/pid-${port}`, 'MaxStartups 100:30:200', ...lines].join('\n'))
  const daemon = await startDaemon('/usr/sbin/sshd', ['-D', '-e', '-f', config], port)
  try {
    return await use(port)
  } finally {
    await daemon.stop()
  }
}

const fingerprintsOfFiles = (files: readonly string[]): string[] => files.map((file) => execFileSync('ssh-keygen', ['-l', '-f', `${file}.pub`]).toString().split(' ')[1]!).sort()

test('every host key of a real sshd is read, with its host certificate and algorithms', async () => {
  await withSshd([...keyFiles.map((file) => `HostKey ${file}`), `HostCertificate ${workshop.directory}/ed25519-256-cert.pub`], async (port) => {
    const probe = await probeSsh({ host: '127.0.0.1', port })
    expect(probe).toMatchObject({ status: 'ssh', problems: [], complete: true })
    const keys = probe.hostKeys.filter(({ kind }) => kind === 'ssh-key')
    expect(keys.map(({ sshFingerprint }) => sshFingerprint).sort()).toEqual(fingerprintsOfFiles(keyFiles))
    expect(probe.hostKeys.find(({ kind }) => kind === 'ssh-certificate')).toMatchObject({ keyId: 'host-1', principals: ['host.example'], certificateType: 'host' })
    expect(probe.profile!.banner).toMatch(/^SSH-2\.0-OpenSSH/)
    expect(probe.profile!.hostKeyFingerprints).toHaveLength(keyFiles.length)
    const effective = execFileSync('/usr/sbin/sshd', ['-T', '-f', `${workshop.directory}/sshd-${port}.conf`]).toString()
    const configured = (keyword: string): string[] => new RegExp(`^${keyword} (.*)$`, 'm').exec(effective)![1]!.split(',')
    expect(probe.profile!.ciphers).toEqual(configured('ciphers'))
    expect(probe.profile!.macs).toEqual(configured('macs'))
    expect(probe.profile!.keyExchange.filter((name) => !name.startsWith('kex-strict'))).toEqual(configured('kexalgorithms'))
  })
})

const exchanges = execFileSync('ssh', ['-Q', 'kex']).toString().trim().split('\n')

test.each(exchanges)('the host key is shown to an exchange by %s', async (exchange) => {
  await withSshd([`HostKey ${keyFiles.at(-1)}`, `KexAlgorithms ${exchange}`], async (port) => {
    const probe = await probeSsh({ host: '127.0.0.1', port })
    expect(probe.problems).toEqual([])
    expect(probe.hostKeys.map(({ sshFingerprint }) => sshFingerprint)).toEqual(fingerprintsOfFiles([keyFiles.at(-1)!]))
  })
})

test('an SSH scan sights the machine by its host keys, the endpoint and each key', async () => {
  await withSshd(keyFiles.slice(0, 2).map((file) => `HostKey ${file}`), async (port) => {
    const context = { clock: manualClock('2026-01-01T00:00:00Z'), signal: new AbortController().signal, resumeFrom: null, passphrases: [] }
    const seen = []
    for await (const { observations } of sshConnector.scan(sshConnector.options.parse({ targets: [`127.0.0.1:${port}`] }), context)) seen.push(...observations)
    const machine = seen[0] as MachineSighting
    expect(machine.identifiers.map(({ type }) => type)).toEqual(['ssh-host-key', 'ssh-host-key', 'address'])
    expect(seen.map((one) => ('of' in one ? one.of : one.observation))).toEqual(['machine', 'endpoint', 'credential', 'credential', 'coverage'])
    expect(seen.at(-1)).toMatchObject({ scope: { kind: 'endpoints', protocols: ['ssh'], hosts: ['127.0.0.1'], ports: [port], unanswered: [] } })
    const byTls = []
    for await (const { observations } of tlsConnector.scan(tlsConnector.options.parse({ targets: [`127.0.0.1:${port}`] }), context)) byTls.push(...observations)
    expect(byTls.flatMap((one) => ('of' in one && one.of === 'endpoint' ? [one.protocol] : []))).toEqual(['ssh'])
  })
})

test('a host key that is not shown makes the probe incomplete', async () => {

  const server = await serve((socket) => socket.write(`SSH-2.0-test\r\n`, () => socket.end()))
  try {
    expect(await probeSsh({ host: '127.0.0.1', port: server.port })).toMatchObject({ status: 'ssh', complete: false, hostKeys: [], problems: [{ code: 'ssh.protocol' }] })
  } finally {
    await server.close()
  }
})

test('a server of SSH 1 is named as such', async () => {
  const server = await serve((socket) => void socket.write('SSH-1.5-old\n'))
  try {
    expect(await probeSsh({ host: '127.0.0.1', port: server.port })).toMatchObject({ status: 'ssh', profile: { banner: 'SSH-1.5-old', keyExchange: [] }, problems: [{ code: 'ssh.protocol' }] })
  } finally {
    await server.close()
  }
})
