import { type Credential, keyFactsOf, type Location, notAfterOf, placeOf, type SecretCredential } from '@muster/core'
import { shortDigest } from './digest.ts'
import { storableText } from '../platform/db/json-parameter.ts'

const MAX_NAME_CHARS = 250
const MAX_SORT_CHARS = 120
const MAX_SEARCH_CHARS = 1500
const MAX_ISSUER_CHARS = 1024

/** The columns of a new credential that follow from what it is and where it was first seen. */
export type CredentialColumns = {
  readonly kind: Credential['kind']
  readonly fingerprint: string
  readonly spki: string | null
  readonly sshFingerprint: string | null
  readonly serial: string | null
  readonly name: string
  readonly sortName: string
  readonly issuer: string | null
  readonly algorithm: string | null
  readonly sizeBits: number | null
  readonly curve: string | null
  readonly notBefore: string | null
  readonly notAfter: string | null
  readonly subjectHash: string | null
  readonly issuerHash: string | null
  readonly subjectKeyId: string | null
  readonly authorityKeyId: string | null
  readonly isCa: boolean
  readonly secretType: string | null
  readonly search: string
}

/** Maps a credential, named after `location` where it has no name of its own. */
export function toColumns(credential: Credential, location: Location, machineName: string): CredentialColumns {
  const key = keyFactsOf(credential)
  const name = clip(nameOf(credential, location, machineName), MAX_NAME_CHARS)
  const certificate = credential.kind === 'certificate' ? credential : null
  const issuer = issuerOf(credential)
  return {
    kind: credential.kind,
    fingerprint: credential.fingerprint,
    spki: credential.spkiSha256,
    sshFingerprint: 'sshFingerprint' in credential ? credential.sshFingerprint : null,
    serial: 'serialNumber' in credential ? credential.serialNumber : null,
    name,
    sortName: toSortName(name),
    issuer: issuer === null ? null : clip(issuer, MAX_ISSUER_CHARS),
    algorithm: key?.algorithm ?? null,
    sizeBits: key?.sizeBits ?? null,
    curve: key?.curve ?? null,
    notBefore: notBeforeOf(credential),
    notAfter: notAfterOf(credential),
    subjectHash: certificate === null ? null : shortDigest(certificate.subject),
    issuerHash: certificate === null ? null : ofIssuer(certificate.issuer).hash,
    subjectKeyId: certificate?.subjectKeyId ?? null,
    authorityKeyId: certificate?.authorityKeyId ?? null,
    isCa: certificate?.isCa === true || (certificate !== null && certificate.version < 3 && certificate.selfIssued),
    secretType: credential.kind === 'secret' ? clip(credential.secretType, 128) : null,
    search: searchText(credential, name, location),
  }
}

/** What lists order names by: lower case, short enough for an index and a cursor. */
export function toSortName(name: string): string {
  return clip(name.toLowerCase(), MAX_SORT_CHARS)
}

/** `text` of at most `maxChars` UTF-16 units, never ending in half a character. */
export function clip(text: string, maxChars: number): string {
  return storableText(text.length <= maxChars ? text : text.slice(0, maxChars).replace(/[\uD800-\uDBFF]$/, ''))
}

function nameOf(credential: Credential, location: Location, machineName: string): string {
  if (credential.kind === 'secret') return secretName(credential, location, machineName)
  const own = ownName(credential)
  if (own !== null && own.trim() !== '') return own
  return placeName(location, machineName)
}

/** What it is and whose, as far as the format tells: `aws-access-key AKIA…`, `database-password app@db.internal`; else what it is called where it stands: `token API_TOKEN`. */
function secretName({ secretType, facts, valueKnown }: SecretCredential, location: Location, machineName: string): string {
  if (!valueKnown) return placeName(location, machineName)
  const account = filled(facts['keyId']) ?? filled(facts['user']) ?? filled(facts['account']) ?? filled(facts['subject'])
  const of = [account, filled(facts['host'])].filter((part) => part !== null).join('@') || (filled(facts['name']) ?? '')
  return of === '' ? secretType : `${secretType} ${of}`
}

function ownName(credential: Exclude<Credential, SecretCredential>): string | null {
  switch (credential.kind) {
    case 'certificate':
    case 'certificate-request':
      return filled(credential.commonName) ?? filled(credential.subjectAltNames[0]?.value) ?? filled(credential.subject)
    case 'ssh-certificate': return filled(credential.keyId)
    case 'pgp-key': return filled(credential.userIds[0])
    case 'crl': return `CRL of ${commonNameIn(credential.issuer)}`
    case 'private-key':
    case 'ssh-key': return null
  }
}

function filled(text: string | null | undefined): string | null {
  return text === null || text === undefined || text.trim() === '' ? null : text
}

function commonNameIn(distinguishedName: string): string {
  return /(?:^|,)CN=((?:\\.|[^,\\+])*)/.exec(distinguishedName)?.[1] ?? distinguishedName
}

function placeName(location: Location, machineName: string): string {
  switch (location.kind) {
    case 'file': return filled(location.comment) ?? baseName(location.path)
    case 'keystore-entry': return filled(location.alias) ?? baseName(location.path)
    case 'authorized-key': return filled(location.comment) ?? `key of ${location.account}`
    case 'known-host': return location.hosts[0] === undefined ? 'known host key' : `host key of ${location.hosts[0]}`
    case 'file-line':
    case 'repository-line':
    case 'image-line': return baseName(location.path)
    case 'ci-variable':
    case 'kubernetes-secret': return location.name
    case 'endpoint': return `host key of ${machineName === '' ? placeOf(location) : machineName}`
  }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1) || path
}

function issuerOf(credential: Credential): string | null {
  if (credential.kind === 'certificate' || credential.kind === 'crl') return credential.issuer
  return credential.kind === 'ssh-certificate' ? credential.caFingerprint : null
}

function notBeforeOf(credential: Credential): string | null {
  if (credential.kind === 'crl') return credential.thisUpdate
  if (credential.kind === 'pgp-key') return credential.createdAt
  return 'notBefore' in credential ? credential.notBefore : null
}

function searchText(credential: Credential, name: string, location: Location): string {
  const parts = [placeOf(location), name]
  if ('subjectAltNames' in credential) parts.push(...credential.subjectAltNames.slice(0, 60).map((san) => san.value))
  if ('subject' in credential) parts.push(...wordsOfName(credential.subject))
  if ('userIds' in credential) parts.push(...credential.userIds)
  if ('principals' in credential) parts.push(...credential.principals.slice(0, 60))
  const issuer = issuerOf(credential)
  if (issuer !== null) parts.push(...ofIssuer(issuer).words)
  if ('pgpFingerprint' in credential) parts.push(credential.pgpFingerprint)
  if (credential.kind === 'secret') parts.push(credential.secretType, ...Object.values(credential.facts))
  return distinctWords(parts)
}

const MAX_ISSUERS = 1000
const issuers = new Map<string, { readonly hash: string; readonly words: readonly string[] }>()

/** What follows from an issuer's name; few issuers make many certificates, so it is remembered for some. */
function ofIssuer(name: string): { readonly hash: string; readonly words: readonly string[] } {
  const known = issuers.get(name)
  if (known !== undefined) return known
  const made = { hash: shortDigest(name), words: wordsOfName(name) }
  if (issuers.size === MAX_ISSUERS) issuers.clear()
  if (name.length <= MAX_ISSUER_CHARS) issuers.set(name, made)
  return made
}

/** The values of a distinguished name; their types (`CN=`) find nothing. */
function wordsOfName(distinguishedName: string): string[] {
  return distinguishedName.split(/[,+](?=[A-Za-z][A-Za-z0-9-]*=|\d+(?:\.\d+)+=)/).map((part) => part.slice(part.indexOf('=') + 1).replaceAll('\\', ''))
}

/** Words in lower case, each once, none that is part of another: searches look for parts of words. */
function distinctWords(parts: readonly string[]): string {
  let text = ''
  for (const word of clip(parts.join(' '), MAX_SEARCH_CHARS * 2).toLowerCase().split(/\s+/)) {
    if (word !== '' && !text.includes(word)) text += ` ${word}`
  }
  return clip(text.slice(1), MAX_SEARCH_CHARS)
}
