import { type Credential, type CredentialState, type KeyFacts, keyFactsOf, notAfterOf } from '../credential.ts'
import { algorithmComponent, keyAlgorithmName } from './cbom-algorithm.ts'

export const cbomVersions = ['1.7', '1.6'] as const
export type CbomVersion = (typeof cbomVersions)[number]

/** A credential on its way into a bill of materials. */
export type CbomItem = {
  readonly credential: Credential
  readonly name: string
  readonly state: CredentialState
  /** Where it is, as people read it; at most 1,000 are written. */
  readonly places: readonly string[]
  readonly owner: string | null
}

export type CbomHead = { readonly serialNumber: string; readonly timestamp: Date; readonly toolVersion: string }

const MAX_PLACES = 1000

/**
 * A CycloneDX cryptography bill of materials as JSON text, piece by piece, so that a million assets need no more memory
 * than a page of them. Algorithms follow the assets that refer to them.
 */
export async function* cbomText(version: CbomVersion, head: CbomHead, pages: AsyncIterable<readonly CbomItem[]>): AsyncGenerator<string, void, void> {
  const algorithms = new Map<string, KeyFacts | null>()
  const opening = {
    $schema: `http://cyclonedx.org/schema/bom-${version}.schema.json`, bomFormat: 'CycloneDX', specVersion: version, serialNumber: `urn:uuid:${head.serialNumber}`, version: 1,
    metadata: { timestamp: head.timestamp.toISOString(), tools: { components: [{ type: 'application', name: 'muster', version: head.toolVersion }] } },
  }
  yield `${JSON.stringify(opening).slice(0, -1)},"components":[`
  let first = true
  const separated = (component: unknown) => {
    const text = `${first ? '' : ','}\n${JSON.stringify(component)}`
    first = false
    return text
  }
  for await (const page of pages) {
    yield page.flatMap((item) => components(version, item, algorithms)).map(separated).join('')
  }
  yield [...algorithms].map(([name, key]) => separated(algorithmComponent(version, name, key))).join('')
  yield '\n]}\n'
}

function components(version: CbomVersion, item: CbomItem, algorithms: Map<string, KeyFacts | null>): Record<string, unknown>[] {
  const { credential } = item
  const key = keyFactsOf(credential)
  if (key !== null) algorithms.set(keyAlgorithmName(key), key)
  if (credential.kind === 'certificate') {
    if (!algorithms.has(credential.signatureAlgorithm)) algorithms.set(credential.signatureAlgorithm, null)
    return [certificateComponent(version, item), publicKeyComponent(version, item)]
  }
  // Requests and revocation lists are documents, not assets in use.
  if (credential.kind === 'certificate-request' || credential.kind === 'crl') return []
  return [materialComponent(version, item)]
}

const refOf = (credential: Credential) => `${credential.kind}/${credential.fingerprint}`
const algorithmRef = (name: string) => `algorithm/${name}`

function base(item: CbomItem) {
  const occurrences = item.places.slice(0, MAX_PLACES).map((location) => ({ location }))
  return {
    type: 'cryptographic-asset', 'bom-ref': refOf(item.credential), name: item.name === '' ? item.credential.fingerprint : item.name,
    ...(occurrences.length === 0 ? {} : { evidence: { occurrences } }),
    ...(item.owner === null ? {} : { properties: [{ name: 'muster:owner', value: item.owner }] }),
  }
}

function certificateComponent(version: CbomVersion, item: CbomItem): Record<string, unknown> {
  const { credential, state } = item
  if (credential.kind !== 'certificate') throw new TypeError('not a certificate')
  const common = { subjectName: credential.subject, issuerName: credential.issuer, notValidBefore: credential.notBefore, notValidAfter: credential.notAfter, certificateFormat: 'X.509' }
  const refs = { signature: algorithmRef(credential.signatureAlgorithm), key: `${refOf(credential)}/public-key` }
  const certificateProperties = version === '1.6'
    ? { ...common, signatureAlgorithmRef: refs.signature, subjectPublicKeyRef: refs.key }
    : {
        serialNumber: credential.serialNumber, ...common, fingerprint: { alg: 'SHA-256', content: credential.fingerprint },
        certificateState: [{ state: certificateState(state) }], certificateExtensions: extensions(item),
        relatedCryptographicAssets: [{ type: 'algorithm', ref: refs.signature }, { type: 'publicKey', ref: refs.key }],
      }
  return { ...base(item), cryptoProperties: { assetType: 'certificate', certificateProperties } }
}

function extensions({ credential }: CbomItem): Record<string, string>[] {
  if (credential.kind !== 'certificate') return []
  const list: (readonly [string, string])[] = [
    ['basicConstraints', credential.hasBasicConstraints ? `CA:${credential.isCa ? 'TRUE' : 'FALSE'}${credential.pathLength === null ? '' : `, pathlen:${credential.pathLength}`}` : ''],
    ['keyUsage', credential.keyUsage?.join(', ') ?? ''],
    ['extendedKeyUsage', credential.extendedKeyUsage?.join(', ') ?? ''],
    ['subjectAlternativeName', credential.subjectAltNames.map((name) => `${name.type}:${name.value}`).join(', ')],
    ['authorityKeyIdentifier', credential.authorityKeyId ?? ''],
    ['subjectKeyIdentifier', credential.subjectKeyId ?? ''],
  ]
  return list.filter(([, value]) => value !== '').map(([commonExtensionName, commonExtensionValue]) => ({ commonExtensionName, commonExtensionValue }))
}

function publicKeyComponent(version: CbomVersion, { credential, name, state }: CbomItem): Record<string, unknown> {
  const key = keyFactsOf(credential)
  return {
    type: 'cryptographic-asset', 'bom-ref': `${refOf(credential)}/public-key`, name: `public key of ${name === '' ? credential.fingerprint : name}`,
    cryptoProperties: { assetType: 'related-crypto-material', relatedCryptoMaterialProperties: material(version, 'public-key', credential.spkiSha256 ?? credential.fingerprint, key, state, null) },
  }
}

const materialTypes = { 'private-key': 'private-key', 'ssh-key': 'key', 'ssh-certificate': 'credential', 'pgp-key': 'key', secret: 'credential' } as const

function materialComponent(version: CbomVersion, item: CbomItem): Record<string, unknown> {
  const { credential, state } = item
  const type = materialTypes[credential.kind as keyof typeof materialTypes]
  return { ...base(item), cryptoProperties: { assetType: 'related-crypto-material', relatedCryptoMaterialProperties: material(version, type, credential.fingerprint, keyFactsOf(credential), state, notAfterOf(credential)) } }
}

function material(version: CbomVersion, type: string, fingerprint: string, key: KeyFacts | null, state: CredentialState, expires: string | null): Record<string, unknown> {
  const algorithm = key === null ? null : algorithmRef(keyAlgorithmName(key))
  return {
    type, id: fingerprint, state: state === 'pre-active' ? 'pre-activation' : state,
    ...(key?.sizeBits === null || key === null ? {} : { size: key.sizeBits }),
    ...(expires === null ? {} : { expirationDate: expires }),
    ...(version === '1.6' ? (algorithm === null ? {} : { algorithmRef: algorithm }) : {
      fingerprint: { alg: 'SHA-256', content: fingerprint },
      ...(algorithm === null ? {} : { relatedCryptographicAssets: [{ type: 'algorithm', ref: algorithm }] }),
    }),
  }
}

// CycloneDX knows no compromised certificate: what is compromised is to be revoked.
function certificateState(state: CredentialState): string {
  if (state === 'pre-active') return 'pre-activation'
  return state === 'compromised' ? 'revoked' : state
}
