import { credentialSchema, isMusterError, Secret } from '@muster/core'
import { berToDer } from './der/ber.ts'
import {
  certificateSeeds, crlSeeds, jksSeeds, ocspSeeds, pemSeeds, pkcs12Seeds, pkcs7Seeds, privateKeySeeds, publicKeySeeds, requestSeeds, SEED_PASSPHRASE,
} from './fuzz-seeds.ts'
import type { FoundItem } from './found.ts'
import { KdfBudget } from './keys/kdf.ts'
import { parsePrivateKey, parsePublicKey } from './keys/private-key.ts'
import type { KeystoreEntry } from './keystores/keystore.ts'
import { openKeystore } from './keystores/open.ts'
import { parsePkcs7 } from './keystores/pkcs7.ts'
import { readPem } from './pem.ts'
import { recognise } from './recognise.ts'
import { parseCertificate } from './x509/certificate.ts'
import { parseCrl } from './x509/crl.ts'
import { parseCertificateRequest } from './x509/csr.ts'
import { parseOcspResponse } from './x509/ocsp.ts'

/** One reader under test. */
export type FuzzTarget = {
  readonly name: string
  /** Valid inputs to mutate; made anew on each call. */
  readonly seeds: () => readonly Uint8Array[]
  /** Returns or throws MusterError for every input; anything else is a crash. */
  readonly run: (bytes: Uint8Array) => void
}

const passphrases = [Secret.fromText('wrong'), Secret.fromText(SEED_PASSPHRASE)]
/** Small, so that mutated iteration counts do not slow a run. */
const budget = (): KdfBudget => new KdfBudget(20_000)

/** Runs `read`; a refusal is as good as a result. */
function refusing(read: (bytes: Uint8Array) => unknown): (bytes: Uint8Array) => void {
  return (bytes) => {
    try {
      assertStorable(read(bytes))
    } catch (error) {
      if (!isMusterError(error)) throw error
    }
  }
}

/** Credentials that come out must be what the inventory takes. */
function assertCredential(value: unknown): void {
  const parsed = credentialSchema.safeParse(value)
  if (!parsed.success) throw new Error(`not a credential: ${parsed.error.message}`)
}

/** Whatever comes out must fit a UTF-8 database: no NUL, no lone surrogate. */
function assertStorable(result: unknown): void {
  for (const value of credentialsIn(result)) assertCredential(value)
  const json = JSON.stringify(result)
  if (json !== undefined && (json.includes('\\u0000') || /\\ud[89a-f]/i.test(json))) throw new Error('a text holds NUL or a lone surrogate')
}

function credentialsIn(result: unknown): readonly unknown[] {
  if (typeof result !== 'object' || result === null) return []
  if ('kind' in result) return [result]
  if ('key' in result) return [result.key]
  if ('findings' in result) return (result.findings as readonly FoundItem[]).map(({ credential }) => credential)
  return 'entries' in result ? (result.entries as readonly KeystoreEntry[]).map(({ credential }) => credential) : []
}

/** Every reader of X.509, keys and keystores, and the recogniser over all. */
export const fuzzTargets: readonly FuzzTarget[] = [
  { name: 'certificate', seeds: certificateSeeds, run: refusing(parseCertificate) },
  { name: 'request', seeds: requestSeeds, run: refusing(parseCertificateRequest) },
  { name: 'crl', seeds: crlSeeds, run: refusing(parseCrl) },
  { name: 'ocsp', seeds: ocspSeeds, run: refusing(parseOcspResponse) },
  { name: 'private-key', seeds: privateKeySeeds, run: refusing((bytes) => parsePrivateKey(bytes, { passphrases, budget: budget() })) },
  { name: 'public-key', seeds: publicKeySeeds, run: refusing(parsePublicKey) },
  { name: 'pkcs7', seeds: pkcs7Seeds, run: refusing(parsePkcs7) },
  { name: 'pkcs12', seeds: pkcs12Seeds, run: refusing((bytes) => openKeystore(bytes, passphrases, budget())) },
  { name: 'jks', seeds: jksSeeds, run: refusing((bytes) => openKeystore(bytes, passphrases, budget())) },
  { name: 'ber', seeds: pkcs7Seeds, run: refusing((bytes) => void berToDer(bytes)) },
  { name: 'pem', seeds: pemSeeds, run: refusing((bytes) => readPem(bytes).blocks.length) },
  {
    name: 'recognise',
    seeds: () => [...certificateSeeds(), ...pemSeeds(), ...pkcs12Seeds(), ...jksSeeds(), ...crlSeeds(), ...privateKeySeeds()],
    run: (bytes) => assertStorable(recognise(bytes, { passphrases })),
  },
]
