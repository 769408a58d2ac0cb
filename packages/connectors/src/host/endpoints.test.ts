import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import type { EndpointSighting, Observation } from '@muster/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EndpointProber } from './endpoint-prober.ts'
import { PlantedTree } from './planted.testing.ts'
import { networkProber } from './prober.ts'
import { machineWith, takeRoll, type Roll } from './scan.testing.ts'
import { localSystem } from '../local/system.ts'

const tree = new PlantedTree()
const children: ChildProcess[] = []
let mute: Server
const ports = { ssh: 0, tls: 0, mute: 0 }
let roll: Roll

/** A server process, once it has said `ready` on its standard error. */
async function start(command: string, args: readonly string[], ready: RegExp): Promise<ChildProcess> {
  const child = spawn(command, args, { cwd: tree.root, stdio: ['ignore', 'ignore', 'pipe'] })
  children.push(child)
  let said = ''
  await new Promise<void>((resolve, reject) => {
    child.stderr!.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (ready.test(said)) resolve()
    })
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`${command} ended: ${said}`)))
  })
  return child
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** The machine with only this test's sockets: nothing else that runs here is probed. */
const onlyOurs = machineWith(
  {},
  {
    listeningSockets: async (signal) => {
      const table = await localSystem().listeningSockets(signal)
      return { ...table, sockets: table.sockets.filter(({ port }) => Object.values(ports).includes(port)) }
    },
  },
)

beforeAll(async () => {
  tree.openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'tls.key',
    '-out',
    'tls.pem',
    '-days',
    '2',
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=DNS:localhost',
  )
  tree.tool('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', 'host_key')
  ports.ssh = await freePort()
  ports.tls = await freePort()
  mute = createServer(() => undefined).listen(0, '127.0.0.1')
  await new Promise((resolve) => mute.once('listening', resolve))
  ports.mute = (mute.address() as AddressInfo).port
  tree.write(
    'nginx.conf',
    `pid ${tree.root}/nginx.pid; error_log stderr notice; events {}
    http { access_log off; server { listen 127.0.0.1:${ports.tls} ssl; ssl_certificate ${tree.root}/tls.pem; ssl_certificate_key ${tree.root}/tls.key; } }`,
  )
  tree.write('sshd_config', `Port ${ports.ssh}\nListenAddress 127.0.0.1\nHostKey ${tree.root}/host_key\nPidFile none\n`)
  if (process.getuid!() === 0 && !existsSync('/run/sshd')) mkdirSync('/run/sshd', { mode: 0o755 })
  await start('/usr/sbin/nginx', ['-p', tree.root, '-c', `${tree.root}/nginx.conf`, '-g', 'daemon off;'], /start worker process/)
  await start('/usr/sbin/sshd', ['-D', '-e', '-f', `${tree.root}/sshd_config`], /Server listening/)
  roll = await takeRoll({
    options: { roots: [tree.root], sockets: true, probeTimeoutMs: 2000 },
    parts: { prober: networkProber, system: onlyOurs },
  })
}, 60_000)
afterAll(async () => {
  mute.close()
  for (const child of children) {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    if (child.exitCode === null && child.kill('SIGTERM')) await ended
  }
  tree.remove()
})

const endpointAt = (port: number): EndpointSighting | undefined =>
  roll.observations.find((each): each is EndpointSighting => isEndpoint(each) && each.port === port)
const isEndpoint = (each: Observation): each is EndpointSighting => each.observation === 'sighting' && each.of === 'endpoint'

test('nginx is found as a TLS endpoint with its process, and its certificate is the one in the file', () => {
  expect(endpointAt(ports.tls)).toMatchObject({
    host: '127.0.0.1',
    protocol: 'tls',
    process: { name: 'nginx', executable: '/usr/sbin/nginx' },
  })
  const places = roll.credentials
    .filter(({ credential }) => credential.fingerprint === tree.certificate('tls.pem'))
    .map(({ location }) => location.kind)
  expect(places.sort()).toEqual(['endpoint', 'file'])
  expect(endpointAt(ports.tls)?.tls?.versions).toContain('TLSv1.2')
})

test('sshd is found with its host key, which is the one in the file', () => {
  expect(endpointAt(ports.ssh)).toMatchObject({
    protocol: 'ssh',
    process: { name: 'sshd' },
    ssh: { banner: expect.stringMatching(/^SSH-2\.0-OpenSSH/) },
  })
  const host = roll.credentials.find(({ location }) => location.kind === 'endpoint' && location.port === ports.ssh)!.credential
    .fingerprint
  const inFile = roll.credentials.filter(
    ({ location }) => location.kind === 'file' && location.path.startsWith(`${tree.root}/host_key`),
  )
  expect(inFile.map(({ credential }) => credential.fingerprint)).toEqual([host, host])
})

test('a socket that says nothing is an endpoint of this process and costs no more than its time', () => {
  expect(endpointAt(ports.mute)).toMatchObject({ protocol: 'unknown', process: { pid: process.pid } })
})

test('coverage says which sockets were asked for and which gave no answer', () => {
  const coverage = roll.observations.find((each) => each.observation === 'coverage' && each.scope.kind === 'sockets')
  expect(coverage).toMatchObject({ scope: { hosts: expect.arrayContaining(['0.0.0.0', '127.0.0.1', '::', '::1']) } })
})

test('a socket bound to every address is probed on loopback and reported as bound; `::` falls back to IPv4', async () => {
  const tried: string[] = []
  const prober: EndpointProber = {
    open: () => ({
      probe: async ({ address }) => {
        tried.push(address)
        return { observations: [], problems: [], answered: address !== '::1' }
      },
    }),
  }
  const system = machineWith(
    {},
    {
      listeningSockets: async () => ({
        available: true,
        complete: false,
        sockets: [
          { address: '0.0.0.0', port: 1, uid: 0, process: null },
          { address: '::', port: 2, uid: 0, process: null },
          { address: '192.0.2.1', port: 3, uid: 0, process: null },
        ],
      }),
    },
  )
  const seen = await takeRoll({ options: { roots: [tree.root], sockets: true }, parts: { prober, system } })
  expect(tried.sort()).toEqual(['127.0.0.1', '127.0.0.1', '192.0.2.1', '::1'])
  expect(seen.observations.filter(isEndpoint).map(({ host, port }) => `${host} ${port}`)).toEqual([
    '0.0.0.0 1',
    ':: 2',
    '192.0.2.1 3',
  ])
  expect(seen.problems.at(-1)).toMatchObject({ code: 'access.denied', where: 'listening sockets' })
})

test('a system that tells no sockets is a problem and not a claim of absence', async () => {
  const system = machineWith({}, { listeningSockets: async () => ({ available: false, complete: false, sockets: [] }) })
  const seen = await takeRoll({ options: { roots: [tree.root], sockets: true }, parts: { prober: networkProber, system } })
  expect(seen.problems.at(-1)).toMatchObject({ code: 'file.unreadable', where: 'listening sockets' })
  expect(seen.observations.some((each) => each.observation === 'coverage' && each.scope.kind === 'sockets')).toBe(false)
})
