import { createCipheriv, createHash, generateKeyPairSync, pbkdf2Sync, type KeyObject } from 'node:crypto'
import * as write from './der/writer.ts'
import { hmac, pkcs12Kdf, KdfBudget, bmpPassphrase } from './keys/kdf.ts'
import { toPem } from './pem.ts'

/** Passphrase of every encrypted seed. */
export const SEED_PASSPHRASE = 'fuzz'

const { sequence, set, oid, explicit, implicit, octetString, integer } = write
const text = (value: string): Buffer => Buffer.from(value, 'latin1')
const attribute = (type: string, value: Buffer): Buffer => set(sequence(oid(type), value))
const NAME = sequence(
  attribute('2.5.4.6', write.printableString('DE')), attribute('2.5.4.10', write.utf8String('Müster, "GmbH"')),
  attribute('2.5.4.3', write.bmpString('seed.example')), attribute('2.25.7', write.utf8String('x')),
)
const ECDSA = sequence(oid('1.2.840.10045.4.3.2'))
const VALIDITY = sequence(write.utcTime(new Date('2026-01-01T00:00:00Z')), write.generalizedTime(new Date('2051-01-01T00:00:00Z')))
const extension = (type: string, value: Buffer, critical = false): Buffer =>
  sequence(oid(type), ...(critical ? [write.boolean(true)] : []), octetString(value))

const SAN = sequence(
  implicit(2, text('seed.example')), implicit(2, text('*.seed.example')), implicit(7, Buffer.from([127, 0, 0, 1])), implicit(7, Buffer.alloc(16, 1)),
  implicit(1, text('a@seed.example')), implicit(6, text('spiffe://seed.example/x')), explicit(4, NAME), implicit(8, Buffer.from([0x2a, 3])),
  explicit(0, oid('1.3.6.1.4.1.311.20.2.3'), explicit(0, write.utf8String('user@realm'))),
)
const SCTS = Buffer.concat([Buffer.from([0, 6, 0, 4, 1, 2, 3, 4])])
const EXTENSIONS = explicit(3, sequence(
  extension('2.5.29.19', sequence(write.boolean(true), integer(1)), true), extension('2.5.29.15', write.namedBits([0, 5, 8]), true),
  extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'), oid('1.2.3.4'))), extension('2.5.29.17', SAN),
  extension('2.5.29.14', octetString(Buffer.alloc(20, 7))), extension('2.5.29.35', sequence(implicit(0, Buffer.alloc(20, 7)))),
  extension('2.5.29.31', sequence(sequence(explicit(0, explicit(0, implicit(6, text('http://a/c.crl'))))))),
  extension('1.3.6.1.5.5.7.1.1', sequence(sequence(oid('1.3.6.1.5.5.7.48.1'), implicit(6, text('http://o/'))))),
  extension('2.5.29.32', sequence(sequence(oid('2.23.140.1.2.1')))), extension('1.3.6.1.4.1.11129.2.4.2', octetString(SCTS)),
  extension('1.3.6.1.5.5.7.1.24', sequence(integer(5))), extension('1.2.3.4.5', Buffer.from([5, 0]), true),
))
const SIGNATURE = write.bitString(Buffer.alloc(70, 9))

/** One private key of each kind the readers know, made anew. */
function keys(): KeyObject[] {
  return [
    generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey,
    generateKeyPairSync('rsa-pss', { modulusLength: 1024, hashAlgorithm: 'sha256', mgf1HashAlgorithm: 'sha256' }).privateKey,
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
    generateKeyPairSync('ed25519').privateKey,
    generateKeyPairSync('x448').privateKey,
  ]
}

function spki(key: KeyObject): Buffer {
  const jwk = key.export({ format: 'jwk' })
  if (jwk.kty === 'EC') {
    const point = Buffer.concat([Buffer.from([4]), Buffer.from(jwk.x!, 'base64url'), Buffer.from(jwk.y!, 'base64url')])
    return sequence(sequence(oid('1.2.840.10045.2.1'), oid('1.2.840.10045.3.1.7')), write.bitString(point))
  }
  const rsa = sequence(integer(Buffer.from(jwk.n!, 'base64url')), integer(65537))
  return sequence(sequence(oid('1.2.840.113549.1.1.1'), write.nullValue()), write.bitString(rsa))
}

/** Well-formed certificates; the signature is not real, no reader checks it. */
export function certificateSeeds(): Buffer[] {
  const make = (publicKey: Buffer): Buffer => sequence(
    sequence(explicit(0, integer(2)), integer(-77n), ECDSA, NAME, VALIDITY, NAME, publicKey, EXTENSIONS), ECDSA, SIGNATURE)
  const [rsa, , ec] = keys()
  const v1 = sequence(sequence(integer(5), ECDSA, NAME, VALIDITY, sequence(), spki(rsa!)), ECDSA, SIGNATURE)
  return [make(spki(ec!)), make(spki(rsa!)), v1]
}

export function requestSeeds(): Buffer[] {
  const attributes = explicit(0, sequence(oid('1.2.840.113549.1.9.14'), set(sequence(extension('2.5.29.17', SAN)))))
  return [sequence(sequence(integer(0), NAME, spki(keys()[2]!), attributes), ECDSA, SIGNATURE)]
}

export function crlSeeds(): Buffer[] {
  const entries = Array.from({ length: 20 }, (_, i) => sequence(integer(i + 1), write.utcTime(new Date('2026-01-01T00:00:00Z'))))
  const extensions = explicit(0, sequence(extension('2.5.29.20', integer(0x1234)), extension('2.5.29.27', integer(1), true), extension('2.5.29.35', sequence(implicit(0, Buffer.alloc(20, 3))))))
  return [sequence(sequence(integer(1), ECDSA, NAME, write.utcTime(new Date('2026-01-01T00:00:00Z')), write.utcTime(new Date('2026-02-01T00:00:00Z')), sequence(...entries), extensions), ECDSA, SIGNATURE)]
}

export function ocspSeeds(): Buffer[] {
  const time = write.generalizedTime(new Date('2026-01-01T00:00:00Z'))
  const id = sequence(sequence(oid('1.3.14.3.2.26'), write.nullValue()), octetString(Buffer.alloc(20, 1)), octetString(Buffer.alloc(20, 2)), integer(99))
  const single = (status: Buffer): Buffer => sequence(id, status, time, explicit(0, time))
  const revoked = explicit(1, time, explicit(0, write.element(0x0a, Buffer.from([1]))))
  const data = sequence(explicit(2, octetString(Buffer.alloc(20, 4))), time, sequence(single(implicit(0, Buffer.alloc(0))), single(revoked)))
  const basic = sequence(data, ECDSA, SIGNATURE)
  const ok = write.element(0x0a, Buffer.from([0]))
  return [sequence(ok, explicit(0, sequence(oid('1.3.6.1.5.5.7.48.1.1'), octetString(basic)))), sequence(write.element(0x0a, Buffer.from([6])))]
}

/** PKCS#8, PKCS#1, SEC1 and encrypted forms with one iteration, so that a round costs little. */
export function privateKeySeeds(): Buffer[] {
  const all = keys()
  const plain = all.map((key) => key.export({ type: 'pkcs8', format: 'der' }))
  return [
    ...plain, all[0]!.export({ type: 'pkcs1', format: 'der' }), all[2]!.export({ type: 'sec1', format: 'der' }),
    sequence(integer(0), ...[128, 20, 128, 128, 20].map((octets) => integer(Buffer.alloc(octets, 0x5b)))), encryptedKey(plain[2]!),
  ]
}

export function publicKeySeeds(): Buffer[] {
  const [rsa, , ec] = keys()
  return [spki(rsa!), spki(ec!), sequence(integer(Buffer.alloc(128, 0xd3)), integer(65537))]
}

function pbes2(plain: Buffer): { algorithm: Buffer; data: Buffer } {
  const [salt, iv] = [Buffer.alloc(8, 1), Buffer.alloc(16, 2)]
  const kdf = sequence(oid('1.2.840.113549.1.5.12'), sequence(octetString(salt), integer(1), sequence(oid('1.2.840.113549.2.9'), write.nullValue())))
  const algorithm = sequence(oid('1.2.840.113549.1.5.13'), sequence(kdf, sequence(oid('2.16.840.1.101.3.4.1.2'), octetString(iv))))
  const cipher = createCipheriv('aes-128-cbc', pbkdf2Sync(SEED_PASSPHRASE, salt, 1, 16, 'sha256'), iv)
  return { algorithm, data: Buffer.concat([cipher.update(plain), cipher.final()]) }
}

function encryptedKey(pkcs8: Buffer): Buffer {
  const { algorithm, data } = pbes2(pkcs8)
  return sequence(algorithm, octetString(data))
}

export function pkcs7Seeds(): Buffer[] {
  const certificates = element(0xa0, ...certificateSeeds())
  const signed = sequence(integer(1), set(), sequence(oid('1.2.840.113549.1.7.1')), certificates, element(0xa1, ...crlSeeds()), set())
  const body = Buffer.concat([oid('1.2.840.113549.1.7.2'), Buffer.from([0xa0, 0x80]), signed, Buffer.alloc(2)])
  return [sequence(oid('1.2.840.113549.1.7.2'), explicit(0, signed)), Buffer.concat([Buffer.from([0x30, 0x80]), body, Buffer.alloc(2)])]
}

const { element } = write
const bagOid = (number: number): Buffer => oid(`1.2.840.113549.1.12.10.1.${number}`)

export function pkcs12Seeds(): Buffer[] {
  const attributes = set(sequence(oid('1.2.840.113549.1.9.20'), set(write.bmpString('alias'))), sequence(oid('1.2.840.113549.1.9.21'), set(octetString(Buffer.from([1])))))
  const key = keys()[2]!.export({ type: 'pkcs8', format: 'der' })
  const certificate = sequence(oid('1.2.840.113549.1.9.22.1'), explicit(0, octetString(certificateSeeds()[0]!)))
  const bags = sequence(
    sequence(bagOid(1), explicit(0, key), attributes), sequence(bagOid(2), explicit(0, encryptedKey(key)), attributes),
    sequence(bagOid(3), explicit(0, certificate)), sequence(bagOid(6), explicit(0, sequence(sequence(bagOid(3), explicit(0, certificate))))),
  )
  const { algorithm, data } = pbes2(bags)
  const encrypted = sequence(integer(0), sequence(oid('1.2.840.113549.1.7.1'), algorithm, implicit(0, data)))
  const safe = sequence(
    sequence(oid('1.2.840.113549.1.7.1'), explicit(0, octetString(bags))), sequence(oid('1.2.840.113549.1.7.6'), explicit(0, encrypted)))
  const salt = Buffer.alloc(8, 5)
  const macKey = pkcs12Kdf(new KdfBudget(), 'sha1', 3, bmpPassphrase(text(SEED_PASSPHRASE)), salt, 1, 20)
  const mac = sequence(sequence(sequence(oid('1.3.14.3.2.26'), write.nullValue()), octetString(hmac('sha1', macKey, safe))), octetString(salt), integer(1))
  const content = sequence(oid('1.2.840.113549.1.7.1'), explicit(0, octetString(safe)))
  return [sequence(integer(3), content, mac), sequence(integer(3), content)]
}

const uint16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff])
const uint32 = (value: number): Buffer => Buffer.concat([uint16(value >>> 16), uint16(value & 0xffff)])
const utf = (value: string): Buffer => Buffer.concat([uint16(value.length), text(value)])

/** A JKS and a JCEKS store with a trusted certificate, a key the store's own way and its digest. */
export function jksSeeds(): Buffer[] {
  const certificate = certificateSeeds()[0]!
  const plain = keys()[2]!.export({ type: 'pkcs8', format: 'der' })
  const password = Buffer.from(SEED_PASSPHRASE, 'utf16le').swap16()
  const sha1 = (...parts: Uint8Array[]): Buffer => createHash('sha1').update(Buffer.concat(parts)).digest()
  const salt: Buffer = Buffer.alloc(20, 6)
  const stream: Buffer[] = []
  for (let digest = salt; stream.length * 20 < plain.length;) stream.push((digest = sha1(password, digest)))
  const sealed = Buffer.from(plain.map((byte, i) => byte ^ stream[Math.floor(i / 20)]![i % 20]!))
  const container = sequence(sequence(oid('1.3.6.1.4.1.42.2.17.1.1'), write.nullValue()), octetString(Buffer.concat([salt, sealed, sha1(password, plain)])))
  const chain = Buffer.concat([utf('X.509'), uint32(certificate.length), certificate])
  const body = Buffer.concat([
    uint32(2), uint32(2), uint32(1), utf('key'), Buffer.alloc(8), uint32(container.length), container, uint32(1), chain,
    uint32(2), utf('trusted'), Buffer.alloc(8), chain,
  ])
  return [0xfeedfeed, 0xcececece].map((magic) => {
    const store = Buffer.concat([uint32(magic), body])
    return Buffer.concat([store, sha1(password, text('Mighty Aphrodite'), store)])
  })
}

/** A bundle with a block of each label, headers and text between. */
export function pemSeeds(): Buffer[] {
  const blocks = [
    toPem('CERTIFICATE', certificateSeeds()[0]!), '# comment\r\n', toPem('CERTIFICATE REQUEST', requestSeeds()[0]!), toPem('X509 CRL', crlSeeds()[0]!),
    toPem('PRIVATE KEY', privateKeySeeds()[2]!), toPem('ENCRYPTED PRIVATE KEY', privateKeySeeds().at(-1)!), toPem('PKCS7', pkcs7Seeds()[0]!),
    `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,${'ab'.repeat(16)}\n\n${Buffer.alloc(64, 3).toString('base64')}\n-----END RSA PRIVATE KEY-----\n`,
  ]
  return [text(blocks.join(''))]
}
