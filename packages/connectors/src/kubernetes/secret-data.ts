import { Secret, type Location } from '@muster/core'
import { plausibleSecret, secretKindOfName } from '@muster/detect'
import { type CredentialHandle, type FoundValue, instantOf, type Sightings, type ValueInspector } from '../api/index.ts'
import type { SecretObject } from './shapes.ts'

/** Entries that anybody may know. */
const publicEntries = /^(?:namespace|username|user|host|hostname|port|dbname|database|ssh-publickey|known_hosts|type|url|endpoint|region|token-id|expiration|description|usage-bootstrap-[\w-]+|auth-extra-groups|server)$/i

export type SecretReading = { readonly sightings: Sightings; readonly values: ValueInspector; readonly machine: string; readonly passphrases: readonly Secret[] }

/** Reports what the entries of a Secret are. The values are forgotten; handles say which credentials each entry held. */
export function readSecretData(secret: SecretObject, { sightings, values, machine, passphrases }: SecretReading): ReadonlyMap<string, readonly CredentialHandle[]> {
  const { metadata: { namespace, name }, type } = secret
  const data = secret.data ?? {}
  const facts = factsOf(secret)
  const handles = new Map<string, readonly CredentialHandle[]>()
  const named = values.byName(Object.entries(data).map(([key, encoded]) => ({ name: key, text: Buffer.from(encoded, 'base64').toString('latin1').replace(/[\r\n]+$/, '') })))
  for (const [key, encoded] of Object.entries(data)) {
    // Every token's Secret carries the cluster's authority; that says nothing of the token.
    if (publicEntries.test(key) || (type === TOKEN && key === 'ca.crt')) continue
    const bytes = Buffer.from(encoded, 'base64')
    const location: Location = { kind: 'kubernetes-secret', part: 'value', namespace, name, key, secretType: type }
    const found = isBootstrap(type, key) ? bootstrapToken(data) : values.inspect({ bytes, path: pathOf(type, key), otherwise: kindOf(type, key, bytes), named: named.get(key), passphrases })
    handles.set(key, found.map((each) => sightings.value(machine, location, typed(each, type, key), facts)))
  }
  return handles
}

const TOKEN = 'kubernetes.io/service-account-token'
const BOOTSTRAP = 'bootstrap.kubernetes.io/token'

const isBootstrap = (type: string, key: string): boolean => type === BOOTSTRAP && key === 'token-secret'

/** Name, account and dates; a value is as old as the last write of its Secret. */
function factsOf({ metadata, type, data }: SecretObject): Readonly<Record<string, string | null | undefined>> {
  const { namespace, name, labels, annotations, creationTimestamp, managedFields } = metadata
  const written = managedFields.flatMap(({ time }) => instantOf(time) ?? []).sort().at(-1)
  const user = data?.['username'] === undefined ? undefined : Buffer.from(data['username'], 'base64').toString('utf8')
  return {
    name, namespace, type, createdAt: written ?? instantOf(creationTimestamp), managedBy: labels['app.kubernetes.io/managed-by'], user: type === 'kubernetes.io/basic-auth' ? user : undefined,
    serviceAccount: annotations['kubernetes.io/service-account.name'],
    // The tracking of legacy tokens notes the day (KEP-2799).
    lastUsedAt: instantOf(labels['kubernetes.io/legacy-token-last-used']), invalidSince: instantOf(labels['kubernetes.io/legacy-token-invalid-since']),
  }
}

/** What formats should take an entry for. */
function pathOf(type: string, key: string): string {
  if (type === 'kubernetes.io/dockerconfigjson' || key === '.dockerconfigjson') return '.docker/config.json'
  if (type === 'kubernetes.io/dockercfg' || key === '.dockercfg') return '.dockercfg'
  return /^kube_?config$/i.test(key) || key === 'value' ? '.kube/config' : key
}

/** What a whole entry is when nothing in it tells. */
function kindOf(type: string, key: string, bytes: Buffer): string | null {
  if (type === TOKEN) return 'kubernetes-token'
  if (type === 'kubernetes.io/basic-auth') return 'password'
  if (key.endsWith('.crt') || key.endsWith('.pem') || bytes.length > 8192) return null
  const text = bytes.toString('latin1').replace(/[\r\n]+$/, '')
  const kind = secretKindOfName(key)
  if (kind !== null) return plausibleSecret(text, kind) ? kind : null
  // A file of several lines is configuration; what of it is secret was looked for.
  return text.includes('\n') || !plausibleSecret(text, 'secret') ? null : 'secret'
}

/** The type of the Secret says more than the form of a token. */
function typed(found: FoundValue, type: string, key: string): FoundValue {
  return found.kind === 'secret' && type === TOKEN && key === 'token' ? { ...found, secretType: 'kubernetes-token' } : found
}

/** Both halves of a bootstrap token make the credential (Kubernetes documentation, "Authenticating with Bootstrap Tokens"). */
function bootstrapToken(data: Readonly<Record<string, string>>): readonly FoundValue[] {
  const half = (name: string): string => Buffer.from(data[name] ?? '', 'base64').toString('latin1').trim()
  const notAfter = instantOf(half('expiration'))
  return [{ kind: 'secret', secret: Secret.fromText(`${half('token-id')}.${half('token-secret')}`), secretType: 'kubernetes-bootstrap-token', facts: notAfter === null ? {} : { notAfter } }]
}
