import type { CredentialKind, CredentialRow, KeyAlgorithm, LocationKind } from './vocabulary.ts'

/** Kinds in the words of the field, singular and plural. */
export const kindNames = {
  certificate: ['Certificate', 'Certificates'],
  'private-key': ['Private key', 'Private keys'],
  'ssh-key': ['SSH key', 'SSH keys'],
  'ssh-certificate': ['SSH certificate', 'SSH certificates'],
  'pgp-key': ['PGP key', 'PGP keys'],
  secret: ['Secret', 'Secrets'],
  'certificate-request': ['Request', 'Requests'],
  crl: ['Revocation list', 'Revocation lists'],
} as const satisfies Record<CredentialKind, readonly [string, string]>

export const locationKindNames = {
  file: 'File',
  'keystore-entry': 'Keystore entry',
  'authorized-key': 'authorized_keys',
  'known-host': 'known_hosts',
  endpoint: 'Endpoint',
  'file-line': 'Line of a file',
  'repository-line': 'Repository',
  'image-line': 'Container image',
  'ci-variable': 'CI variable',
  'kubernetes-secret': 'Kubernetes Secret',
} as const satisfies Record<LocationKind, string>

/** `RSA 2048`, `ECDSA P-256`, `Ed25519`, `ML-DSA-65`. */
export function keyName(algorithm: KeyAlgorithm | null, sizeBits: number | null, curve: string | null): string {
  switch (algorithm) {
    case null: return ''
    case 'rsa': return `RSA ${sizeBits ?? ''}`.trimEnd()
    case 'rsa-pss': return `RSA-PSS ${sizeBits ?? ''}`.trimEnd()
    case 'dsa': return `DSA ${sizeBits ?? ''}`.trimEnd()
    case 'dh': return `DH ${sizeBits ?? ''}`.trimEnd()
    case 'elgamal': return `ElGamal ${sizeBits ?? ''}`.trimEnd()
    case 'ec': return `EC ${curve ?? sizeBits ?? ''}`.trimEnd()
    case 'ed25519': return 'Ed25519'
    case 'ed448': return 'Ed448'
    case 'x25519': return 'X25519'
    case 'x448': return 'X448'
    case 'unknown': return 'Unknown key'
    default: return algorithm.toUpperCase()
  }
}

/** The credential's key as {@link keyName} writes it. */
export function keyOfRow(row: Pick<CredentialRow, 'algorithm' | 'keySizeBits' | 'curve'>): string {
  return keyName(row.algorithm, row.keySizeBits, row.curve)
}

/** CN of an RFC 4514 name where it has one, else the whole name. */
export function shortName(distinguishedName: string): string {
  const common = /(?:^|,)CN=((?:\\.|[^,\\])*)/i.exec(distinguishedName)?.[1]
  return common === undefined || common === '' ? distinguishedName : common.replaceAll(/\\(.)/g, '$1')
}

/** Hex in pairs: `0a:1b:…`. */
export function colonHex(hex: string): string {
  return hex.match(/.{1,2}/g)?.join(':') ?? ''
}

/** First and last characters of a long hex string. */
export function shortHex(hex: string, keep = 8): string {
  return hex.length <= keep * 2 + 1 ? hex : `${hex.slice(0, keep)}…${hex.slice(-4)}`
}

/** `-rw-r-----` and `0640`. */
export function modeText(mode: number): string {
  const bits = 'rwxrwxrwx'
  const text = [...bits].map((letter, index) => ((mode >> (8 - index)) & 1 ? letter : '-')).join('')
  return `${text} (${mode.toString(8).padStart(4, '0')})`
}

/** First letter in upper case. */
export function capital(text: string): string {
  return text === '' ? text : text[0]!.toUpperCase() + text.slice(1)
}

const whole = new Intl.NumberFormat('en-US')
/** `1,000,000`. */
export function countText(count: number): string {
  return whole.format(count)
}

/** `1 finding`, `12 findings`. */
export function pluralText(count: number, singular: string, plural = `${singular}s`): string {
  return `${whole.format(count)} ${count === 1 ? singular : plural}`
}

/** A PEM block with the given label from base64 DER (RFC 7468 §2: lines of 64). */
export function pemOf(label: string, derBase64: string): string {
  return `-----BEGIN ${label}-----\n${derBase64.match(/.{1,64}/g)?.join('\n') ?? ''}\n-----END ${label}-----\n`
}
