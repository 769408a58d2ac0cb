import { randomBytes } from 'node:crypto'
import { isMusterError, MusterError } from '@muster/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type KubeconfigParts, readKubeconfig } from './kubeconfig.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const token = randomBytes(16).toString('hex')
const files: Readonly<Record<string, string>> = { 'pki/ca.crt': 'CA FILE', 'pki/c.crt': 'CERT FILE', 'pki/c.key': 'KEY FILE' }
const parts: KubeconfigParts = {
  context: null,
  readFile: (path) => (files[path] === undefined ? Promise.reject(new MusterError('file.unreadable', `cannot read ${path}`)) : Promise.resolve(Buffer.from(files[path]!))),
  tokenFile: (path) => ({ kind: 'token-file', path }),
}
const config = (user: string, cluster = "{server: 'https://k.test:6443', certificate-authority-data: " + base64('CA DATA') + '}') => `apiVersion: v1
kind: Config
current-context: prod
clusters:
- name: c
  cluster: ${cluster}
users:
- name: u
  user: ${user}
contexts:
- name: prod
  context: {cluster: c, user: u, namespace: shop}
- name: other
  context: {cluster: missing, user: u}
`
const read = (user: string, more: Partial<KubeconfigParts> = {}, cluster?: string) => readKubeconfig(config(user, cluster), { ...parts, ...more })
const revealed = async (promise: ReturnType<typeof read>) => {
  const { access, ...rest } = await promise
  return { ...rest, access: access.kind === 'token' ? access.token.revealText() : access.kind === 'client-certificate' ? access.pem.revealText() : access }
}

describe('the current context', () => {
  it('gives the server, who is trusted to be it, and the token', async () => {
    expect(await revealed(read(`{token: ${token}}`))).toEqual({ context: 'prod', server: 'https://k.test:6443', caPem: 'CA DATA', access: token })
  })

  it('gives a client certificate with its key, written in it or named as files', async () => {
    expect((await revealed(read(`{client-certificate-data: ${base64('CERT')}, client-key-data: ${base64('KEY')}}`))).access).toBe('CERT\nKEY')
    expect(await revealed(read('{client-certificate: pki/c.crt, client-key: pki/c.key}', {}, "{server: 'https://k.test', certificate-authority: pki/ca.crt}"))).toMatchObject({ caPem: 'CA FILE', access: 'CERT FILE\nKEY FILE' })
  })

  it('takes the file of a token before the token beside it', async () => {
    expect((await revealed(read(`{token: ${token}, tokenFile: /t}`))).access).toEqual({ kind: 'token-file', path: '/t' })
    expect((await revealed(read(`{token: ${token}, tokenFile: /t}`, { tokenFile: () => null }))).access).toBe(token)
  })
})

describe('what is refused, with what to do, and without a credential in the message', () => {
  const cases: readonly (readonly [string, string, RegExp, Partial<KubeconfigParts>, string?])[] = [
    ['a program that gets the token', '{exec: {apiVersion: client.authentication.k8s.io/v1, command: aws}}', /program \(aws\), which is not run/, {}],
    ['an old plug-in', '{auth-provider: {name: gcp}}', /program \(gcp\)/, {}],
    ['a password', `{username: admin, password: ${token}}`, /has a password/, {}],
    ['acting as somebody else', `{token: ${token}, as: root}`, /acts as somebody else/, {}],
    ['a key without its certificate', `{client-key-data: ${base64(token)}}`, /without its certificate/, {}],
    ['data that is not base64', `{client-key-data: "${token}!"}`, /not base64/, {}],
    ['nothing at all', '{}', /neither/, {}],
    ['a context that is not there', `{token: ${token}}`, /no context "x"; it has "prod", "other"/, { context: 'x' }],
    ['a cluster that is not there', `{token: ${token}}`, /no cluster/, { context: 'other' }],
    ['a cluster nobody is to check', `{token: ${token}}`, /nobody is to check/, {}, "{server: 'https://k.test', insecure-skip-tls-verify: true}"],
    ['a proxy', `{token: ${token}}`, /proxy/, {}, "{server: 'https://k.test', proxy-url: 'http://p.test'}"],
    ['a token file where none is taken', '{tokenFile: /t}', /not taken from here/, { tokenFile: () => null }],
  ]
  it.each(cases.map(([what, ...rest]) => ({ what, rest })))('$what', async ({ rest: [user, message, more, cluster] }) => {
    const failure = await read(user, more, cluster).catch((error: unknown) => error as Error)
    expect(failure).toMatchObject({ code: 'usage.invalid', message: expect.stringMatching(message) })
    expect(JSON.stringify([failure, (failure as Error).message])).not.toContain(token)
  })

  it('a file that is no kubeconfig, or has no current context', async () => {
    await expect(readKubeconfig('hello: world\n', parts)).rejects.toThrow(/no kubeconfig/)
    await expect(readKubeconfig('kind: Config\ncontexts: []\n', parts)).rejects.toThrow(/no current context/)
  })

  it('anything else: with a reason, never with an error of its own', async () => {
    const bits = fc.constantFrom('kind: Config\n', 'current-context: a\n', 'contexts:\n', '- name: a\n', '  context: {cluster: a, user: a}\n', 'users: [', '{name: a, user: {token: x}}', ']', '\n', 'clusters:\n- name: a\n  cluster: {server: x}\n', '&a *a', '!!x', ': ')
    await fc.assert(fc.asyncProperty(fc.array(bits, { maxLength: 20 }), async (lines) => {
      await readKubeconfig(lines.join(''), parts).then(() => true, (error: unknown) => { if (!isMusterError(error, 'usage.invalid')) throw error })
    }))
  })
})
