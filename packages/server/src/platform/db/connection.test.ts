import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MusterError, Secret } from '@muster/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { connectionParameters } from './connection.ts'

const parse = (url: string) => connectionParameters({ kind: 'url', url: Secret.fromText(url) })

describe('a database URL', () => {
  it('is taken apart, escapes undone', () => {
    expect(parse('postgres://ada:p%40ss%2Fword@db.example.org:6432/muster')).toEqual({ host: 'db.example.org', port: 6432, user: 'ada', password: 'p@ss/word', database: 'muster', tls: false })
    expect(parse('postgresql://ada@[::1]/m')).toEqual({ host: '::1', port: 5432, user: 'ada', password: '', database: 'm', tls: false })
  })

  it('names a socket directory with host', () => {
    expect(parse('postgres://ada@localhost/m?host=/run/postgresql')).toMatchObject({ host: '/run/postgresql', user: 'ada' })
  })

  it('means by sslmode what libpq means', async () => {
    expect(parse('postgres://u@h/d?sslmode=disable').tls).toBe(false)
    expect(parse('postgres://u@h/d?sslmode=require').tls).toEqual({ rejectUnauthorized: false })
    expect(parse('postgres://u@h/d?sslmode=verify-full').tls).toEqual({ rejectUnauthorized: true })
    const { checkServerIdentity } = parse('postgres://u@h/d?sslmode=verify-ca').tls as { checkServerIdentity: () => undefined }
    expect(checkServerIdentity()).toBeUndefined()
  })

  it('may bring the authority to trust', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'muster-ca-'))
    const file = join(directory, 'ca.pem')
    await writeFile(file, 'PEM')
    expect(parse(`postgres://u@h/d?sslmode=verify-full&sslrootcert=${file}`).tls).toEqual({ rejectUnauthorized: true, ca: 'PEM' })
    await rm(directory, { recursive: true })
    expect(() => parse(`postgres://u@h/d?sslmode=verify-full&sslrootcert=${file}`)).toThrow(/cannot be read/)
  })

  it.each(['', 'nonsense', 'mysql://u@h/d', 'postgres://h/d', 'postgres://u@h', 'postgres://u@h/', 'postgres:///d', 'postgres://u@h/d?sslmode=prefer', 'postgres://u@h/d?options=-c', 'postgres://u%ff:x@h/d', 'postgres://u@h:99999/d'])('%j is refused', (url) => {
    expect(() => parse(url)).toThrow(MusterError)
  })

  it('is taken apart or refused as config.invalid, never quoted', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl(), fc.string().map((text) => `postgres://u:hunter2@${text}`)), (url) => {
      try {
        parse(url)
      } catch (error) {
        expect(error).toMatchObject({ code: 'config.invalid' })
        expect(String(error)).not.toContain('hunter2')
      }
    }))
  })
})
