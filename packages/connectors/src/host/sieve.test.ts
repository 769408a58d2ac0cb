import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { HEAD_BYTES, judgeHead, textMayHoldCredential } from './sieve.ts'

const judge = (bytes: Buffer, name = 'file', size = bytes.length): string => judgeHead(bytes.subarray(0, HEAD_BYTES), size, name)
const WIRE = 'AAAAC3NzaC1lZDI1NTE5AAAAIHM4'

test.each([
  ['a PEM boundary', Buffer.from('text\n-----BEGIN CERTIFICATE-----\n')],
  ['a PEM boundary in base64', Buffer.from(`data: ${Buffer.from('-----BEGIN CERTIFICATE-----').toString('base64')}\n`)],
  ['an SSH2 public key', Buffer.from('---- BEGIN SSH2 PUBLIC KEY ----\n')],
  ['a PuTTY key', Buffer.from('PuTTY-User-Key-File-3: ssh-ed25519\n')],
  ['an SSH public key', Buffer.from(`ssh-ed25519 ${WIRE} me\n`)],
  ['an authorized key with options', Buffer.from(`from="10.0.0.0/8",restrict ssh-ed25519 ${WIRE}\n`)],
  ['a DER sequence that fills the file', Buffer.concat([Buffer.from([0x30, 0x82, 0x01, 0x00, 0x30]), Buffer.alloc(255)])],
  ['a JKS keystore', Buffer.from('feedfeed0000000200000000', 'hex')],
  ['a JCEKS keystore', Buffer.from('cececece0000000200000000', 'hex')],
  ['a BKS keystore', Buffer.from('000000020000001400000000', 'hex')],
  ['an OpenPGP public key packet', Buffer.from('99010d0464000000010800', 'hex')],
  ['an OpenPGP secret key packet', Buffer.from('c5330464000000161f2b', 'hex')],
  ['PEM followed by padding', Buffer.concat([Buffer.from('-----BEGIN CERTIFICATE-----\n'), Buffer.alloc(100)])],
  ['a DER sequence cut short', Buffer.concat([Buffer.from([0x30, 0x82, 0x03, 0x00, 0x30]), Buffer.alloc(64)])],
])('%s is parsed', (_, bytes) => {
  expect(judge(bytes)).toBe('whole')
})

test.each([
  ['an empty file', Buffer.alloc(0)],
  ['seven bytes', Buffer.from('-----BE')],
  [
    'an ELF executable',
    Buffer.concat([
      Buffer.from('\x7fELF\x02\x01\x01\0', 'latin1'),
      Buffer.alloc(5000),
      Buffer.from('-----BEGIN RSA PRIVATE KEY-----'),
    ]),
  ],
  ['plain text', Buffer.from('hello world, AAAA is no key\n')],
  ['zeros', Buffer.alloc(HEAD_BYTES)],
  ['text that starts like DER', Buffer.from('0 is a digit and nothing more here')],
])('%s is not', (_, bytes) => {
  expect(judge(bytes)).toBe('never')
})

test('text longer than the first look is undecided until the rest is searched', () => {
  const text = Buffer.from('x'.repeat(HEAD_BYTES))
  expect(judgeHead(text, HEAD_BYTES, 'f')).toBe('never')
  expect(judgeHead(text, HEAD_BYTES + 1, 'f')).toBe('text')
})

test('NSS databases go by name as well: other SQLite files are not read', () => {
  const sqlite = Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(100)])
  expect([judge(sqlite, 'cert9.db'), judge(sqlite, 'history.db')]).toEqual(['whole', 'never'])
})

test('a key is found wherever it stands in text, and long runs of A cost no time', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.nat(20), (before, after, run) =>
      textMayHoldCredential(Buffer.from(`${before}${'A'.repeat(run)}${WIRE}${after}`)),
    ),
  )
  expect(textMayHoldCredential(Buffer.from('A'.repeat(1_000_000)))).toBe(false)
})

test('no bytes break the judgement', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(1e6), (bytes, size) =>
      ['never', 'whole', 'text'].includes(judgeHead(Buffer.from(bytes), size, 'f')),
    ),
  )
})
