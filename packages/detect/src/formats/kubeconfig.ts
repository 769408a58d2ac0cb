import { createHash } from 'node:crypto'
import type { Collector } from './found.ts'
import { type Format, isYaml } from './input.ts'
import { entriesOf, itemsOf, at, child, type Scalar, scalarAt, textAt, type Tree } from './tree.ts'

const id = 'kubeconfig'

/** SHA-256 of the first certificate of a PEM text, lower-case hex: the certificate's fingerprint. Null when there is none. */
export function certificateFingerprint(pem: string): string | null {
  const body = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]{64,65536}?)-----END CERTIFICATE-----/.exec(pem)?.[1]
  return body === undefined ? null : createHash('sha256').update(Buffer.from(body, 'base64')).digest('hex')
}

/** The bytes of a base64 scalar; null when it is not base64 or is far too large for a key. */
export function base64Bytes(text: string, maxChars = 1_500_000): Buffer | null {
  const compact = text.length <= maxChars ? text.replaceAll(/[\r\n\t ]/g, '') : ''
  if (compact.length < 2 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(compact)) return null
  return Buffer.from(compact, 'base64')
}

/** A kubeconfig: each user's token, client key, password and plug-in, with the clusters and namespaces it is used for. */
export const kubeconfigFormat: Format = {
  id,
  marks: ['current-context', 'clusters'],
  matches: (input) => (isYaml(input) || ['', 'conf', 'config', 'json', 'kubeconfig'].includes(input.extension) || input.name.includes('kubeconfig'))
    && input.bytes.length <= 4_000_000 && input.has('users') && (input.has('current-context') || (input.has('Config') && input.has('clusters'))),
  extract: (input, into) => {
    for (const document of input.yaml) {
      if (textAt(document, 'kind') !== 'Config') continue
      for (const user of itemsOf(child(document, 'users'))) addUser(document, user, into)
    }
  },
}

function addUser(config: Tree, entry: Tree, into: Collector): void {
  const name = textAt(entry, 'name')
  const user = child(entry, 'user')
  const context = itemsOf(child(config, 'contexts')).map((item) => child(item, 'context')).find((item) => textAt(item, 'user') === name)
  const clusterName = textAt(context, 'cluster')
  const cluster = itemsOf(child(config, 'clusters')).find((item) => textAt(item, 'name') === clusterName)
  const facts = { user: name, cluster: clusterName, host: textAt(cluster, 'cluster', 'server'), namespace: textAt(context, 'namespace') }
  const add = (secretType: string, scalar: Scalar | null, value: string | Uint8Array | null, more: Record<string, string | null> = {}) => {
    if (scalar !== null && value !== null) into.add(id, { secretType, value, start: scalar.start, end: scalar.end, facts: { ...facts, ...more } })
  }
  const token = scalarAt(user, 'token')
  add('kubernetes-token', token, token?.text ?? null)
  const password = scalarAt(user, 'password')
  add('password', password, password?.text ?? null, { account: textAt(user, 'username') })
  const key = scalarAt(user, 'client-key-data')
  const certificate = base64Bytes(textAt(user, 'client-certificate-data') ?? '')
  add('private-key', key, key === null ? null : base64Bytes(key.text), { certificateSha256: certificate === null ? null : certificateFingerprint(certificate.toString('latin1')) })
  for (const field of ['tokenFile', 'client-key'] as const) {
    const path = scalarAt(user, field)
    if (path !== null) into.add(id, { secretType: field === 'client-key' ? 'private-key' : 'kubernetes-token', value: path.text, start: path.start, end: path.end, facts, reference: { kind: 'file', name: path.text } })
  }
  const command = scalarAt(user, 'exec', 'command')
  if (command !== null) into.add(id, { secretType: 'exec-plugin', value: command.text, start: command.start, end: command.end, facts, reference: { kind: 'command', name: command.text } })
  for (const variable of itemsOf(at(user, 'exec', 'env'))) {
    const scalar = scalarAt(variable, 'value')
    if (/secret|token|password/i.test(textAt(variable, 'name') ?? '')) add('secret', scalar, scalar?.text ?? null, { name: textAt(variable, 'name') })
  }
  for (const { key: field, value } of entriesOf(at(user, 'auth-provider', 'config'))) {
    if (value.kind === 'scalar' && /^(?:access-token|id-token|refresh-token|client-secret)$/.test(field.text)) add(field.text === 'client-secret' ? 'client-secret' : 'token', value, value.text, { issuer: textAt(user, 'auth-provider', 'config', 'idp-issuer-url'), clientId: textAt(user, 'auth-provider', 'config', 'client-id') })
  }
}
