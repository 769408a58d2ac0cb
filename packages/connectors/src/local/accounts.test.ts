import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { accountBook, accountSighting, identityKindOf, parseGroup, parsePasswd, parseShadow, type Account } from './accounts.ts'

const account = (changes: Partial<Account>): Account => ({
  name: 'x',
  uid: 1000,
  gid: 1000,
  home: '/home/x',
  shell: '/bin/bash',
  ...changes,
})

test('the first line of a name counts and damaged lines are passed over', () => {
  const accounts = parsePasswd(
    'root:x:0:0:root:/root:/bin/bash\nroot:x:5:5::/:/bin/sh\n# note\n+nis\nbad:x:NaN:0::/:/bin/sh\nshort:x:1\n',
  )
  expect(accounts).toEqual([{ name: 'root', uid: 0, gid: 0, home: '/root', shell: '/bin/bash' }])
})

test.each([
  ['the last number below the range for people', account({ uid: 999 }), 'machine'],
  ['the first of it', account({ uid: 1000 }), 'human'],
  ['the last of it', account({ uid: 60_000 }), 'human'],
  ['the first above it', account({ uid: 60_001 }), 'machine'],
  ['no login shell', account({ shell: '/usr/sbin/nologin' }), 'machine'],
  ['a home among services', account({ home: '/var/lib/jenkins' }), 'unknown'],
  ['root, which both use', account({ uid: 0, home: '/root' }), 'unknown'],
])('%s', (_, subject, kind) => {
  expect(identityKindOf(subject, 'linux')).toBe(kind)
})

test('macOS counts people from 501 and services by the underscore', () => {
  expect(identityKindOf(account({ uid: 501, home: '/Users/x' }), 'darwin')).toBe('human')
  expect(identityKindOf(account({ uid: 501, home: '/Users/x', name: '_www' }), 'darwin')).toBe('machine')
})

test('of a password only its state, method and day of change are kept', () => {
  const facts = parseShadow(
    'a:$y$j9T$salt$hashhash:19000:0:::::\nb:!$6$s$h:18000::::::\nc:*:17000::::::\nd::::::::\ne:ab12cd34ef56g:1::::::\n',
  )
  expect(Object.fromEntries(facts)).toEqual({
    a: { state: 'set', hash: 'yescrypt', changedDay: 19_000 },
    b: { state: 'locked', hash: 'sha512crypt', changedDay: 18_000 },
    c: { state: 'locked', hash: null, changedDay: 17_000 },
    d: { state: 'none', hash: null, changedDay: null },
    e: { state: 'set', hash: 'descrypt', changedDay: 1 },
  })
})

test('a sighting names groups and never a hash', () => {
  const book = accountBook(
    [account({})],
    parseGroup('x:x:1000:\nsudo:x:27:x,y\nother:x:28:y\n'),
    parseShadow('x:$y$j9T$salt$secrethash:19000::::::\n'),
  )
  const sighting = accountSighting(account({}), book, 'm', 'linux')
  expect(sighting.attributes).toMatchObject({
    groups: 'x,sudo',
    passwordState: 'set',
    passwordHash: 'yescrypt',
    passwordChangedAt: '2022-01-08',
  })
  expect(JSON.stringify(sighting)).not.toContain('secrethash')
  expect([book.userName(1000), book.userName(5), book.groupName(27)]).toEqual(['x', null, 'sudo'])
})

test('no text breaks the readers of account files', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(':', '\n', 'a', '0', '$', '!', '*', '#') }), (text) => {
      parseShadow(text)
      return parsePasswd(text).length + parseGroup(text).length >= 0
    }),
  )
})
