/** What the network benches share: a loopback nginx on many ports, and the CPU time of child processes. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createTestCertificate, testCa, type TestKeyType } from '@muster/testkit'

export type NginxBlock = { readonly firstPort: number; readonly ports: number; readonly certificates: number; readonly keyTypes: readonly TestKeyType[]; readonly settings: string }

export type Peer = { readonly stop: () => Promise<void> }

/** Waits until something listens. @throws Error after ten seconds */
export async function untilListening(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port })
      socket.once('connect', () => { socket.destroy(); resolve(true) })
      socket.once('error', () => resolve(false))
    })
    if (open) return
    await delay(100)
  }
  throw new Error(`nothing listens on port ${port}`)
}

async function stop(child: ChildProcess, directory: string): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
  await rm(directory, { recursive: true, force: true })
}

/** Starts nginx on the blocks' ports; each block's ports are shared evenly between its certificates (leaf and intermediate). */
export async function startNginx(blocks: readonly NginxBlock[]): Promise<Peer> {
  const directory = await mkdtemp(join(tmpdir(), 'muster-bench-'))
  const ca = testCa({ name: 'Bench' })
  const servers: string[] = []
  for (const [index, block] of blocks.entries()) {
    for (let c = 0; c < block.certificates; c++) {
      const lines: string[] = []
      for (const [k, keyType] of block.keyTypes.entries()) {
        const name = `${index}-${c}-${k}`
        const leaf = createTestCertificate({ issuer: ca.intermediate, keyType, subject: `CN=host-${name}.example.com`, sans: [`dns:host-${name}.example.com`] })
        await writeFile(join(directory, `${name}.pem`), leaf.pem + ca.intermediate.pem)
        await writeFile(join(directory, `${name}.key`), leaf.privateKeyPem)
        lines.push(`ssl_certificate ${directory}/${name}.pem; ssl_certificate_key ${directory}/${name}.key;`)
      }
      for (let port = block.firstPort + c; port < block.firstPort + block.ports; port += block.certificates) lines.push(`listen 127.0.0.1:${port} ssl;`)
      servers.push(`server { ${block.settings}\n${lines.join('\n')}\n}`)
    }
  }
  const configuration = `daemon off; pid ${directory}/pid; error_log ${directory}/error.log crit; worker_processes 1; worker_rlimit_nofile 16384;
events { worker_connections 8192; } http { access_log off; ${servers.join('\n')} }`
  await writeFile(join(directory, 'nginx.conf'), configuration)
  const child = spawn('nginx', ['-e', `${directory}/start.log`, '-c', `${directory}/nginx.conf`], { stdio: 'ignore' })
  await untilListening(blocks.at(-1)!.firstPort)
  return { stop: () => stop(child, directory) }
}

/** Runs a command to its end; gives its output and its CPU seconds, children included. */
export async function measureCommand(command: readonly string[]): Promise<{ readonly output: string; readonly cpuSeconds: number }> {
  // The shell's `times` prints user and system time of its children on its second line.
  const child = spawn('bash', ['-c', '"$@" 2>/dev/null; times >&2', 'bash', ...command], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let times = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => { output += text })
  child.stderr.setEncoding('utf8').on('data', (text: string) => { times += text })
  await new Promise((resolve) => child.once('close', resolve))
  const seconds = [...(times.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)].map(([, minutes, rest]) => Number(minutes) * 60 + Number(rest))
  return { output, cpuSeconds: seconds.reduce((sum, value) => sum + value, 0) }
}

/** CPU seconds of this process while `work` runs. */
export async function measureHere<Result>(work: () => Promise<Result>): Promise<{ readonly result: Result; readonly cpuSeconds: number }> {
  const before = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  return { result, cpuSeconds: (user + system) / 1e6 }
}

/** Runs `work` on each item, `concurrency` at a time. */
export async function eachOf<Item>(items: readonly Item[], concurrency: number, work: (item: Item) => Promise<void>): Promise<void> {
  let next = 0
  await Promise.all(Array.from({ length: concurrency }, async () => {
    while (next < items.length) await work(items[next++]!)
  }))
}

export const round = (value: number, digits = 0): number => Number(value.toFixed(digits))
