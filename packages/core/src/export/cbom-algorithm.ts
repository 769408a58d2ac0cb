import type { KeyFacts } from '../credential.ts'
import type { CbomVersion } from './cbom.ts'

/** A key's algorithm with its parameter set: `rsa-2048`, `ec-P-256`, `ed25519`. */
export function keyAlgorithmName(key: KeyFacts): string {
  if (key.algorithm === 'ec') return `ec-${key.curve ?? 'unknown'}`
  const fixed = /^(ed|x)\d|^ml-|^slh-|^unknown/.test(key.algorithm)
  return fixed || key.sizeBits === null ? key.algorithm : `${key.algorithm}-${key.sizeBits}`
}

/** An algorithm as a component; `key` is null for signature algorithms of certificates. */
export function algorithmComponent(version: CbomVersion, name: string, key: KeyFacts | null): Record<string, unknown> {
  const facts = key === null ? signatureFacts(name) : keyFacts(key)
  const { family, ...properties } = facts
  return {
    type: 'cryptographic-asset', 'bom-ref': `algorithm/${name}`, name,
    cryptoProperties: { assetType: 'algorithm', algorithmProperties: { ...properties, ...(version === '1.7' && family !== null ? { algorithmFamily: family } : {}) } },
  }
}

type AlgorithmFacts = {
  readonly primitive: string
  /** Family of CycloneDX's registry; null where it has none. */
  readonly family: string | null
  readonly parameterSetIdentifier?: string
  readonly classicalSecurityLevel?: number
  readonly nistQuantumSecurityLevel: number
}

function keyFacts(key: KeyFacts): AlgorithmFacts {
  const { algorithm, sizeBits } = key
  const parameters = algorithm === 'ec' ? key.curve : sizeBits === null ? null : String(sizeBits)
  const strength = classicalStrength(key)
  return {
    primitive: /^(x\d|dh)/.test(algorithm) ? 'key-agree' : algorithm.startsWith('ml-kem') ? 'kem' : algorithm === 'unknown' ? 'unknown' : algorithm === 'elgamal' ? 'pke' : 'signature',
    family: families[algorithm] ?? null, ...(parameters === null ? {} : { parameterSetIdentifier: parameters }),
    ...(strength === null ? {} : { classicalSecurityLevel: strength }), nistQuantumSecurityLevel: quantumLevels[algorithm] ?? 0,
  }
}

function signatureFacts(name: string): AlgorithmFacts {
  const family = /ecdsa/i.test(name) ? 'ECDSA' : /pss/i.test(name) ? 'RSASSA-PSS' : /rsa/i.test(name) ? 'RSASSA-PKCS1' : /^ed/i.test(name) ? 'EdDSA' : /^ml-dsa/i.test(name) ? 'ML-DSA' : /^slh/i.test(name) ? 'SLH-DSA' : /dsa/i.test(name) ? 'DSA' : null
  return { primitive: 'signature', family, nistQuantumSecurityLevel: quantumLevels[name.toLowerCase()] ?? 0 }
}

const families: Readonly<Record<string, string>> = {
  rsa: 'RSASSA-PKCS1', 'rsa-pss': 'RSASSA-PSS', dsa: 'DSA', dh: 'FFDH', ec: 'ECDSA', ed25519: 'EdDSA', ed448: 'EdDSA', x25519: 'ECDH', x448: 'ECDH', elgamal: 'ElGamal',
  'ml-dsa-44': 'ML-DSA', 'ml-dsa-65': 'ML-DSA', 'ml-dsa-87': 'ML-DSA', 'ml-kem-512': 'ML-KEM', 'ml-kem-768': 'ML-KEM', 'ml-kem-1024': 'ML-KEM', 'slh-dsa': 'SLH-DSA',
}

/** FIPS 203 and 204, security categories. */
const quantumLevels: Readonly<Record<string, number>> = { 'ml-dsa-44': 2, 'ml-dsa-65': 3, 'ml-dsa-87': 5, 'ml-kem-512': 1, 'ml-kem-768': 3, 'ml-kem-1024': 5, 'slh-dsa': 1 }

/** NIST SP 800-57 part 1 rev. 5, table 2, in bits. */
function classicalStrength({ algorithm, sizeBits }: KeyFacts): number | null {
  if (algorithm === 'ed25519' || algorithm === 'x25519') return 128
  if (algorithm === 'ed448' || algorithm === 'x448') return 224
  if (sizeBits === null || /^(ml|slh)-|^unknown/.test(algorithm)) return null
  if (algorithm === 'ec') return Math.floor(sizeBits / 2)
  const steps = [[15_360, 256], [7680, 192], [3072, 128], [2048, 112], [1024, 80]] as const
  return steps.find(([bits]) => sizeBits >= bits)?.[1] ?? 0
}
