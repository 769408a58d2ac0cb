/**
 * Reading the three host keys of a real sshd (RSA, ECDSA, Ed25519), by `probeSsh` and by ssh-keyscan, per CPU-second of the client, in one
 * run and alternating. Both must find the same keys.
 */
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { probeSsh } from '@muster/connectors'
import { eachOf, measureCommand, measureHere, round, untilListening } from './loopback.ts'

const PORT = 26_022
const ROUNDS = 4
const PROBES = 50
const KEYSCANS = 8
const CONCURRENCY = 8

function startSshd(): () => void {
  const directory = mkdtempSync(join(tmpdir(), 'muster-bench-'))
  mkdirSync('/run/sshd', { recursive: true })
  const keys = ['rsa', 'ecdsa', 'ed25519'].map((type) => {
    execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', join(directory, type)])
    return `HostKey ${join(directory, type)}`
  })
  writeFileSync(join(directory, 'config'), [`Port ${PORT}`, 'ListenAddress 127.0.0.1', `PidFile ${directory}/pid`, 'MaxStartups 200:30:400', 'LogLevel QUIET', ...keys].join('\n'))
  const child = spawn('/usr/sbin/sshd', ['-D', '-f', join(directory, 'config')], { stdio: 'ignore' })
  return () => {
    child.kill('SIGTERM')
    rmSync(directory, { recursive: true, force: true })
  }
}

async function viaMuster(found: Set<string>): Promise<void> {
  const { hostKeys, problems } = await probeSsh({ host: '127.0.0.1', port: PORT }, { timeoutMs: 30_000 })
  if (problems.length > 0) throw new Error(problems[0]!.message)
  for (const { sshFingerprint } of hostKeys) found.add(sshFingerprint!)
}

export type SshResult = {
  readonly bench: 'ssh'
  readonly sameKeys: boolean
  readonly musterKeysPerCpuSecond: number
  readonly keyscanKeysPerCpuSecond: number
  /** The claim: at least 50. */
  readonly ratio: number
}

export async function run(): Promise<SshResult> {
  const stop = startSshd()
  const found = new Set<string>()
  const scanned = new Set<string>()
  let cpuMuster = 0
  let cpuKeyscan = 0
  try {
    await untilListening(PORT)
    // The first probe pays for compiling; a scanner runs for long.
    await viaMuster(found)
    for (let i = 0; i < ROUNDS; i++) {
      const targets = Array.from({ length: PROBES }, (_, at) => at)
      cpuMuster += (await measureHere(() => eachOf(targets, CONCURRENCY, () => viaMuster(found)))).cpuSeconds
      for (let k = 0; k < KEYSCANS / ROUNDS; k++) {
        const { output, cpuSeconds } = await measureCommand(['ssh-keyscan', '-p', String(PORT), '-t', 'rsa,ecdsa,ed25519', '127.0.0.1'])
        cpuKeyscan += cpuSeconds
        for (const line of execFileSync('ssh-keygen', ['-l', '-f', '-'], { input: output }).toString().trim().split('\n')) scanned.add(line.split(' ')[1]!)
      }
    }
  } finally {
    stop()
  }
  const muster = (ROUNDS * PROBES * 3) / cpuMuster
  const keyscan = (KEYSCANS * 3) / cpuKeyscan
  return {
    bench: 'ssh', sameKeys: found.size === 3 && [...found].every((key) => scanned.has(key)),
    musterKeysPerCpuSecond: round(muster), keyscanKeysPerCpuSecond: round(keyscan, 1), ratio: round(muster / keyscan, 1),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify(await run()))
