import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as fc from 'fast-check'
import { MAX_LINE_PROBLEMS, parseAuthorizedKeys, readOptions } from './authorized-keys.ts'
import { PeerDirectory } from './peer.testing.ts'

const peer = new PeerDirectory()
afterAll(() => peer.remove())
let key = ''
beforeAll(() => {
  peer.sshKey('id', 'ed25519', { comment: 'alice at laptop' })
  key = peer.text('id.pub').trim()
})

const only = (line: string) => {
  const { entries, problems } = parseAuthorizedKeys(`${line}\n`)
  expect(problems).toEqual([])
  return entries[0]!
}

describe('a line', () => {
  it('without options lets its holder in from anywhere', () => {
    const entry = only(key)
    expect(entry).toMatchObject({ line: 1, comment: 'alice at laptop', options: [] })
    expect(entry.credential.sshFingerprint).toBe(peer.sshFingerprint('id.pub'))
    expect(entry.policy).toEqual({
      certAuthority: false, from: null, command: null, restrict: false, expiresAt: null, principals: null,
      mayForwardPorts: true, mayForwardAgent: true, mayForwardX11: true, mayAllocateTerminal: true,
    })
  })

  it('with quoted values that hold commas, blanks and escaped quotes', () => {
    const entry = only(`from="10.0.0.0/8,!10.1.2.3",command="echo \\"a, b\\" # c",no-pty ${key}`)
    expect(entry.options).toEqual(['from=10.0.0.0/8,!10.1.2.3', 'command=echo "a, b" # c', 'no-pty'])
    expect(entry.policy).toMatchObject({ from: ['10.0.0.0/8', '!10.1.2.3'], command: 'echo "a, b" # c', mayAllocateTerminal: false, mayForwardPorts: true })
  })

  it('with restrict forbids everything that is not given back after it', () => {
    expect(only(`restrict,pty ${key}`).policy).toMatchObject({ restrict: true, mayAllocateTerminal: true, mayForwardPorts: false, mayForwardX11: false })
    expect(only(`NO-X11-Forwarding ${key}`).policy).toMatchObject({ mayForwardX11: false, mayForwardAgent: true })
  })

  it('never shows the value of an environment option', () => {
    const entry = only(`environment="API_KEY=hunter2" ${key}`)
    expect(entry.options).toEqual(['environment=API_KEY=[redacted]'])
    expect(JSON.stringify(entry)).not.toContain('hunter2')
  })

  it('of a certificate authority names the principals it may sign for', () => {
    expect(only(`cert-authority,principals="root,deploy" ${key}`).policy).toMatchObject({ certAuthority: true, principals: ['root', 'deploy'] })
  })

  it.each([
    ['20270131', '2027-01-31T00:00:00.000Z'], ['202701311530', '2027-01-31T15:30:00.000Z'], ['20270131153059Z', '2027-01-31T15:30:59.000Z'],
    ['20270231', null], ['2027013', null], ['soon', null],
  ])('expiry-time %s', (text, instant) => {
    expect(only(`expiry-time="${text}" ${key}`).policy.expiresAt).toBe(instant)
  })

  it('with two expiry times is good until the earlier', () => {
    expect(only(`expiry-time="20280101",expiry-time="20270101" ${key}`).policy.expiresAt).toBe('2027-01-01T00:00:00.000Z')
  })
})

describe('a file', () => {
  it('reports bad lines by number and goes on', () => {
    const damaged = key.replace('AAAA', 'AAAB')
    const { entries, problems } = parseAuthorizedKeys(`# comment\r\n\r\n${key}\r\nsecret words here\n command="open ${key}\n${damaged}\n  ${key}`)
    expect(entries.map((entry) => entry.line)).toEqual([3, 7])
    expect(problems.map((problem) => [problem.line, problem.code])).toEqual([[4, 'ssh.invalid'], [5, 'ssh.invalid'], [6, 'ssh.invalid']])
    expect(JSON.stringify(problems)).not.toContain('secret')
  })

  it.each([[MAX_LINE_PROBLEMS - 1, MAX_LINE_PROBLEMS - 1], [MAX_LINE_PROBLEMS, MAX_LINE_PROBLEMS], [MAX_LINE_PROBLEMS + 1, MAX_LINE_PROBLEMS + 1], [5000, MAX_LINE_PROBLEMS + 1]])(
    '%i bad lines are told in %i problems', (count, told) => {
      const { entries, problems } = parseAuthorizedKeys(`${'bad\n'.repeat(count)}${key}\n`)
      expect([entries.length, problems.length]).toEqual([1, told])
    },
  )

  it('counts as many keys as ssh-keygen lists', () => {
    peer.write('authorized_keys', [`restrict ${key}`, key, `from="a b",command="x" ${key}`, '# nothing', 'bad'].join('\n'))
    const listed = peer.run('ssh-keygen', ['-l', '-f', 'authorized_keys']).trim().split('\n')
    expect(parseAuthorizedKeys(peer.text('authorized_keys')).entries).toHaveLength(listed.length)
  })
})

it('any option list survives writing and reading', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/)
  const value = fc.option(fc.string({ unit: 'grapheme-ascii' }).filter((text) => !text.includes('\\')))
  fc.assert(fc.property(fc.array(fc.record({ name, value }), { minLength: 1, maxLength: 10 }), (options) => {
    const line = options.map((option) => option.value === null ? option.name : `${option.name}="${option.value.replaceAll('"', '\\"')}"`).join(',')
    expect(readOptions(`${line} ssh-rsa`)?.options).toEqual(options)
  }))
})
