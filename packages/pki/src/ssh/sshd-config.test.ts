import { existsSync, mkdirSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import * as fc from 'fast-check'
import { PeerDirectory } from './peer.testing.ts'
import { MAX_INCLUDE_DEPTH, parseSshdConfig, splitWords } from './sshd-config.ts'

const peer = new PeerDirectory()
afterAll(() => peer.remove())
const parse = (text: string, files: Readonly<Record<string, string>> = {}) =>
  parseSshdConfig(text, (pattern) => Object.hasOwn(files, pattern) ? [{ path: pattern, text: files[pattern]! }] : [])

describe('settings', () => {
  it('the first value wins and keywords that name several things add up', () => {
    const { settings } = parse('PermitRootLogin no\npermitrootlogin yes\nPort 22\nPort 2222\nHostKey /a\nHostKey /b\nAllowUsers a b\nAllowUsers c\n')
    expect(settings).toEqual({ permitrootlogin: ['no'], port: ['22', '2222'], hostkey: ['/a', '/b'], allowusers: ['a', 'b', 'c'] })
  })

  it('quotes, equals signs, comments and blank lines', () => {
    const { settings, problems } = parse('# c\n\n  Banner="/etc/a b"   # why\nPasswordAuthentication = no\nAuthorizedKeysFile .ssh/a "/x y/%u"\n')
    expect(settings).toEqual({ banner: ['/etc/a b'], passwordauthentication: ['no'], authorizedkeysfile: ['.ssh/a', '/x y/%u'] })
    expect(problems).toEqual([])
  })

  it('reports a keyword without value and an open quote with the line', () => {
    const { problems } = parse('Port\nBanner "x\n=\nPort 22\n')
    expect(problems.map((problem) => [problem.path, problem.line])).toEqual([1, 2, 3].map((line) => ['/etc/ssh/sshd_config', line]))
  })
})

describe('Match', () => {
  it('keeps conditional settings apart and ends at the next block', () => {
    const config = parse('X11Forwarding no\nMatch User git,ci Address 10.0.0.0/8\n  X11Forwarding yes\n  PermitTTY no\nMatch Group sftp\n  ForceCommand internal-sftp\n')
    expect(config.settings).toEqual({ x11forwarding: ['no'] })
    expect(config.matches).toEqual([
      { criteria: ['User git,ci', 'Address 10.0.0.0/8'], settings: { x11forwarding: ['yes'], permittty: ['no'] }, path: '/etc/ssh/sshd_config', line: 2 },
      { criteria: ['Group sftp'], settings: { forcecommand: ['internal-sftp'] }, path: '/etc/ssh/sshd_config', line: 5 },
    ])
  })

  it('`Match all` is no condition', () => {
    expect(parse('Match User a\nBanner a\nMatch all\nBanner b\n').settings).toEqual({ banner: ['b'] })
  })
})

describe('Include', () => {
  it('reads files where they stand, relative ones below /etc/ssh', () => {
    const config = parse('Include first.conf\nPort 22\nInclude /b\nPermitRootLogin yes\n', { '/etc/ssh/first.conf': 'PermitRootLogin no', '/b': 'Port 23' })
    expect(config.settings).toEqual({ permitrootlogin: ['no'], port: ['22', '23'] })
    expect(config.files).toEqual(['/etc/ssh/sshd_config', '/etc/ssh/first.conf', '/b'])
  })

  it('a Match in an included file ends with the file', () => {
    const config = parse('Include /a\nBanner outer\n', { '/a': 'Match User x\nBanner inner' })
    expect(config.settings).toEqual({ banner: ['outer'] })
    expect(config.matches[0]).toMatchObject({ path: '/a', criteria: ['User x'], settings: { banner: ['inner'] } })
  })

  it('inside a Match is conditional, with the criteria of both', () => {
    const config = parse('Match User x\nInclude /a\nPermitTTY no\n', { '/a': 'Banner a\nMatch Host h\nBanner b' })
    expect(config.matches.map((match) => [match.criteria, match.settings])).toEqual([
      [['User x'], { banner: ['a'], permittty: ['no'] }], [['User x', 'Host h'], { banner: ['b'] }],
    ])
  })

  it('a loop is reported once and ends', () => {
    const { problems } = parse('Include /a\n', { '/a': 'Include /b', '/b': 'Include /a\nPort 1' })
    expect(problems).toEqual([{ path: '/b', line: 1, message: 'Include leads back to a file that is being read' }])
  })

  it(`${MAX_INCLUDE_DEPTH} files deep are read, one more is reported`, () => {
    const chain = (depth: number) => Object.fromEntries(Array.from({ length: depth }, (_, i) => [`/${i + 1}`, i + 1 === depth ? 'Banner end' : `Include /${i + 2}`]))
    expect(parse('Include /1', chain(MAX_INCLUDE_DEPTH - 1)).settings).toEqual({ banner: ['end'] })
    expect(parse('Include /1', chain(MAX_INCLUDE_DEPTH)).problems).toHaveLength(1)
  })

  it('a file that includes many copies of many files is bounded', () => {
    const files = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`/${i}`, `Include /${i + 1} /${i + 2}`]))
    expect(parse('Include /0 /1', files).files.length).toBeLessThanOrEqual(256)
  })
})

/** sshd wants its empty directory even to print its settings; only root can make it. */
function sshdCanRun(): boolean {
  if (existsSync('/usr/sbin/sshd') && process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true })
  return existsSync('/usr/sbin/sshd') && existsSync('/run/sshd')
}

it.skipIf(!sshdCanRun())('agrees with what sshd -T prints', () => {
  peer.sshKey('hostkey', 'ed25519')
  peer.write('extra.conf', 'PasswordAuthentication no\nMaxAuthTries 3\nMatch User nobody\n  MaxSessions 2\n')
  peer.write('sshd_config', [
    `HostKey ${peer.file('hostkey')}`, 'Port 2200', 'Port 2201', `Include ${peer.path}/*.conf`, 'PasswordAuthentication yes', 'maxauthtries 9',
    'AllowUsers a b', 'AllowUsers "c"', 'X11Forwarding=yes', 'AuthorizedKeysFile /k/%u .ssh/x', 'AcceptEnv LANG LC_*', 'Match Group nobody', 'Banner /b',
  ].join('\n'))
  const printed = peer.run('/usr/sbin/sshd', ['-T', '-f', peer.file('sshd_config')])
  const { settings } = parseSshdConfig(peer.text('sshd_config'), () => [{ path: peer.file('extra.conf'), text: peer.text('extra.conf') }])
  expect(settings).toMatchObject({ passwordauthentication: ['no'], maxauthtries: ['3'], allowusers: ['a', 'b', 'c'], port: ['2200', '2201'] })
  const theirs = Map.groupBy(printed.split('\n').map((line) => line.split(/ (.*)/s)), ([keyword]) => keyword)
  for (const [keyword, values] of Object.entries(settings)) {
    const wanted = (theirs.get(keyword) ?? []).map((line) => line[1])
    expect([keyword, values.join(' ')]).toEqual([keyword, wanted.join(' ')])
  }
})

it('any text is answered, and words never outgrow it', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 200 }), (text) => {
    const words = splitWords(text)
    expect(words === null || words.join('').length <= text.length).toBe(true)
    expect(parse(`${text}\nInclude /a`, { '/a': text }).files[0]).toBe('/etc/ssh/sshd_config')
  }))
})
