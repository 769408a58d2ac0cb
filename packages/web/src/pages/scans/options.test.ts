import { describe, expect, it } from 'vitest'
import { emptyForm, formOf, linesOf, optionsOf, problemsOf } from './options.ts'

const tls = { ...emptyForm, kind: 'tls' as const }

describe('the form of a new scan', () => {
  it('is ready as it opens: the whole of this machine', () => {
    expect(problemsOf(emptyForm)).toEqual({})
    expect(optionsOf(emptyForm)).toEqual({})
  })
  it('wants absolute paths', () => {
    expect(problemsOf({ ...emptyForm, whole: false })).toEqual({ roots: 'Name at least one path' })
    expect(problemsOf({ ...emptyForm, whole: false, roots: '/etc\nhome' })).toEqual({ roots: '“home” is not an absolute path' })
    expect(optionsOf({ ...emptyForm, whole: false, roots: ' /etc \n\n/home', exclude: 'node_modules' })).toEqual({ roots: ['/etc', '/home'], exclude: ['node_modules'] })
  })
  it('checks addresses and ports before they travel', () => {
    expect(problemsOf(tls)).toEqual({ targets: 'Name at least one address' })
    expect(problemsOf({ ...tls, targets: 'a b' }).targets).toContain('each on its own line')
    const ports = (text: string): string | undefined => problemsOf({ ...tls, targets: 'a', ports: text }).ports
    expect([ports('443, 9000-9010'), ports('65535'), ports('')]).toEqual([undefined, undefined, undefined])
    expect([ports('65536'), ports('0'), ports('9-8'), ports('a')].every((problem) => problem !== undefined)).toBe(true)
    expect(problemsOf({ ...tls, targets: 'a', rate: '0' }).rate).toBeDefined()
  })
  it('sends only what was filled in', () => {
    expect(optionsOf({ ...tls, targets: '10.0.0.0/24, web.example.net', ports: '443, 8443', rate: '50' })).toEqual({ targets: ['10.0.0.0/24', 'web.example.net'], ports: '443,8443', ratePerSecond: 50, depth: 'profile' })
    expect(linesOf('a,b\n c ,,')).toEqual(['a', 'b', 'c'])
  })
  it('sends the places of secrets as paths, which may hold commas, and the history unless it is left out', () => {
    const secrets = { ...emptyForm, kind: 'secrets' as const }
    expect(problemsOf(secrets)).toEqual({ places: 'Name at least one path' })
    expect(problemsOf({ ...secrets, places: 'shop' }).places).toContain('not an absolute path')
    const form = { ...secrets, places: '/srv/git/a, b.git\n/opt', exclude: 'vendor', history: false }
    expect(optionsOf(form)).toEqual({ targets: ['/srv/git/a, b.git', '/opt'], exclude: ['vendor'], history: false })
    expect(optionsOf({ ...form, history: true })).not.toHaveProperty('history')
    expect(optionsOf(formOf('secrets', optionsOf(form)))).toEqual(optionsOf(form))
  })
  it('sends what of a code host or cluster to read, and whom to ask about what it finds', () => {
    const github = { ...emptyForm, kind: 'github' as const }
    expect(problemsOf(github)).toEqual({ connection: 'Choose where to look', wholes: 'Name an organisation or a repository' })
    const form = { ...github, connection: 'c-1', wholes: 'example', singles: 'other/shop', verify: ['github'] }
    expect(problemsOf(form)).toEqual({})
    expect(optionsOf(form)).toEqual({ connection: 'c-1', organizations: ['example'], repositories: ['other/shop'], verify: ['github'] })
    expect(optionsOf(formOf('github', optionsOf(form)))).toEqual(optionsOf(form))
    const cluster = { ...emptyForm, kind: 'kubernetes' as const, connection: 'c-2', singles: 'kube-system' }
    expect(problemsOf(cluster)).toEqual({})
    expect(optionsOf(cluster)).toEqual({ connection: 'c-2', exclude: ['kube-system'] })
    expect(optionsOf(formOf('kubernetes', optionsOf(cluster)))).toEqual(optionsOf(cluster))
  })
  it('comes back from the options of a schedule', () => {
    const form = { ...tls, targets: '10.0.0.0/24', ports: '443', sni: 'a.example', exclude: '10.0.0.9', profile: false }
    expect(optionsOf(formOf('tls', optionsOf(form)))).toEqual(optionsOf(form))
    expect(formOf('host', {})).toEqual(emptyForm)
  })
})
