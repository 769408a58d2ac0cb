import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@muster/core'
import { drawExample } from '@muster/detect'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Environment } from '../environment.ts'
import { exitCodes } from '../exit-codes.ts'
import { scanSecrets } from './scan-secrets.ts'

const live = drawExample('«!checksum ghp_»', Math.random)
const dead = drawExample('«!checksum ghp_»', Math.random)
let asked = 0
let provider: Server
let url: string
let folder: string

beforeAll(async () => {
  provider = createServer((request, response) => {
    asked++
    const known = request.headers.authorization?.endsWith(live) === true
    response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(known ? { login: 'deploy-bot' } : { message: 'Bad credentials' }))
  }).listen(0, '127.0.0.1')
  await once(provider, 'listening')
  url = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
  folder = mkdtempSync(join(tmpdir(), 'muster-verify-'))
  writeFileSync(join(folder, 'a.env'), `GITHUB_TOKEN=${live}\n`)
  writeFileSync(join(folder, 'b.env'), `GITHUB_TOKEN=${dead}\n`)
})
afterAll(() => {
  provider.closeAllConnections()
  provider.close()
  rmSync(folder, { recursive: true })
})

async function run(...argv: string[]) {
  const out: string[] = []
  const terminal = { out: (text: string) => { out.push(text) }, say: (text: string) => { out.push(text) }, interactive: false, outputIsTerminal: false, colours: false, columns: 160 }
  const environment: Environment = { terminal, clock: systemClock, signal: new AbortController().signal, loginFile: '/nowhere', server: null, token: null, rulesPath: null, rulesToml: null, skip: [], readStdin: () => Promise.resolve(Buffer.alloc(0)) }
  const exit = await scanSecrets.run([folder, ...argv], environment)
  return { exit, text: out.join('') }
}

describe('scan secrets --verify', () => {
  it('asks nobody without it', async () => {
    const { exit, text } = await run('--json')
    expect([exit, asked]).toEqual([exitCodes.found, 0])
    expect((JSON.parse(text) as { secrets: { verified: unknown }[] }).secrets.map(({ verified }) => verified)).toEqual([null, null])
  })

  it('asks the provider that was named, and reports what it said without the value', async () => {
    const { text } = await run('--json', '--verify', 'github', '--verify-url', `github=${url}`)
    expect((JSON.parse(text) as { secrets: { file: string; verified: unknown }[] }).secrets.map(({ file, verified }) => [file.slice(-5), verified])).toEqual([['a.env', 'live'], ['b.env', 'dead']])
    const table = await run('--verify', 'github', '--verify-url', `github=${url}`)
    expect(table.text).toMatch(/CHECKED[^]*live[^]*dead/)
    // Where the output goes to a program, places are told whole.
    expect(table.text).toContain(`${join(folder, 'a.env')}:1`)
    expect(text + table.text).not.toMatch(new RegExp(`${live}|${dead}`))
  })

  it('refuses providers nobody knows, and places for nobody', async () => {
    await expect(run('--verify', 'nobody')).rejects.toThrow(/no such provider/)
    await expect(run('--verify-url', `github=${url}`)).rejects.toThrow(/need --verify/)
    await expect(run('--verify', 'github', '--verify-url', url)).rejects.toThrow(/PROVIDER=URL/)
  })
})
