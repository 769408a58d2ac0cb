import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@muster/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Environment } from '../environment.ts'
import { exitCodes } from '../exit-codes.ts'
import { scanGithub, scanKubernetes } from './scan-api.ts'

const token = randomBytes(20).toString('hex')
let api: Server
let url: string

beforeAll(async () => {
  const answers: Readonly<Record<string, unknown>> = { '/version': { major: '1' }, '/api/v1/namespaces/kube-system': { metadata: { name: 'kube-system', uid: 'u-1' } }, '/user': { login: 'mara' }, '/repos/acme/web/actions/secrets': { secrets: [{ name: 'DEPLOY_KEY', updated_at: '2024-02-01T00:00:00Z' }] } }
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

describe('scan kubernetes', () => {
  const config = (user: string) => `kind: Config\ncurrent-context: prod\nclusters:\n- name: c\n  cluster: {server: '${url}'}\nusers:\n- name: u\n  user: ${user}\ncontexts:\n- name: prod\n  context: {cluster: c, user: u}\n`
  const inDirectory = async <Result>(files: Readonly<Record<string, string>>, use: (directory: string) => Promise<Result>): Promise<Result> => {
    const directory = mkdtempSync(join(tmpdir(), 'muster-kubeconfig-'))
    try {
      for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content)
      return await use(directory)
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  }

  it('finds cluster and token in a kubeconfig, or a token in the file it names', async () => {
    for (const user of [`{token: ${token}}`, '{tokenFile: token}']) {
      const { exit, text } = await inDirectory({ config: config(user), token: `${token}\n` }, (directory) => run(scanKubernetes, ['shop', '--kubeconfig', join(directory, 'config'), '--egress', '127.0.0.1', '--json']))
      expect(text).toContain('"prod"')
      expect(text).not.toContain(token)
      expect(exit).not.toBe(exitCodes.access)
    }
  })

  it('runs no program that a kubeconfig names', async () => {
    await expect(inDirectory({ config: config('{exec: {command: touch}}') }, (directory) => run(scanKubernetes, ['--kubeconfig', join(directory, 'config')]))).rejects.toThrow(/program \(touch\), which is not run/)
  })

  it('takes one way in, and a context of a kubeconfig alone', async () => {
    await expect(run(scanKubernetes, [])).rejects.toThrow(/one of them/)
    await expect(run(scanKubernetes, ['--api-token-file', '-', '--kubeconfig', 'x'])).rejects.toThrow(/one of them/)
    await expect(run(scanKubernetes, ['--api-token-file', '-', '--context', 'x'])).rejects.toThrow(/--kubeconfig/)
    await expect(run(scanGithub, ['a/b', '--kubeconfig', 'x'])).rejects.toThrow(/kubeconfig/)
  })
})

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
