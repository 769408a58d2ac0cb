import { createHash, X509Certificate } from 'node:crypto'
import { credentialSchema, Secret } from '@muster/core'
import { hasTool, testCa, workbench } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openKeystore } from './open.ts'
import { recognise } from '../recognise.ts'

const bench = workbench()
afterAll(() => bench.remove())
const ca = testCa({ keyType: 'rsa-2048' })
const leaf = ca.issue({ subject: 'CN=leaf.example', keyType: 'rsa-2048' })
const secrets = (...texts: string[]): Secret[] => texts.map((text) => Secret.fromText(text))
const withKeytool = hasTool('keytool', '-help')
const fingerprint = (der: Buffer): string => createHash('sha256').update(der).digest('hex')

beforeAll(() => {
  bench.write('leaf.pem', leaf.pem)
  bench.write('key.pem', leaf.privateKeyPem)
  bench.write('chain.pem', ca.intermediate.pem + ca.root.pem)
  bench.write('root.pem', ca.root.pem)
})

function pkcs12(...args: string[]): Buffer {
  bench.run('openssl', 'pkcs12', '-export', '-inkey', 'key.pem', '-in', 'leaf.pem', '-certfile', 'chain.pem', '-name', 'mein Schlüssel', '-out', 'x.p12', ...args)
  return bench.read('x.p12')
}

const legacy = ['-legacy', '-provider', 'legacy', '-provider', 'default']

describe('a PKCS#12 store by OpenSSL', () => {
  it.each([
    ['today', [], 'pbes2-aes256-cbc', 'hmac-sha256 pkcs12-sha256:2048'],
    ['legacy', legacy, 'pbeWithSHA1And3-KeyTripleDES-CBC', 'hmac-sha1 pkcs12-sha1:2048'],
    ['RC2-40', ['-keypbe', 'PBE-SHA1-RC2-40', ...legacy], 'pbeWithSHA1And40BitRC2-CBC', 'hmac-sha1 pkcs12-sha1:2048'],
    ['AES-128, SHA-512', ['-keypbe', 'AES-128-CBC', '-certpbe', 'AES-128-CBC', '-macalg', 'sha512', '-iter', '100'], 'pbes2-aes128-cbc', 'hmac-sha512 pkcs12-sha512:100'],
    ['without MAC', ['-nomac'], 'pbes2-aes256-cbc', null],
    ['plain certificates', ['-certpbe', 'NONE'], 'pbes2-aes256-cbc', 'hmac-sha256 pkcs12-sha256:2048'],
  ] as const)('as of %s opens with its passphrase', (_, args, scheme, integrity) => {
    const store = openKeystore(pkcs12('-passout', 'pass:gehe1m-ß', ...args), secrets('wrong', 'gehe1m-ß'))
    expect(store).toMatchObject({ storeType: 'pkcs12', integrity, integrityVerified: integrity === null ? null : true, unlocked: true, problems: [] })
    const key = store.entries.find(({ part }) => part === 'private-key')!
    expect(key).toMatchObject({ alias: 'mein Schlüssel', unlocked: true, protection: { encrypted: true, scheme }, credential: { spkiSha256: fingerprint(leaf.spkiDer) } })
    const certificates = store.entries.filter(({ part }) => part === 'certificate')
    expect(certificates.map(({ alias }) => alias).toSorted()).toEqual(['Muster Test Issuing CA', 'Muster Test Root', 'mein Schlüssel'])
    expect(new Set(certificates.map(({ credential }) => credential.fingerprint))).toEqual(new Set([leaf, ca.intermediate, ca.root].map(({ der }) => fingerprint(der))))
    for (const { credential } of store.entries) expect(credentialSchema.parse(credential)).toEqual(credential)
  })

  it('stays closed without its passphrase: a problem, and what is readable is read', () => {
    const closed = openKeystore(pkcs12('-passout', 'pass:right'), secrets('wrong'))
    expect(closed).toMatchObject({ unlocked: false, integrityVerified: false, problems: [{ code: 'keystore.passphrase' }] })
    expect(closed.entries).toMatchObject([{ part: 'private-key', unlocked: false, credential: { spkiSha256: null } }])
    const plain = openKeystore(pkcs12('-passout', 'pass:right', '-certpbe', 'NONE'), [])
    expect(plain.entries.filter(({ part }) => part === 'certificate')).toHaveLength(3)
  })

  it.each([['empty passphrase', ['-passout', 'pass:']], ['empty passphrase, legacy', ['-passout', 'pass:', ...legacy]], ['nothing encrypted', ['-passout', 'pass:', '-nomac', '-keypbe', 'NONE', '-certpbe', 'NONE']]])(
    'with %s opens although none is given', (_, args) => {
      const store = openKeystore(pkcs12(...args), [])
      expect(store.unlocked).toBe(true)
      expect(store.entries).toHaveLength(4)
    })
})

describe.skipIf(!withKeytool)('a store by keytool', () => {
  const keytool = (...args: string[]): string => bench.run('keytool', '-J-Xshare:auto', '-J-XX:TieredStopAtLevel=1', ...args, '-noprompt')
  const storepass = ['-storepass', 'tr0ub4dor']
  const importAnchor = (file: string, type: string): string => keytool('-importcert', '-file', 'root.pem', '-alias', 'vertrauter Anker', '-keystore', file, '-storetype', type, ...storepass)
  /** The key keeps the passphrase of the store it comes from where the type allows one of its own. */
  beforeAll(() => {
    bench.write('source.p12', pkcs12('-passout', 'pass:changeit'))
    for (const type of ['JKS', 'JCEKS', 'PKCS12']) {
      keytool('-importkeystore', '-srckeystore', 'source.p12', '-srcstoretype', 'PKCS12', '-srcstorepass', 'changeit', '-destkeystore', `x.${type}`, '-deststoretype', type, '-deststorepass', 'tr0ub4dor')
      importAnchor(`x.${type}`, type)
    }
    keytool('-genseckey', '-alias', 'aaa', '-keyalg', 'AES', '-keysize', '256', '-keystore', 'sk.jceks', '-storetype', 'JCEKS', ...storepass, '-keypass', 'tr0ub4dor')
    importAnchor('sk.jceks', 'JCEKS')
    keytool('-J-Dkeystore.pkcs12.certProtectionAlgorithm=NONE', '-J-Dkeystore.pkcs12.macAlgorithm=NONE', '-importcert', '-file', 'root.pem', '-alias', 'anchor', '-keystore', 'plain.p12', '-storetype', 'PKCS12', ...storepass)
  }, 180_000)

  it.each([['JKS', 'jks', 'jks-sha1-stream'], ['JCEKS', 'jceks', 'pbeWithMD5AndTripleDES-CBC'], ['PKCS12', 'pkcs12', 'pbes2-aes256-cbc']])('of type %s opens with its passphrases', (type, storeType, scheme) => {
    const store = openKeystore(bench.read(`x.${type}`), secrets('changeit', 'tr0ub4dor'))
    expect(store).toMatchObject({ storeType, unlocked: true, integrityVerified: true, problems: [] })
    expect(store.entries.find(({ part }) => part === 'private-key')).toMatchObject({
      alias: 'mein schlüssel', protection: { encrypted: true, scheme }, credential: { spkiSha256: fingerprint(leaf.spkiDer) },
    })
    const anchor = store.entries.find(({ alias }) => /^vertrauter anker$/i.test(alias))
    expect(anchor?.credential.fingerprint).toBe(new X509Certificate(ca.root.der).fingerprint256.replaceAll(':', '').toLowerCase())
  })

  it.each([['JKS'], ['JCEKS']])('of type %s shows certificates and aliases without a passphrase', (type) => {
    const store = openKeystore(bench.read(`x.${type}`), secrets('wrong'))
    expect(store).toMatchObject({ unlocked: false, integrityVerified: false, problems: [{ code: 'keystore.passphrase' }] })
    expect(store.entries.filter(({ part }) => part === 'certificate')).toHaveLength(4)
    expect(store.entries.find(({ part }) => part === 'private-key')).toMatchObject({ alias: 'mein schlüssel', unlocked: false, credential: { spkiSha256: null } })
  })

  it('whose key has a passphrase that is not given has a checked store and a closed key', () => {
    expect(openKeystore(bench.read('x.JKS'), secrets('tr0ub4dor'))).toMatchObject({ integrityVerified: true, unlocked: false })
  })

  it('with a secret key in it (JCEKS) is read past that key', () => {
    expect(openKeystore(bench.read('sk.jceks'), [])).toMatchObject({ entries: [{ alias: 'vertrauter anker', part: 'certificate' }], problems: [] })
  })

  it('in PKCS#12 with neither encryption nor MAC is open', () => {
    expect(openKeystore(bench.read('plain.p12'), [])).toMatchObject({ integrity: null, unlocked: true, entries: [{ alias: 'anchor', part: 'certificate' }] })
  })
})

describe('PKCS#7', () => {
  it('bundles by OpenSSL give their certificates in order, in PEM, DER and streamed BER', () => {
    bench.run('openssl', 'crl2pkcs7', '-nocrl', '-certfile', 'leaf.pem', '-certfile', 'chain.pem', '-out', 'x.p7b')
    bench.run('openssl', 'crl2pkcs7', '-nocrl', '-certfile', 'leaf.pem', '-certfile', 'chain.pem', '-outform', 'DER', '-out', 'x.p7c')
    bench.write('message', 'hello')
    bench.run('openssl', 'cms', '-sign', '-stream', '-nodetach', '-in', 'message', '-signer', 'leaf.pem', '-inkey', 'key.pem', '-certfile', 'chain.pem', '-outform', 'DER', '-out', 'x.p7m')
    for (const file of ['x.p7b', 'x.p7c', 'x.p7m']) {
      const { findings, problems } = recognise(bench.read(file), { passphrases: [] })
      expect(problems).toEqual([])
      expect(new Set(findings.map(({ credential }) => credential.fingerprint))).toEqual(new Set([leaf, ca.intermediate, ca.root].map(({ der }) => fingerprint(der))))
      expect(findings.every(({ format }) => format === 'pkcs7')).toBe(true)
    }
    expect(bench.read('x.p7m')[1]).toBe(0x80)
  })
})
