import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { matchesKnownHost, parseKnownHosts } from './known-hosts.ts'
import { PeerDirectory } from './peer.testing.ts'

const peer = new PeerDirectory()
afterAll(() => peer.remove())
let key = ''
beforeAll(() => {
  peer.sshKey('host', 'ed25519')
  key = peer.text('host.pub').trim()
  const lines = [
    `one.example.org,192.0.2.1 ${key}`, `[two.example.org]:2222 ${key}`, `*.example.net,!bad.example.net ${key}`,
    `@cert-authority *.example.com ${key}`, `@revoked old.example.org ${key}`, '# comment', 'broken line', `@other x ${key}`,
    `2001:db8::1 ${key}`,
  ]
  peer.write('plain', `${lines.join('\n')}\n`)
})

/** Lines `ssh-keygen -F` finds for a host, or none. */
function found(file: string, host: string): number[] {
  try {
    return [...peer.run('ssh-keygen', ['-F', host, '-f', file]).matchAll(/found: line (\d+)/g)].map((match) => Number(match[1]))
  } catch {
    return []
  }
}

function ours(file: string, host: string, port?: number): number[] {
  return parseKnownHosts(peer.text(file)).entries.filter((entry) => matchesKnownHost(entry, host, port)).map((entry) => entry.line)
}

describe('known_hosts', () => {
  it('reads plain names, markers and ports, and reports what it cannot read', () => {
    const { entries, problems } = parseKnownHosts(peer.text('plain'))
    expect(entries.map((entry) => [entry.line, entry.marker, entry.hosts])).toEqual([
      [1, null, ['one.example.org', '192.0.2.1']], [2, null, ['[two.example.org]:2222']], [3, null, ['*.example.net', '!bad.example.net']],
      [4, 'cert-authority', ['*.example.com']], [5, 'revoked', ['old.example.org']], [9, null, ['2001:db8::1']],
    ])
    expect(problems.map((problem) => problem.line)).toEqual([7, 8])
  })

  it.each([
    ['one.example.org'], ['ONE.example.org'], ['192.0.2.1'], ['a.example.net'], ['bad.example.net'], ['example.net'], ['x.example.com'],
    ['old.example.org'], ['two.example.org'], ['2001:db8::1'], ['nowhere.example'],
  ])('finds for %s the lines ssh-keygen -F finds', (host) => {
    expect(ours('plain', host)).toEqual(found('plain', host.toLowerCase()))
  })

  it('a port other than 22 is part of the name', () => {
    expect(ours('plain', 'two.example.org', 2222)).toEqual(found('plain', '[two.example.org]:2222'))
    expect(ours('plain', 'two.example.org', 2222)).toEqual([2])
    expect(ours('plain', 'one.example.org', 2222)).toEqual([])
  })

  it('hashed names are matched as ssh-keygen matches them, and shown as hashed', () => {
    peer.write('hashed', `one.example.org ${key}\n[two.example.org]:2222 ${key}\n`)
    peer.run('ssh-keygen', ['-q', '-H', '-f', 'hashed'])
    const { entries } = parseKnownHosts(peer.text('hashed'))
    expect(entries.map((entry) => [entry.hosts, entry.hashed === null])).toEqual([[[], false], [[], false]])
    expect(ours('hashed', 'one.example.org')).toEqual(found('hashed', 'one.example.org'))
    expect(ours('hashed', 'two.example.org', 2222)).toEqual([2])
    expect(ours('hashed', 'two.example.org')).toEqual([])
  })

  it('a malformed hash is reported', () => {
    const { entries, problems } = parseKnownHosts(`|1|AAAA|AAAA ${key}\n|2|x|y ${key}\n`)
    expect([entries.length, problems.map((problem) => problem.code)]).toEqual([0, ['ssh.invalid', 'ssh.invalid']])
  })

  it('a pattern of many stars costs no more than its length times the name', () => {
    const pattern = `${'*a'.repeat(250)}b`
    expect(matchesKnownHost({ hosts: [pattern], hashed: null }, 'a'.repeat(5000))).toBe(false)
  })
})
