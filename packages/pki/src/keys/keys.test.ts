import { createHash } from 'node:crypto'
import { isMusterError, keySchema, Secret } from '@muster/core'
import { workbench } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as write from '../der/writer.ts'
import { recognise } from '../recognise.ts'
import { KdfBudget } from './kdf.ts'
import { parsePrivateKey } from './private-key.ts'

const bench = workbench()
afterAll(() => bench.remove())
const passphrases = [Secret.fromText('wrong'), Secret.fromText('pässwörd')]
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const openssl = (...args: string[]): string => bench.run('openssl', ...args)

/** The only finding in a file. */
function only(name: string, secrets = passphrases) {
  const { findings, problems } = recognise(bench.read(name), { passphrases: secrets })
  expect(problems).toEqual([])
  expect(findings).toHaveLength(1)
  const [found] = findings
  expect(keySchema.parse(found!.credential)).toEqual(found!.credential)
  return found!
}

function publicHalf(name: string): string {
  openssl('pkey', '-in', name, '-pubout', '-outform', 'DER', '-out', 'out.pub')
  return sha256(bench.read('out.pub'))
}

describe.each([
  ['RSA', 'rsa', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'], 2048],
  ['RSA-PSS', 'rsa-pss', ['-algorithm', 'RSA-PSS', '-pkeyopt', 'rsa_keygen_bits:2048', '-pkeyopt', 'rsa_pss_keygen_md:sha256'], 2048],
  ['P-256', 'ec', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'], 256],
  ['P-521', 'ec', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-521'], 521],
  ['brainpoolP256r1', 'ec', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:brainpoolP256r1'], 256],
  ['Ed25519', 'ed25519', ['-algorithm', 'ED25519'], 256],
  ['Ed448', 'ed448', ['-algorithm', 'ED448'], 456],
  ['X25519', 'x25519', ['-algorithm', 'X25519'], 256],
] as const)('an %s key by OpenSSL', (_, algorithm, generate, sizeBits) => {
  beforeAll(() => void openssl('genpkey', ...generate, '-out', 'k.pem'))

  it('in PKCS#8, PEM and DER, gives its public half', () => {
    openssl('pkey', '-in', 'k.pem', '-outform', 'DER', '-out', 'k.der')
    const [pem, der] = [only('k.pem'), only('k.der')]
    expect(pem).toMatchObject({ part: 'private-key', format: 'pkcs8', protection: { encrypted: false, scheme: null } })
    expect(pem.credential).toMatchObject({ spkiSha256: publicHalf('k.pem'), fingerprint: publicHalf('k.pem'), key: { algorithm, sizeBits } })
    expect(der.credential).toEqual(pem.credential)
  })
  it('as a public key is the same key', () => {
    openssl('pkey', '-in', 'k.pem', '-pubout', '-out', 'pub.pem')
    expect(only('pub.pem')).toMatchObject({ part: 'public-key', protection: null, credential: { spkiSha256: publicHalf('k.pem') } })
  })
  it('encrypted, opens with the right passphrase and stays closed without', () => {
    openssl('pkcs8', '-topk8', '-in', 'k.pem', '-passout', 'pass:pässwörd', '-out', 'e.pem')
    const open = only('e.pem')
    expect(open).toMatchObject({ protection: { encrypted: true, scheme: 'pbes2-aes256-cbc', kdf: 'pbkdf2-hmac-sha256:2048' }, credential: { spkiSha256: publicHalf('k.pem') } })
    const closed = only('e.pem', [passphrases[0]!])
    expect(closed).toMatchObject({ protection: { encrypted: true }, credential: { spkiSha256: null, key: { algorithm: 'unknown' } } })
    openssl('pkcs8', '-in', 'e.pem', '-passin', 'pass:pässwörd', '-topk8', '-nocrypt', '-out', 'again.pem')
    expect(closed.credential.fingerprint).toBe(sha256(Buffer.from(bench.read('e.pem').toString().replaceAll(/-----.*?-----|\n/g, ''), 'base64')))
  })
})

describe('the traditional forms', () => {
  beforeAll(() => {
    openssl('genrsa', '-out', 'r8.pem', '2048')
    openssl('rsa', '-in', 'r8.pem', '-traditional', '-out', 'pkcs1.pem')
    openssl('ecparam', '-name', 'prime256v1', '-genkey', '-out', 'sec1.pem')
    openssl('dsaparam', '-out', 'dsap.pem', '2048')
    openssl('gendsa', '-out', 'dsa8.pem', 'dsap.pem')
    openssl('dsa', '-in', 'dsa8.pem', '-out', 'dsa.pem')
  })
  it.each([['pkcs1.pem', 'pkcs1', 'rsa'], ['sec1.pem', 'sec1', 'ec'], ['dsa8.pem', 'pkcs8', 'dsa']])('%s is read as %s', (file, format, algorithm) => {
    expect(only(file)).toMatchObject({ format, credential: { spkiSha256: publicHalf(file), key: { algorithm } } })
  })
  it.each(['aes-128-cbc', 'aes-256-cbc', 'des-ede3-cbc', 'camellia-256-cbc'])('encrypted by %s open with the passphrase', (cipher) => {
    openssl('rsa', '-in', 'r8.pem', '-traditional', `-${cipher}`, '-passout', 'pass:pässwörd', '-out', 'enc.pem')
    expect(only('enc.pem')).toMatchObject({ format: 'pkcs1', protection: { encrypted: true, scheme: cipher }, credential: { spkiSha256: publicHalf('r8.pem') } })
    expect(only('enc.pem', [])).toMatchObject({ format: 'pkcs1', protection: { encrypted: true }, credential: { spkiSha256: null, key: { algorithm: 'rsa' } } })
  })
  it('an EC key without its public point has it computed', () => {
    openssl('ec', '-in', 'sec1.pem', '-no_public', '-out', 'bare.pem')
    expect(only('bare.pem').credential.spkiSha256).toBe(publicHalf('sec1.pem'))
  })
  it('explicit curve parameters are told as such and nothing is computed over them', () => {
    openssl('ecparam', '-name', 'secp256k1', '-genkey', '-param_enc', 'explicit', '-noout', '-out', 'explicit.pem')
    expect(only('explicit.pem').credential).toMatchObject({ key: { algorithm: 'ec', curve: 'explicit', sizeBits: 256 } })
  })
})

describe('the encryption schemes of PKCS#8', () => {
  beforeAll(() => void openssl('genpkey', '-algorithm', 'ED25519', '-out', 's.pem'))
  const legacy = ['-provider', 'legacy', '-provider', 'default']
  it.each([
    ['pbes2-aes128-cbc', 'pbkdf2-hmac-sha512:5000', ['-v2', 'aes-128-cbc', '-v2prf', 'hmacWithSHA512', '-iter', '5000']],
    ['pbes2-des-ede3-cbc', 'pbkdf2-hmac-sha1:2048', ['-v2', 'des3', '-v2prf', 'hmacWithSHA1']],
    ['pbes2-rc2-cbc', 'pbkdf2-hmac-sha256:2048', ['-v2', 'rc2', ...legacy]],
    ['pbes2-des-cbc', 'pbkdf2-hmac-sha256:2048', ['-v2', 'des', ...legacy]],
    ['pbes2-camellia256-cbc', 'pbkdf2-hmac-sha256:2048', ['-v2', 'camellia256']],
    ['pbes2-aes256-cbc', 'scrypt:1024,8,2', ['-scrypt', '-scrypt_N', '1024', '-scrypt_r', '8', '-scrypt_p', '2']],
    ['pbeWithMD5AndDES-CBC', 'pbkdf1-md5:2048', ['-v1', 'PBE-MD5-DES', ...legacy]],
    ['pbeWithSHA1AndDES-CBC', 'pbkdf1-sha1:2048', ['-v1', 'PBE-SHA1-DES', ...legacy]],
    ['pbeWithMD5AndRC2-CBC', 'pbkdf1-md5:2048', ['-v1', 'PBE-MD5-RC2-64', ...legacy]],
    ['pbeWithSHA1AndRC2-CBC', 'pbkdf1-sha1:2048', ['-v1', 'PBE-SHA1-RC2-64', ...legacy]],
    ['pbeWithSHA1And128BitRC4', 'pkcs12-sha1:2048', ['-v1', 'PBE-SHA1-RC4-128', ...legacy]],
    ['pbeWithSHA1And40BitRC4', 'pkcs12-sha1:2048', ['-v1', 'PBE-SHA1-RC4-40', ...legacy]],
    ['pbeWithSHA1And3-KeyTripleDES-CBC', 'pkcs12-sha1:2048', ['-v1', 'PBE-SHA1-3DES']],
    ['pbeWithSHA1And2-KeyTripleDES-CBC', 'pkcs12-sha1:2048', ['-v1', 'PBE-SHA1-2DES']],
    ['pbeWithSHA1And128BitRC2-CBC', 'pkcs12-sha1:2048', ['-v1', 'PBE-SHA1-RC2-128', ...legacy]],
    ['pbeWithSHA1And40BitRC2-CBC', 'pkcs12-sha1:2048', ['-v1', 'PBE-SHA1-RC2-40', ...legacy]],
  ])('%s with %s opens', (scheme, kdf, args) => {
    openssl('pkcs8', '-topk8', '-in', 's.pem', '-passout', 'pass:pässwörd', '-out', 'x.pem', ...args)
    expect(only('x.pem')).toMatchObject({ protection: { encrypted: true, scheme, kdf }, credential: { spkiSha256: publicHalf('s.pem') } })
  })
})

describe('a hostile key cannot', () => {
  it('make key derivation run for long: the key stays closed and the reason is told', () => {
    const kdf = write.sequence(write.oid('1.2.840.113549.1.5.12'), write.sequence(write.octetString(Buffer.alloc(8)), write.integer(0x7fffffff)))
    const cipher = write.sequence(write.oid('2.16.840.1.101.3.4.1.42'), write.octetString(Buffer.alloc(16)))
    const der = write.sequence(write.sequence(write.oid('1.2.840.113549.1.5.13'), write.sequence(kdf, cipher)), write.octetString(Buffer.alloc(64)))
    const started = performance.now()
    const found = parsePrivateKey(der, { passphrases, budget: new KdfBudget() })
    expect(found).toMatchObject({ unlocked: false, key: { spkiSha256: null }, problem: { code: 'input.limit' } })
    expect(performance.now() - started).toBeLessThan(1000)
  })
  it('spend more than the budget of its file, over all passphrases', () => {
    const budget = new KdfBudget(100)
    budget.spend(60)
    expect(() => budget.spend(41)).toThrow('more than a file may demand')
    budget.spend(40)
    expect(() => budget.spend(Number.NaN)).toThrow('more than a file may demand')
  })
  it('have its private numbers quoted in an error', () => {
    const broken = write.sequence(write.integer(0), write.integer(Buffer.alloc(128, 0xab)), write.integer(65537), write.octetString(Buffer.from('topsecret')))
    let message = ''
    try {
      parsePrivateKey(broken, { passphrases: [], budget: new KdfBudget() })
    } catch (error) {
      message = isMusterError(error) ? `${error.message} ${JSON.stringify(error.detail)}` : ''
    }
    expect(message).not.toBe('')
    expect(message).not.toMatch(/abab|topsecret|746f70/)
  })
})
