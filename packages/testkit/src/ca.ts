import { constants, createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { DAY_MS, type Certificate } from '@muster/core'
import { parseCertificate, toPem, write } from '@muster/pki'
import { extensionsOf, type TestExtension } from './ca-extensions.ts'

export type TestKeyType =
  | 'rsa-1024' | 'rsa-2048' | 'rsa-3072' | 'rsa-4096' | 'rsa-pss' | 'dsa-2048'
  | 'P-256' | 'P-384' | 'P-521' | 'secp256k1' | 'ed25519' | 'ed448' | 'ml-dsa-44' | 'ml-dsa-65' | 'ml-dsa-87'

/** One attribute of a test name: `CN`, `O`, … or a dotted OID; `as` chooses the string type. */
export type TestNameAttribute = {
  readonly type: string
  readonly value: string
  readonly as?: 'utf8' | 'printable' | 'bmp' | 't61' | 'ia5'
}
/** `'CN=a'` for the common name alone, or the attributes in order. The empty array is the empty name. */
export type TestName = string | readonly TestNameAttribute[]

/** `dns:a.example`, `ip:192.0.2.1`, `email:a@b.example`, `uri:https://a.example/`, `upn:user@realm`. */
export type TestSubjectAltName = string

export type TestCertificateOptions = {
  readonly subject?: TestName
  /** Signs the certificate; self-signed when absent. */
  readonly issuer?: TestCertificate
  /** Issuer name to write instead of the signer's: makes chains that do not fit. */
  readonly issuerName?: TestName
  /** Default `P-256`. */
  readonly keyType?: TestKeyType
  /** Certifies this key instead of a new one: PKCS#8 PEM of an earlier certificate. */
  readonly privateKeyPem?: string
  /** Default: one day before `2026-01-01T00:00:00Z`. */
  readonly notBefore?: Date | string
  /** Default: 90 days after `notBefore`. */
  readonly notAfter?: Date | string
  readonly sans?: readonly TestSubjectAltName[]
  readonly sansCritical?: boolean
  /** Adds critical basicConstraints cA and keyCertSign, cRLSign. */
  readonly ca?: boolean
  readonly pathLength?: number
  /** RFC 5280 names; null leaves the extension out. Default: fits `ca`. */
  readonly keyUsage?: readonly string[] | null
  /** RFC 5280 names or OIDs; null leaves the extension out. Default: serverAuth for leaves, none for CAs. */
  readonly extendedKeyUsage?: readonly string[] | null
  /** `sha256` unless given; ignored for EdDSA and ML-DSA. */
  readonly hash?: 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512'
  readonly serialNumber?: bigint
  /** 1 leaves every extension out. */
  readonly version?: 1 | 3
  readonly crlUrls?: readonly string[]
  readonly ocspUrls?: readonly string[]
  readonly caIssuersUrls?: readonly string[]
  readonly policies?: readonly string[]
  readonly mustStaple?: boolean
  /** Number of well-formed (not verifiable) SCTs to embed. */
  readonly sctCount?: number
  /** Leaves subjectKeyIdentifier and authorityKeyIdentifier out. */
  readonly noKeyIds?: boolean
  /** Added as they are. */
  readonly extraExtensions?: readonly TestExtension[]
}

export type TestCertificate = {
  readonly der: Buffer
  readonly pem: string
  /** The certificate as the inventory sees it. */
  readonly cert: Certificate
  /** PKCS#8. For tests only. */
  readonly privateKeyPem: string
  readonly privateKey: KeyObject
  /** DER of the subject name and of the SubjectPublicKeyInfo. */
  readonly subjectDer: Buffer
  readonly spkiDer: Buffer
  readonly keyId: Buffer
  readonly signatureKeyType: TestKeyType
}

const ATTRIBUTE_OIDS: Readonly<Record<string, string>> = {
  CN: '2.5.4.3', SN: '2.5.4.4', serialNumber: '2.5.4.5', C: '2.5.4.6', L: '2.5.4.7', ST: '2.5.4.8', street: '2.5.4.9',
  O: '2.5.4.10', OU: '2.5.4.11', UID: '0.9.2342.19200300.100.1.1', DC: '0.9.2342.19200300.100.1.25',
  emailAddress: '1.2.840.113549.1.9.1',
}

/** DER of a test name. */
export function nameDer(name: TestName): Buffer {
  const attributes = typeof name === 'string' ? parseShort(name) : name
  return write.sequence(...attributes.map((a) => write.set(write.sequence(write.oid(ATTRIBUTE_OIDS[a.type] ?? a.type), valueDer(a)))))
}

function parseShort(name: string): TestNameAttribute[] {
  if (name === '') return []
  return name.split(/,\s*(?=[A-Za-z]+=)/).map((part) => {
    const at = part.indexOf('=')
    return at === -1 ? { type: 'CN', value: part } : { type: part.slice(0, at), value: part.slice(at + 1) }
  })
}

function valueDer({ type, value, as }: TestNameAttribute): Buffer {
  const kind = as ?? (type === 'C' || type === 'serialNumber' ? 'printable' : type === 'DC' || type === 'emailAddress' ? 'ia5' : 'utf8')
  switch (kind) {
    case 'utf8': return write.utf8String(value)
    case 'printable': return write.printableString(value)
    case 'bmp': return write.bmpString(value)
    case 't61': return write.t61String(value)
    case 'ia5': return write.ia5String(value)
  }
}

/** A new key pair of `type`. */
export function generateTestKey(type: TestKeyType): KeyObject {
  switch (type) {
    case 'rsa-1024': case 'rsa-2048': case 'rsa-3072': case 'rsa-4096':
      return generateKeyPairSync('rsa', { modulusLength: Number(type.slice(4)) }).privateKey
    case 'rsa-pss':
      return generateKeyPairSync('rsa-pss', { modulusLength: 2048, hashAlgorithm: 'sha256', mgf1HashAlgorithm: 'sha256' }).privateKey
    case 'dsa-2048': return generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 }).privateKey
    case 'P-256': case 'P-384': case 'P-521': case 'secp256k1':
      return generateKeyPairSync('ec', { namedCurve: type }).privateKey
    case 'ed25519': return generateKeyPairSync('ed25519').privateKey
    case 'ed448': return generateKeyPairSync('ed448').privateKey
    case 'ml-dsa-44': return generateKeyPairSync('ml-dsa-44').privateKey
    case 'ml-dsa-65': return generateKeyPairSync('ml-dsa-65').privateKey
    case 'ml-dsa-87': return generateKeyPairSync('ml-dsa-87').privateKey
  }
}

const RSA_HASH_OIDS = { md5: 4, sha1: 5, sha224: 14, sha256: 11, sha384: 12, sha512: 13 } as const
const ECDSA_HASH_OIDS = { sha1: '1.2.840.10045.4.1', sha224: '1.2.840.10045.4.3.1', sha256: '1.2.840.10045.4.3.2', sha384: '1.2.840.10045.4.3.3', sha512: '1.2.840.10045.4.3.4' } as const
const DSA_HASH_OIDS = { sha1: '1.2.840.10040.4.3', sha224: '2.16.840.1.101.3.4.3.1', sha256: '2.16.840.1.101.3.4.3.2' } as const
const PURE_OIDS: Readonly<Record<string, string>> = {
  ed25519: '1.3.101.112', ed448: '1.3.101.113',
  'ml-dsa-44': '2.16.840.1.101.3.4.3.17', 'ml-dsa-65': '2.16.840.1.101.3.4.3.18', 'ml-dsa-87': '2.16.840.1.101.3.4.3.19',
}
/** id-RSASSA-PSS with SHA-256, MGF1-SHA-256, 32 octets of salt. */
const PSS_ALGORITHM = write.sequence(
  write.oid('1.2.840.113549.1.1.10'),
  write.sequence(
    write.explicit(0, write.sequence(write.oid('2.16.840.1.101.3.4.2.1'), write.nullValue())),
    write.explicit(1, write.sequence(write.oid('1.2.840.113549.1.1.8'), write.sequence(write.oid('2.16.840.1.101.3.4.2.1'), write.nullValue()))),
    write.explicit(2, write.integer(32)),
  ),
)

type Hash = NonNullable<TestCertificateOptions['hash']>
type Signer = { readonly algorithm: Buffer; readonly sign: (tbs: Uint8Array) => Buffer }

/** The AlgorithmIdentifier and the signature function of a key. */
export function signerOf(key: KeyObject, hash: Hash = 'sha256'): Signer {
  const type = key.asymmetricKeyType ?? ''
  const pure = PURE_OIDS[type]
  if (pure !== undefined) return { algorithm: write.sequence(write.oid(pure)), sign: (tbs) => sign(null, tbs, key) }
  if (type === 'rsa-pss') return { algorithm: PSS_ALGORITHM, sign: (tbs) => sign('sha256', tbs, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }) }
  const signWithHash = (tbs: Uint8Array): Buffer => sign(hash, tbs, key)
  if (type === 'rsa') return { algorithm: write.sequence(write.oid(`1.2.840.113549.1.1.${RSA_HASH_OIDS[hash]}`), write.nullValue()), sign: signWithHash }
  const oid = (type === 'ec' ? ECDSA_HASH_OIDS : DSA_HASH_OIDS)[hash as 'sha1']
  if (oid === undefined) throw new TypeError(`no ${type} signature with ${hash}`)
  return { algorithm: write.sequence(write.oid(oid)), sign: signWithHash }
}

const DEFAULT_NOT_BEFORE = Date.UTC(2025, 11, 31)

/**
 * A real certificate with a real signature, made from parameters; weak and odd ones on request. Not deterministic: keys
 * and serial numbers are new each time.
 */
export function createTestCertificate(options: TestCertificateOptions = {}): TestCertificate {
  const keyType = options.keyType ?? 'P-256'
  const privateKey = options.privateKeyPem === undefined ? generateTestKey(keyType) : createPrivateKey(options.privateKeyPem)
  const spkiDer = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  const keyId = createHash('sha1').update(spkiDer).digest()
  const subjectDer = nameDer(options.subject ?? 'CN=test.example')
  const notBefore = new Date(options.notBefore ?? DEFAULT_NOT_BEFORE)
  const notAfter = new Date(options.notAfter ?? notBefore.getTime() + 90 * DAY_MS)
  const signer = signerOf(options.issuer?.privateKey ?? privateKey, options.hash)
  const issuerDer = options.issuerName === undefined ? (options.issuer?.subjectDer ?? subjectDer) : nameDer(options.issuerName)
  const serial = options.serialNumber ?? BigInt(`0x4${randomBytes(15).toString('hex')}`)
  const v3 = options.version !== 1
  const tbs = write.sequence(
    ...(v3 ? [write.explicit(0, write.integer(2))] : []),
    write.integer(serial),
    signer.algorithm,
    issuerDer,
    write.sequence(write.time(notBefore), write.time(notAfter)),
    subjectDer,
    spkiDer,
    ...(v3 ? [extensionsOf(options, keyId, options.issuer?.keyId ?? keyId)] : []),
  )
  const der = write.sequence(tbs, signer.algorithm, write.bitString(signer.sign(tbs)))
  return {
    der, pem: toPem('CERTIFICATE', der), cert: parseCertificate(der), privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    privateKey, subjectDer, spkiDer, keyId, signatureKeyType: keyType,
  }
}

export type TestCa = {
  readonly root: TestCertificate
  readonly intermediate: TestCertificate
  /** A leaf under the intermediate. */
  issue(options: TestCertificateOptions): TestCertificate
  /** PEM of leaf and intermediate as a server sends them, root left out. */
  chainPem(leaf: TestCertificate): string
}

/** A root, an intermediate and a way to issue leaves; validity spans 2020 to 2049. */
export function testCa(options: { readonly keyType?: TestKeyType; readonly name?: string } = {}): TestCa {
  const name = options.name ?? 'Muster Test'
  const keyType = options.keyType ?? 'P-256'
  const span = { notBefore: '2020-01-01T00:00:00Z', notAfter: '2049-01-01T00:00:00Z' }
  const root = createTestCertificate({ subject: `CN=${name} Root,O=${name}`, keyType, ca: true, ...span })
  const intermediate = createTestCertificate({ subject: `CN=${name} Issuing CA,O=${name}`, keyType, ca: true, pathLength: 0, issuer: root, ...span })
  return {
    root, intermediate,
    issue: (leaf) => createTestCertificate({ issuer: intermediate, ...leaf }),
    chainPem: (leaf) => leaf.pem + intermediate.pem,
  }
}
