import { isMusterError } from '@muster/core'
import { shapeOf, type DerShape } from './der-shape.ts'
import type { FoundItem, RecogniseOptions, RecogniseProblem, RecogniseResult } from './found.ts'
import { KdfBudget } from './keys/kdf.ts'
import { isLegacyEncrypted, parseLegacyEncryptedKey } from './keys/legacy-pem.ts'
import { parsePrivateKey, parsePublicKey, type FoundKey, type Unlocking } from './keys/private-key.ts'
import { isJks } from './keystores/jks.ts'
import type { Keystore } from './keystores/keystore.ts'
import { openKeystore } from './keystores/open.ts'
import { parsePkcs7 } from './keystores/pkcs7.ts'
import { mayHoldPem, readPem, type PemBlock } from './pem.ts'
import { recognisePgp } from './pgp/index.ts'
import { foundOpensshPrivateKey, recogniseSsh } from './ssh/index.ts'
import { parseCertificate } from './x509/certificate.ts'
import { parseCrl } from './x509/crl.ts'
import { parseCertificateRequest } from './x509/csr.ts'

/** What is collected while one input is read. */
type Collection = {
  readonly findings: FoundItem[]
  readonly problems: RecogniseProblem[]
  readonly options: RecogniseOptions
  readonly unlocking: Unlocking
  /** Next position in the bundle. */
  entry: number
}

/** SSH formats are texts: a NUL among the first bytes tells they are not meant. */
const TEXT_PROBE = 4096
/** DER structures one after another in one file. */
const MAX_CONCATENATED = 10_000

/**
 * Finds out by content what `bytes` (a whole file) hold, and reads every certificate, request, revocation list, key and
 * keystore entry in them. Bytes of no known format give an empty result, quickly. Bad input never throws: what cannot be
 * read is a problem. Bounded in time by the caps of the readers.
 */
export function recognise(bytes: Uint8Array, options: RecogniseOptions): RecogniseResult {
  const collection: Collection = {
    findings: [], problems: [], options, entry: 0, unlocking: { passphrases: options.passphrases, budget: new KdfBudget() },
  }
  if (bytes.length < 16) return collection
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (isJks(buffer)) {
    attempt(collection, null, () => addKeystore(collection, openKeystore(buffer, options.passphrases, collection.unlocking.budget)))
  } else if (!readStructures(buffer, collection)) {
    const pem = mayHoldPem(buffer)
    if (pem) attempt(collection, null, () => readBlocks(buffer, collection))
    for (const text of encodedPems(buffer)) attempt(collection, null, () => readBlocks(text, collection))
    const nothingYet = collection.findings.length + collection.problems.length === 0
    if (nothingYet && mayBeSsh(buffer)) add(collection, recogniseSsh(buffer, options))
    if (pem ? buffer.includes('-----BEGIN PGP ') : mayBeBinaryPgp(buffer)) add(collection, recognisePgp(buffer, options))
  }
  return collection
}

/** An OpenPGP packet's first octet has the high bit set (RFC 9580 §4.2); GnuPG's keybox has its name at offset 8. */
function mayBeBinaryPgp(buffer: Buffer): boolean {
  return buffer[0]! >= 0x80 || buffer.toString('latin1', 8, 12) === 'KBXf'
}

/** Every SSH public key is base64 that begins with the length of its type's name; private ones say what they are. */
function mayBeSsh(buffer: Buffer): boolean {
  if (buffer.subarray(0, TEXT_PROBE).includes(0)) return false
  return buffer.includes('AAAA') || buffer.includes('PuTTY-User-Key-File-') || buffer.includes('---- BEGIN SSH2')
}

function add(collection: Collection, result: RecogniseResult | null): void {
  if (result === null) return
  collection.findings.push(...result.findings.map((item) => ({ ...item, entry: collection.entry++ })))
  collection.problems.push(...result.problems)
}

/** Calls `read`; what it refuses becomes a problem. */
function attempt(collection: Collection, part: string | null, read: () => void): void {
  try {
    read()
  } catch (error) {
    if (!isMusterError(error)) throw error
    collection.problems.push({ code: error.code, message: error.message, part })
  }
}

/** Reads DER structures from the first byte on; false when there is none there. */
function readStructures(buffer: Buffer, collection: Collection): boolean {
  let at = 0
  for (let count = 0; count < MAX_CONCATENATED; count++) {
    const rest = buffer.subarray(at)
    const found = shapeOf(rest)
    if (found === null) {
      if (count > 0 && !isBlank(rest)) {
        collection.problems.push({ code: 'input.unrecognised', message: `${rest.length} bytes after the last structure are of no known format`, part: null })
      }
      return count > 0
    }
    attempt(collection, `entry ${collection.entry}`, () => readStructure(rest.subarray(0, found.end), found.shape, collection, 'der'))
    at += found.end
  }
  return true
}

/** Line ends and padding after a structure mean nothing. */
function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0 || byte === 0x0a || byte === 0x0d || byte === 0x20)
}

function readStructure(der: Buffer, shape: DerShape, collection: Collection, container: 'pem' | 'der'): void {
  switch (shape) {
    case 'certificate': addPublic(collection, { credential: parseCertificate(der), part: 'certificate', format: container }); break
    case 'request': addPublic(collection, { credential: parseCertificateRequest(der), part: 'request', format: 'csr' }); break
    case 'crl': addPublic(collection, { credential: parseCrl(der), part: 'crl', format: 'crl' }); break
    case 'pkcs7': addPkcs7(collection, der); break
    case 'pkcs12': addKeystore(collection, openKeystore(der, collection.options.passphrases, collection.unlocking.budget)); break
    case 'private-key': addPrivateKey(collection, parsePrivateKey(der, collection.unlocking)); break
    case 'public-key': {
      const { key, format } = parsePublicKey(der)
      addPublic(collection, { credential: key, part: 'public-key', format })
    }
  }
}

function addPublic(collection: Collection, item: Pick<FoundItem, 'credential' | 'part' | 'format'>): void {
  collection.findings.push({ ...item, entry: collection.entry++, protection: null, comment: null })
}

function addPrivateKey(collection: Collection, { key, format, protection, problem }: FoundKey): void {
  if (problem !== null) collection.problems.push({ code: problem.code, message: problem.message, part: `entry ${collection.entry}` })
  collection.findings.push({ credential: key, part: 'private-key', format, entry: collection.entry++, protection, comment: null })
}

function addPkcs7(collection: Collection, der: Uint8Array): void {
  const { certificates, crls, problems } = parsePkcs7(der)
  for (const credential of certificates) addPublic(collection, { credential, part: 'certificate', format: 'pkcs7' })
  for (const credential of crls) addPublic(collection, { credential, part: 'crl', format: 'pkcs7' })
  collection.problems.push(...problems)
}

function addKeystore(collection: Collection, { storeType, entries, problems }: Keystore): void {
  for (const { alias, part, credential, protection } of entries) {
    collection.findings.push({ credential, part, format: storeType, entry: collection.entry++, alias, storeType, protection, comment: null })
  }
  collection.problems.push(...problems)
}

/** Base64 of `-----BEGIN `, as far as it does not depend on what follows. */
const ENCODED_BEGIN = 'LS0tLS1CRUdJTi'
const MAX_ENCODED = 1000
const BASE64_RUN = /[A-Za-z0-9+/]*={0,2}/y

/** PEM texts that are base64 values themselves, as in kubeconfig files and Kubernetes Secrets. */
function* encodedPems(buffer: Buffer): Generator<Buffer> {
  let at = buffer.indexOf(ENCODED_BEGIN)
  if (at === -1) return
  const text = buffer.toString('latin1')
  for (let count = 0; at !== -1 && count < MAX_ENCODED; count++) {
    BASE64_RUN.lastIndex = at
    const run = BASE64_RUN.exec(text)?.[0] ?? ''
    const pem = Buffer.from(run, 'base64')
    yield pem
    pem.fill(0)
    at = buffer.indexOf(ENCODED_BEGIN, at + run.length)
  }
}

/** The smallest thing worth reporting as unreadable: an Ed25519 key has 48 octets. */
const MIN_STRUCTURE_OCTETS = 40

type BlockKind = 'x509' | 'legacy-key' | 'openssh'

/** PEM labels that are read; the body's shape decides what it is, so that mislabelled blocks are found too. */
const labels: ReadonlyMap<string, BlockKind> = new Map<string, BlockKind>([
  ['CERTIFICATE', 'x509'], ['X509 CERTIFICATE', 'x509'], ['TRUSTED CERTIFICATE', 'x509'], ['CERTIFICATE REQUEST', 'x509'],
  ['NEW CERTIFICATE REQUEST', 'x509'], ['X509 CRL', 'x509'], ['CRL', 'x509'], ['PKCS7', 'x509'], ['PKCS #7 SIGNED DATA', 'x509'],
  ['CMS', 'x509'], ['PKCS12', 'x509'], ['PRIVATE KEY', 'x509'], ['ENCRYPTED PRIVATE KEY', 'x509'], ['PUBLIC KEY', 'x509'], ['RSA PUBLIC KEY', 'x509'],
  ['RSA PRIVATE KEY', 'legacy-key'], ['EC PRIVATE KEY', 'legacy-key'], ['DSA PRIVATE KEY', 'legacy-key'],
  ['OPENSSH PRIVATE KEY', 'openssh'],
])

function readBlocks(buffer: Buffer, collection: Collection): void {
  const { blocks, faults } = readPem(buffer, (label) => labels.has(label))
  for (const { label, offset, message } of faults) {
    collection.problems.push({ code: 'pem.invalid', message: `${label}: ${message}`, part: `byte ${offset}` })
  }
  for (const block of blocks) attempt(collection, `entry ${collection.entry}`, () => readBlock(block, collection))
}

function readBlock(block: PemBlock, collection: Collection): void {
  try {
    if (isLegacyEncrypted(block)) {
      addPrivateKey(collection, parseLegacyEncryptedKey(block, collection.unlocking))
    } else if (labels.get(block.label) === 'openssh') {
      collection.findings.push(foundOpensshPrivateKey(block.bytes, collection.options, collection.entry))
      collection.entry++
    } else {
      const found = shapeOf(block.bytes)
      if (found === null) {
        // examples in manuals and tests hold a few characters
        if (block.bytes.length >= MIN_STRUCTURE_OCTETS) collection.problems.push({ code: 'pem.invalid', message: `${block.label}: the block holds nothing of a known format`, part: `byte ${block.offset}` })
      } else {
        // a TRUSTED CERTIFICATE carries OpenSSL's trust settings after the certificate
        readStructure(block.bytes.subarray(0, found.end), found.shape, collection, 'pem')
      }
    }
  } finally {
    block.bytes.fill(0)
  }
}
