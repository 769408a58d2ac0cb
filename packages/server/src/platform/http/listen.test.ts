import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { X509Certificate } from 'node:crypto'
import { Agent, request } from 'node:https'
import { connect as connectTcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { manualClock } from '@muster/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listen } from './listen.ts'
import { ensureSelfSigned, makeSelfSigned } from './self-signed.ts'

const now = new Date()

describe('listening', () => {
  it('refuses any address but loopback without TLS, before the port is touched', async () => {
    for (const host of ['0.0.0.0', '::', '192.0.2.1', 'muster.example']) {
      await expect(listen({ host, port: 0 }, null, () => new Response())).rejects.toMatchObject({ code: 'listen.insecure' })
    }
  })

  it('says which port is taken and how to choose another', async () => {
    const first = await listen({ host: '127.0.0.1', port: 0 }, null, () => new Response())
    const second = listen(first.address, null, () => new Response())
    await expect(second).rejects.toMatchObject({ code: 'listen.failed', message: `cannot listen on 127.0.0.1 port ${first.address.port}: something else listens there already; choose another with --listen HOST:PORT` })
    await first.close(0)
  })

  it('serves TLS 1.2 and 1.3 with a certificate a client can check by name and address', async () => {
    const identity = makeSelfSigned(['muster.example', '127.0.0.1', '::1'], now)
    const server = await listen({ host: '127.0.0.1', port: 0 }, identity, () => new Response('hello'))
    const { port } = server.address
    const get = (servername: string) => new Promise<number>((resolve, reject) => {
      request({ host: '127.0.0.1', port, servername, agent: new Agent({ ca: identity.cert }) }, (response) => { response.resume(); resolve(response.statusCode!) }).on('error', reject).end()
    })
    expect(await get('muster.example')).toBe(200)
    const version = (maxVersion: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') => new Promise<string | null>((resolve) => {
      const socket = connectTls({ host: '127.0.0.1', port, ca: identity.cert, minVersion: 'TLSv1', maxVersion, ciphers: 'DEFAULT@SECLEVEL=0' }, () => { resolve(socket.getProtocol()); socket.destroy() })
      socket.on('error', () => resolve(null))
    })
    expect([await version('TLSv1.1'), await version('TLSv1.2'), await version('TLSv1.3')]).toEqual([null, 'TLSv1.2', 'TLSv1.3'])
    await server.close(0)
  })

  it('lets a request in flight finish and cuts it after the grace period', async () => {
    let release: () => void = () => undefined
    const held = new Promise<void>((resolve) => { release = resolve })
    let entered: () => void = () => undefined
    const inside = new Promise<void>((resolve) => { entered = resolve })
    const server = await listen({ host: '127.0.0.1', port: 0 }, null, async () => { entered(); await held; return new Response('done') })
    const answer = fetch(`http://127.0.0.1:${server.address.port}/`).then((response) => response.text())
    await inside
    const closed = server.close(10_000)
    await expect(fetch(`http://127.0.0.1:${server.address.port}/`)).rejects.toThrow()
    release()
    expect(await answer).toBe('done')
    await closed
    const stuck = await listen({ host: '127.0.0.1', port: 0 }, null, () => new Promise<Response>(() => undefined))
    const cut = fetch(`http://127.0.0.1:${stuck.address.port}/`).catch(() => 'cut')
    // An idle connection that never sends anything must not hold up the stop either.
    const silent = connectTcp(stuck.address.port, '127.0.0.1').on('error', () => undefined)
    await new Promise((resolve) => silent.once('connect', resolve))
    await stuck.close(50)
    expect(await cut).toBe('cut')
    silent.destroy()
  })
})

describe('the certificate of its own', () => {
  let directory: string
  beforeAll(async () => { directory = await mkdtemp(join(tmpdir(), 'muster-tls-')) })
  afterAll(() => rm(directory, { recursive: true }))

  it('is well-formed to openssl and carries every name', async () => {
    const { cert } = makeSelfSigned(['muster.example', '192.0.2.1', '2001:db8::1'], now)
    await writeFile(join(directory, 'c.pem'), cert)
    const { stdout, status } = spawnSync('openssl', ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', join(directory, 'c.pem'), '-verify_hostname', 'muster.example', join(directory, 'c.pem')], { encoding: 'utf8' })
    expect([status, stdout.trim().endsWith('OK')]).toEqual([0, true])
    expect(new X509Certificate(cert).subjectAltName).toBe('DNS:muster.example, IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:0:1')
  })

  it('is kept, private to its owner, and made anew near its end or for another name', async () => {
    const clock = manualClock(now)
    const home = join(directory, 'tls')
    const first = await ensureSelfSigned(home, ['a.example'], clock)
    expect((await stat(join(home, 'tls.key'))).mode & 0o777).toBe(0o600)
    expect((await ensureSelfSigned(home, ['a.example'], clock)).fingerprint).toBe(first.fingerprint)
    const renamed = await ensureSelfSigned(home, ['b.example', 'a.example'], clock)
    expect(renamed.fingerprint).not.toBe(first.fingerprint)
    clock.advance((397 - 30 - 1) * 86_400_000)
    expect((await ensureSelfSigned(home, ['a.example'], clock)).fingerprint).toBe(renamed.fingerprint)
    clock.advance(86_400_000)
    const renewed = await ensureSelfSigned(home, ['a.example'], clock)
    expect(renewed.fingerprint).not.toBe(renamed.fingerprint)
    // A key that does not belong to the certificate is not served.
    await writeFile(join(home, 'tls.key'), first.key)
    expect((await ensureSelfSigned(home, ['a.example'], clock)).fingerprint).not.toBe(renewed.fingerprint)
    expect(await readFile(join(home, 'tls.crt'), 'utf8')).toContain('BEGIN CERTIFICATE')
  })
})
