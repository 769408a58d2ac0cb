import { Spec, Validation } from '@cyclonedx/cyclonedx-library'
import { describe, expect, it } from 'vitest'
import type { Certificate, Credential, Key } from '../credential.ts'
import { type CbomItem, cbomText, cbomVersions } from './cbom.ts'

const certificate: Certificate = {
  kind: 'certificate', fingerprint: 'a'.repeat(64), spkiSha256: 'b'.repeat(64), der: 'MAA=', subject: 'CN=www.example.org', issuer: 'CN=Example CA', commonName: 'www.example.org',
  serialNumber: '1f', notBefore: '2026-01-01T00:00:00.000Z', notAfter: '2026-06-01T00:00:00.000Z', subjectAltNames: [{ type: 'dns', value: 'www.example.org' }],
  key: { algorithm: 'rsa', sizeBits: 2048, curve: null, rsaExponent: '65537', rsaModulus: null }, signatureAlgorithm: 'sha256WithRSAEncryption', signatureHash: 'sha256', version: 3,
  isCa: false, hasBasicConstraints: true, pathLength: null, keyUsage: ['digitalSignature'], extendedKeyUsage: ['serverAuth'], subjectKeyId: '01', authorityKeyId: '02', selfIssued: false,
  crlDistributionPoints: [], ocspUrls: [], caIssuersUrls: [], policies: [], sctCount: 0, mustStaple: false, unknownCriticalExtensions: [],
}
const algorithms = ['rsa', 'rsa-pss', 'dsa', 'dh', 'ec', 'ed25519', 'ed448', 'x25519', 'x448', 'ml-dsa-44', 'ml-dsa-65', 'ml-dsa-87', 'ml-kem-512', 'ml-kem-768', 'ml-kem-1024', 'slh-dsa', 'elgamal', 'unknown'] as const
const keys: Key[] = algorithms.map((algorithm, i) => ({
  kind: i % 2 === 0 ? 'private-key' : 'ssh-key', fingerprint: i.toString(16).padStart(64, '0'), spkiSha256: null, sshFingerprint: null, hardwareBacked: false,
  key: { algorithm, sizeBits: 2048, curve: algorithm === 'ec' ? 'P-256' : null, rsaExponent: null, rsaModulus: null },
}))
const item = (credential: Credential): CbomItem => ({ credential, name: 'www', state: 'active', places: ['/etc/ssl/www.pem', 'www.example.org:443'], owner: 'platform' })

async function text(version: (typeof cbomVersions)[number], ...pages: CbomItem[][]): Promise<string> {
  const head = { serialNumber: '3e671687-395b-41f5-a30f-a58921a69b79', timestamp: new Date('2026-06-01T00:00:00Z'), toolVersion: '0.1.0' }
  let all = ''
  for await (const piece of cbomText(version, head, (async function* () { yield* pages })())) all += piece
  return all
}

describe.each(cbomVersions)('a bill of materials of version %s', (version) => {
  const validator = new Validation.JsonStrictValidator(version === '1.7' ? Spec.Version.v1dot7 : Spec.Version.v1dot6)

  it('fits the published schema, whatever the algorithms', async () => {
    const bom = await text(version, [item(certificate)], keys.map(item))
    expect(await validator.validate(bom)).toBeNull()
  })

  it('is refused by the schema once it is damaged: the check can fail', async () => {
    expect(await validator.validate((await text(version, [item(certificate)])).replace('"assetType":"certificate"', '"assetType":"parchment"'))).not.toBeNull()
  })

  it('fits it when it is empty', async () => {
    expect(await validator.validate(await text(version))).toBeNull()
  })

  it('refers only to what it contains, and names everything once', async () => {
    const bom = JSON.parse(await text(version, [item(certificate), ...keys.map(item)])) as { components: { 'bom-ref': string }[] }
    const refs = bom.components.map((component) => component['bom-ref'])
    expect(new Set(refs).size).toBe(refs.length)
    const used = [...JSON.stringify(bom).matchAll(/"(?:ref|algorithmRef|signatureAlgorithmRef|subjectPublicKeyRef)":"([^"]+)"/g)].map((match) => match[1]!)
    expect(used.length).toBeGreaterThan(10)
    for (const ref of used) expect(refs).toContain(ref)
  })

  it('says where things are and who owns them', async () => {
    const bom = JSON.parse(await text(version, [item(certificate)])) as { components: Record<string, unknown>[] }
    expect(bom.components[0]).toMatchObject({ evidence: { occurrences: [{ location: '/etc/ssl/www.pem' }, { location: 'www.example.org:443' }] }, properties: [{ name: 'muster:owner', value: 'platform' }] })
  })
})
