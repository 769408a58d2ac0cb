import { describe, expect, it } from 'vitest'
import { itAnswersEverything } from '../ssh/fuzz.testing.ts'
import { pgpFuzzTargets } from './fuzz.ts'
import { recognisePgp } from './recognise.ts'

describe.each(pgpFuzzTargets)('$name', itAnswersEverything)

describe('keys made by hand', () => {
  const [publicRing, secretRing, armoured, keybox] = pgpFuzzTargets[0]!.seeds()
  const found = (bytes: Uint8Array | undefined) => recognisePgp(bytes!, { passphrases: [] })!

  it('of versions 3, 4 and 6 are read from a ring, armour and a keybox alike', () => {
    const { findings, problems } = found(publicRing)
    expect(problems).toEqual([])
    expect(findings.map((item) => item.credential)).toMatchObject([
      { pgpVersion: 4, key: { algorithm: 'rsa', sizeBits: 1024 }, subkeyCount: 1, userIds: ['A <a@example.org>'] },
      { pgpVersion: 6, key: { algorithm: 'ed25519' }, pgpFingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) },
      { pgpVersion: 3, key: { algorithm: 'rsa', sizeBits: 512 }, pgpFingerprint: expect.stringMatching(/^[0-9a-f]{32}$/), notAfter: new Date((0x65_00_00_00 + 30 * 86_400) * 1000).toISOString() },
    ])
    expect(found(armoured).findings).toEqual(findings)
    expect(found(keybox).findings).toEqual(findings)
  })

  it('tell their protection', () => {
    expect(found(secretRing).findings).toMatchObject([{ part: 'private-key', protection: { encrypted: true, scheme: 'aes256-cfb', kdf: 'iterated-salted sha256, 65536 bytes' } }])
  })

  it('a self-signature of another key sets no expiry', () => {
    expect(found(publicRing).findings[0]!.credential).toMatchObject({ notAfter: null, revoked: false })
  })
})

it('a ring of ten thousand damaged keys is told in a hundred problems and a count', () => {
  const bad = Uint8Array.of(0xc6, 12, 4, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
  const [ring] = pgpFuzzTargets[0]!.seeds()
  const { findings, problems } = recognisePgp(Buffer.concat([ring!, ...Array.from({ length: 12_000 }, () => bad)]), { passphrases: [] })!
  expect(findings).toHaveLength(3)
  expect(problems).toHaveLength(101)
  expect(problems.at(-1)!.message).toMatch(/^\d+ more parts could not be read$/)
})
