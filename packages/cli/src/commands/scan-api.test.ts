import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemClock } from '@muster/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Environment } from '../environment.ts'
import { exitCodes } from '../exit-codes.ts'
import { scanGithub, scanKubernetes } from './scan-api.ts'

const token = randomBytes(20).toString('hex')
let api: Server
let url: string

beforeAll(async () => {
  const answers: Readonly<Record<string, unknown>> = { '/user': { login: 'mara' }, '/repos/acme/web/actions/secrets': { secrets: [{ name: 'DEPLOY_KEY', updated_at: '2024-02-01T00:00:00Z' }] } }
  api = createServer((request, response) => {
    const answer = request.headers.authorization === `Bearer ${token}` ? answers[request.url!.split('?')[0]!] : undefined
    response.writeHead(answer !== undefined ? 200 : request.headers.authorization === `Bearer ${token}` ? 404 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? {}))
  }).listen(0, '127.0.0.1')
  await once(api, 'listening')
  url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`
})
afterAll(() => { api.closeAllConnections(); api.close() })

async function run(command: typeof scanGithub, argv: readonly string[], given = token) {
  const out: string[] = []
  const terminal = { out: (text: string) => { out.push(text) }, say: (text: string) => { out.push(text) }, interactive: false, outputIsTerminal: false, colours: false, columns: 160 }
  const environment: Environment = { terminal, clock: systemClock, signal: new AbortController().signal, loginFile: '/nowhere', server: null, token: null, rulesPath: null, rulesToml: null, skip: [], readStdin: () => Promise.resolve(Buffer.from(`${given}\n`)) }
  const exit = await command.run(argv, environment)
  return { exit, text: out.join('') }
}

describe('scan github', () => {
  it('lists what the API tells, with a token from standard input that stands in no report', async () => {
    const { exit, text } = await run(scanGithub, ['acme/web', '--api-token-file', '-', '--url', url, '--json'])
    expect(exit).toBe(exitCodes.ok)
    expect(text).toContain('DEPLOY_KEY')
    expect(text).not.toContain(token)
  })

  it('is no clean scan where the token is refused or nobody answers', async () => {
    const refused = await run(scanGithub, ['acme/web', '--api-token-file', '-', '--url', url], 'another')
    expect(refused.exit).toBe(exitCodes.access)
    expect(refused.text).toMatch(/not accepted/)
    expect((await run(scanGithub, ['acme/web', '--api-token-file', '-', '--url', 'http://127.0.0.1:1'])).exit).toBe(exitCodes.network)
  })

  it('needs a token and something to scan', async () => {
    await expect(run(scanGithub, ['acme/web'])).rejects.toThrow(/--api-token-file/)
    await expect(run(scanGithub, ['--api-token-file', '-'])).rejects.toThrow(/name an organisation/)
    await expect(run(scanKubernetes, ['--api-token-file', '-'])).rejects.toThrow(/server/)
    await expect(run(scanGithub, ['acme', '--api-token-file', '/no/such/file'])).rejects.toThrow(/cannot read/)
  })
})
