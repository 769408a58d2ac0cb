import { isMusterError } from '@muster/core'
import { scanKinds } from '@muster/core/api'
import { describe, expect, it } from 'vitest'
import { checkedOptions } from './option-checks.ts'
import type { ScanKind } from './scan.ts'

const verification = { providers: ['github'], baseUrls: {}, egress: [] }
const connection = '0190b1a0-0000-7000-8000-000000000000'

/** Paths of what is wrong; empty where nothing is. */
function wrong(kind: ScanKind, options: Readonly<Record<string, unknown>>): readonly string[] {
  try {
    expect(checkedOptions({ verification }, kind, options)).toBe(options)
    return []
  } catch (error) {
    if (!isMusterError(error, 'request.invalid')) throw error
    return (error.detail['errors'] as { path: string }[]).map(({ path }) => path)
  }
}

const right: Readonly<Record<ScanKind, Readonly<Record<string, unknown>>>> = {
  host: { roots: ['/etc'] }, tls: { targets: ['127.0.0.1'] }, ssh: { targets: ['127.0.0.1'] }, secrets: { targets: ['/srv/shop'], verify: ['github'] },
  github: { connection, organizations: ['acme'], verify: ['github'] }, gitlab: { connection, groups: ['acme'] }, kubernetes: { connection },
}

describe('options of a scan', () => {
  it.each(scanKinds)('of %s are taken as they are, and what nobody knows is refused', (kind) => {
    expect(wrong(kind, right[kind])).toEqual([])
    expect(wrong(kind, { ...right[kind], whatever: 1 })).toEqual(['options'])
  })

  it('belong where they are known: verification to what finds secrets, a connection to what reads an API', () => {
    for (const kind of ['host', 'tls', 'ssh'] as const) for (const stray of [{ verify: ['github'] }, { connection }]) expect(wrong(kind, { ...right[kind], ...stray })).toEqual(['options'])
    expect(wrong('secrets', { ...right.secrets, connection })).toEqual(['options'])
    expect(wrong('secrets', { ...right.secrets, config: '' })).toEqual(['options.config'])
    for (const kind of ['github', 'gitlab', 'kubernetes'] as const) {
      expect(wrong(kind, { ...right[kind], connection: 'mine' })).toEqual(['options.connection'])
      expect(wrong(kind, { ...right[kind], verify: ['stripe'], egress: [], caPem: '', forbidden: [] })).toEqual(['options.verify.0', 'options.egress', 'options.caPem', 'options.forbidden'])
    }
    expect([wrong('github', { ...right.github, baseUrl: 'https://x.test' }), wrong('kubernetes', { ...right.kubernetes, server: 'https://x.test' })]).toEqual([['options.baseUrl'], ['options.server']])
  })

  it('name places the server can find: absolute paths, endpoints of which some are left', () => {
    expect([wrong('host', { roots: ['/etc', 'etc'] }), wrong('secrets', { targets: ['shop', '/srv'] })]).toEqual([['options.roots.1'], ['options.targets.0']])
    for (const kind of ['tls', 'ssh'] as const) expect(wrong(kind, { targets: ['127.0.0.1'], exclude: ['127.0.0.0/8'] })).toEqual(['options.targets'])
  })

  it('are told by the first check that objects', () => {
    expect(wrong('secrets', { targets: ['shop'], verify: 'github', whatever: 1 })).toEqual(['options.verify'])
    expect(wrong('secrets', { targets: ['shop'], whatever: 1 })).toEqual(['options'])
  })
})
