import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const entry = (name: string) => (isAbsolute(name) ? name : fileURLToPath(new URL(name, import.meta.url)))
const PASSWORD = 'correct horse battery staple'

type Program = { readonly child: ChildProcess; stdout: string; stderr: string; readonly exited: Promise<number | string | null> }

function run(file: string, ...argv: readonly string[]): Program {
  const child = spawn(process.execPath, [entry(file), ...argv], { stdio: ['ignore', 'pipe', 'pipe'] })
  const program: Program = { child, stdout: '', stderr: '', exited: once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string | null) }
  child.stdout!.on('data', (chunk: Buffer) => { program.stdout += chunk.toString() })
  child.stderr!.on('data', (chunk: Buffer) => { program.stderr += chunk.toString() })
  return program
}

async function until<Value>(what: string, attempt: () => Value | null | undefined | Promise<Value | null | undefined>, program: Program): Promise<Value> {
  for (let waited = 0; waited < 50_000; waited += 50) {
    const value = await attempt()
    if (value !== null && value !== undefined && value !== false) return value
    if (program.child.exitCode !== null) break
    await delay(50)
  }
  throw new Error(`${what} did not happen:\n${program.stdout}\n${program.stderr.slice(-3000)}`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

describe('the server as a process', () => {
  let home: string
  let data: string
  let url: string
  let running: Program
  const programs: Program[] = []

  const start = () => {
    const program = run('main.ts', '--data', data, '--listen', url.slice('http://'.length), '--first-scan', 'false')
    programs.push(program)
    return program
  }
  const ready = (program: Program) => until('ready', async () => (await fetch(`${url}/readyz`).catch(() => null))?.ok, program)
  const post = (path: string, body: object) => fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'muster-main-'))
    // As root the database runs under another account, which must be able to pass through.
    await chmod(home, 0o711)
    data = join(home, 'data')
    url = `http://127.0.0.1:${await freePort()}`
  })
  afterAll(async () => {
    for (const { child, exited } of programs) {
      child.kill('SIGTERM')
      await exited
    }
    await rm(home, { recursive: true, force: true })
  })

  it('answers at once while it starts, then prints one sign-in link and nothing else to stdout', async () => {
    running = start()
    const first = await until('an answer', () => fetch(url).catch(() => null), running)
    expect([200, 503]).toContain(first.status)
    if (first.status === 503) expect(await first.text()).toContain('Muster is starting')
    const link = await until('the link', () => /^\S+\n$/.exec(running.stdout)?.[0].trim(), running)
    expect(link).toMatch(new RegExp(`^${url}/sign-in#token=[\\w-]{43}$`))
    await ready(running)
    const session = await post('/api/v1/sign-in-links/redeem', { token: link.split('=')[1], email: 'ann@example.com', name: 'Ann', password: PASSWORD })
    expect(session.status).toBe(200)
    expect(running.stderr).not.toContain(link.split('=')[1])
  })

  it('gives a token to its own host while it runs', async () => {
    const program = run('token.ts', '--data', data, '--role', 'administrator', '--name', 'ci', '--json')
    expect([await program.exited, program.stderr]).toEqual([0, ''])
    const { token, apiToken } = JSON.parse(program.stdout) as { token: string; apiToken: { name: string; role: string } }
    expect(apiToken).toMatchObject({ name: 'ci', role: 'administrator' })
    const response = await fetch(`${url}/api/v1/server`, { headers: { authorization: `Bearer ${token}` } })
    expect(await response.json()).toMatchObject({ store: { kind: 'embedded' }, listen: url })
  })

  it('refuses a port that is taken, naming it, and wrong arguments', async () => {
    const second = run('main.ts', '--data', join(home, 'other'), '--listen', url.slice('http://'.length))
    expect(await second.exited).toBe(1)
    expect(second.stderr).toContain(`port ${new URL(url).port}: something else listens there already; choose another with --listen HOST:PORT`)
    const wrong = run('main.ts', '--listne', 'x')
    expect([await wrong.exited, wrong.stderr.includes('did you mean --listen')]).toEqual([2, true])
    const nowhere = run('main.ts', '--data', '/dev/null/muster')
    expect([await nowhere.exited, nowhere.stderr]).toEqual([1, expect.stringMatching(/^muster: cannot mkdir \/dev\/null\/muster: \S[^\n]*\n$/)])
    const role = run('token.ts', '--data', data, '--role', 'king')
    expect([await role.exited, role.stdout]).toEqual([2, ''])
  })

  it('says what to do where the packages are not installed yet', async () => {
    const bin = join(home, 'checkout', 'packages', 'server', 'bin')
    await mkdir(bin, { recursive: true })
    // Without a package.json of its own it would be read as CommonJS.
    await writeFile(join(home, 'checkout', 'package.json'), '{"type":"module"}')
    await copyFile(entry('../bin/start.js'), join(bin, 'start.js'))
    const early = run(join(bin, 'start.js'))
    expect([await early.exited, early.stderr]).toEqual([2, 'muster: its packages are not here yet: run npm ci first\n'])
    const help = run('../bin/start.js', '--help')
    expect([await help.exited, help.stdout.includes('MUSTER_DATA_DIR')]).toEqual([0, true])
  })

  it('keeps what it acknowledged when it is killed, and asks for no second administrator', async () => {
    running.child.kill('SIGKILL')
    expect(await running.exited).toBe('SIGKILL')
    running = start()
    await ready(running)
    expect((await post('/api/v1/session', { email: 'ann@example.com', password: PASSWORD })).status).toBe(200)
    expect(running.stdout).toBe('')
  })

  it('stops gracefully when asked, with 0', async () => {
    running.child.kill('SIGTERM')
    expect(await running.exited).toBe(0)
    expect(running.stderr).toContain('muster: stopping (SIGTERM)')
  })

  it('gives a token while it is stopped, with the database started for that moment', async () => {
    const program = run('token.ts', '--data', data, '--role', 'viewer', '--days', 'never')
    expect([await program.exited, program.stderr]).toEqual([0, ''])
    expect(program.stdout).toMatch(/^mst_[\w-]{43}\n$/)
  })
}, 120_000)
