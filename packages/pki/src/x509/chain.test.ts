import { createTestCertificate, testCa } from '@muster/testkit'
import { describe, expect, it } from 'vitest'
import { couldHaveIssued, orderChain, verifySignedBy } from './chain.ts'

const ca = testCa()
const leaf = ca.issue({ subject: 'CN=leaf' })
const [l, i, r] = [leaf.cert, ca.intermediate.cert, ca.root.cert]
const other = createTestCertificate({ subject: 'CN=unrelated' }).cert

describe('a served chain', () => {
  it.each([
    ['leaf and intermediate', [l, i], { ordered: true, complete: false, includesRoot: false, unrelated: [] }],
    ['all to the root', [l, i, r], { ordered: true, complete: true, includesRoot: true, unrelated: [] }],
    ['in wrong order', [l, r, i], { ordered: false, complete: true, includesRoot: true, unrelated: [] }],
    ['the leaf alone', [l], { ordered: true, complete: false, includesRoot: false, unrelated: [] }],
    ['with a gap', [l, r], { ordered: false, complete: false, includesRoot: false, unrelated: [r.fingerprint] }],
    ['with something unrelated', [l, i, other], { ordered: false, complete: false, unrelated: [other.fingerprint] }],
    ['with the leaf twice', [l, l, i], { ordered: false, complete: false, duplicates: [l.fingerprint] }],
    ['of a self-signed certificate', [other], { ordered: true, complete: true, includesRoot: false }],
  ])('%s', (_, certificates, expected) => expect(orderChain(certificates)).toMatchObject(expected))

  it('is complete when its end is issued by a trust anchor', () => {
    expect(orderChain([l, i], [r]).complete).toBe(true)
    expect(orderChain([l], [r]).complete).toBe(false)
  })
  it('may be empty', () => expect(orderChain([])).toMatchObject({ path: [], complete: false }))
  it('does not follow a loop for ever', () => {
    const a = createTestCertificate({ subject: 'CN=a', issuerName: 'CN=b', noKeyIds: true })
    const b = createTestCertificate({ subject: 'CN=b', issuerName: 'CN=a', noKeyIds: true })
    expect(orderChain([a.cert, b.cert]).path).toHaveLength(2)
  })
})

describe('who issued a certificate', () => {
  it('is told by name and key identifier', () => {
    expect(couldHaveIssued(i, l)).toBe(true)
    expect(couldHaveIssued(r, l)).toBe(false)
    const sameName = createTestCertificate({ subject: 'CN=Muster Test Issuing CA,O=Muster Test', ca: true }).cert
    expect(couldHaveIssued(sameName, l)).toBe(false)
  })
  it('is proved by the signature', () => {
    expect(verifySignedBy(leaf.der, ca.intermediate.der)).toBe(true)
    expect(verifySignedBy(leaf.der, ca.root.der)).toBe(false)
    expect(verifySignedBy(leaf.der.subarray(1), ca.root.der)).toBe(false)
  })
})
