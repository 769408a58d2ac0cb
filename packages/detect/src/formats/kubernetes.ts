import { addRegistryAuths } from './docker-config.ts'
import type { Collector } from './found.ts'
import { type Format, isYaml } from './input.ts'
import { parseJson } from './json.ts'
import { base64Bytes, certificateFingerprint } from './kubeconfig.ts'
import { addSetting } from './settings.ts'
import { child, entriesOf, itemsOf, mappingsOf, type Scalar, scalarAt, textAt, type Tree } from './tree.ts'

const id = 'kubernetes'

/** Kubernetes manifests: Secrets and what stands beside them, sealed and external secrets, and what pods take from where. */
export const kubernetesFormat: Format = {
  id,
  marks: ['apiVersion'],
  matches: (input) => (isYaml(input) || input.extension === 'json') && input.has('apiVersion') && input.has('kind'),
  extract: (input, into) => {
    for (const document of input.yaml) addObject(document, into, 0)
  },
}

function addObject(object: Tree, into: Collector, depth: number): void {
  const kind = textAt(object, 'kind')
  if (kind === null || depth > 4) return
  for (const item of itemsOf(child(object, 'items'))) addObject(item, into, depth + 1)
  if (kind === 'Secret') addSecret(object, into)
  else if (kind === 'SealedSecret') addEncrypted(object, into)
  else if (kind === 'ExternalSecret' || kind === 'ClusterExternalSecret') addExternal(object, into)
  else if (kind === 'ConfigMap') addConfigMap(object, into)
  else addWorkload(object, into, kind)
}

const factsOf = (object: Tree) => ({ name: textAt(object, 'metadata', 'name'), namespace: textAt(object, 'metadata', 'namespace') })

function addSecret(object: Tree, into: Collector): void {
  const type = textAt(object, 'type') ?? 'Opaque'
  const account = textAt(object, 'metadata', 'annotations', 'kubernetes.io/service-account.name')
  const user = plainData(object, 'username')
  const certificate = plainData(object, 'tls.crt')
  const facts = { ...factsOf(object), type, serviceAccount: account, user, certificateSha256: certificate === null ? null : certificateFingerprint(certificate) }
  for (const [section, encoded] of [['data', true], ['stringData', false]] as const) {
    for (const { key, value } of entriesOf(child(object, section))) {
      if (value.kind === 'scalar') addDatum(key.text, value, encoded, { ...facts, key: key.text }, into)
    }
  }
  addLastApplied(object, facts, into)
}

function plainData(object: Tree, key: string): string | null {
  const encoded = textAt(object, 'data', key)
  return textAt(object, 'stringData', key) ?? (encoded === null ? null : base64Bytes(encoded)?.toString('latin1') ?? null)
}

/** Keys of a Secret that hold what anyone may know. */
const publicKeys = /^(?:tls\.crt|ca\.crt|ca-bundle\.crt|ca\.pem|namespace|username|user|host|hostname|port|dbname|database|ssh-publickey|known_hosts|type|url|uri\.scheme|endpoint|region|id|token-id|expiration|usage-bootstrap-\w+|auth-extra-groups|server)$/i

function addDatum(key: string, scalar: Scalar, encoded: boolean, facts: Record<string, string | null>, into: Collector): void {
  if (publicKeys.test(key)) return
  const text = encoded ? base64Bytes(scalar.text)?.toString('latin1') ?? null : scalar.text
  const place = { start: scalar.start, end: scalar.end }
  if (text === null) {
    into.add(id, { secretType: 'secret', value: scalar.text, ...place, facts })
    return
  }
  if (key === '.dockerconfigjson' || key === '.dockercfg') {
    const config = parseJson(text).documents[0] ?? null
    addRegistryAuths(child(config, 'auths') ?? config, into, id, place)
    return
  }
  const isKey = /-----BEGIN [A-Z ]{0,32}PRIVATE KEY/.test(text.slice(0, 4096))
  const secretType = isKey ? 'private-key' : facts['type'] === 'kubernetes.io/service-account-token' && key === 'token' ? 'kubernetes-token'
    : facts['type'] === 'bootstrap.kubernetes.io/token' ? 'kubernetes-bootstrap-token' : /pass/i.test(key) ? 'password' : /token/i.test(key) ? 'token' : 'secret'
  // Trailing line ends come from `echo | base64`; the value that is used elsewhere has none.
  into.add(id, { secretType, value: isKey ? text : text.replace(/[\r\n]+$/, ''), ...place, facts })
}

/** `kubectl apply` copies the manifest, values and all, into an annotation. */
function addLastApplied(object: Tree, facts: Record<string, string | null>, into: Collector): void {
  const annotation = scalarAt(object, 'metadata', 'annotations', 'kubectl.kubernetes.io/last-applied-configuration')
  const applied = annotation === null ? null : parseJson(annotation.text).documents[0] ?? null
  if (annotation === null || applied === null || textAt(applied, 'kind') !== 'Secret') return
  const keys = [...entriesOf(child(applied, 'data')), ...entriesOf(child(applied, 'stringData'))]
  let from = annotation.start
  for (const { key, value } of keys) {
    if (value.kind !== 'scalar' || publicKeys.test(key.text)) continue
    // Each value gets a place of its own inside the annotation, at least a byte behind the one before.
    const start = Math.min(Math.max(from, annotation.start + value.start), Math.max(annotation.start, annotation.end - 1))
    const isPlain = child(applied, 'stringData') !== null && entriesOf(child(applied, 'stringData')).some((entry) => entry.value === value)
    addDatum(key.text, { ...value, start, end: Math.min(annotation.end, start + (value.end - value.start)) }, !isPlain, { ...facts, key: key.text, source: 'last-applied-configuration' }, into)
    from = start + 1
  }
}

function addEncrypted(object: Tree, into: Collector): void {
  for (const { key, value } of entriesOf(child(child(object, 'spec'), 'encryptedData'))) {
    if (value.kind === 'scalar') into.add(id, { secretType: 'sealed-secret', value: value.text, start: value.start, end: value.end, facts: { ...factsOf(object), key: key.text }, reference: { kind: 'encrypted', name: 'sealed-secrets' } })
  }
}

function addExternal(object: Tree, into: Collector): void {
  const spec = child(child(object, 'spec'), 'externalSecretSpec') ?? child(object, 'spec')
  const facts = { ...factsOf(object), store: textAt(spec, 'secretStoreRef', 'name'), target: textAt(spec, 'target', 'name') }
  for (const item of itemsOf(child(spec, 'data'))) {
    const key = scalarAt(item, 'remoteRef', 'key')
    if (key !== null) into.add(id, { secretType: 'external-secret', value: key.text, start: key.start, end: key.end, facts: { ...facts, key: textAt(item, 'secretKey'), property: textAt(item, 'remoteRef', 'property') }, reference: { kind: 'external-secret', name: key.text } })
  }
  for (const item of itemsOf(child(spec, 'dataFrom'))) {
    const key = scalarAt(item, 'extract', 'key') ?? scalarAt(item, 'key')
    if (key !== null) into.add(id, { secretType: 'external-secret', value: key.text, start: key.start, end: key.end, facts, reference: { kind: 'external-secret', name: key.text } })
  }
}

function addConfigMap(object: Tree, into: Collector): void {
  for (const { key, value } of entriesOf(child(object, 'data'))) {
    if (value.kind === 'scalar' && value.style !== 'block') addSetting(into, id, key.text, value, { ...factsOf(object), kind: 'ConfigMap' })
  }
}

/** Pods and everything that holds a pod template: environment literals, and which Secret each consumer takes. */
function addWorkload(object: Tree, into: Collector, kind: string): void {
  const facts = { ...factsOf(object), kind }
  for (const map of mappingsOf(object)) {
    for (const variable of itemsOf(child(map, 'env'))) {
      const name = textAt(variable, 'name')
      const value = scalarAt(variable, 'value')
      if (name !== null && value !== null) addSetting(into, id, name, value, { ...facts, container: textAt(map, 'name') })
    }
    for (const [field, nameKey] of [['secretKeyRef', 'name'], ['secretRef', 'name'], ['secret', 'secretName']] as const) {
      const scalar = scalarAt(map, field, nameKey)
      if (scalar !== null && !scalar.text.includes('{{')) into.add(id, { secretType: 'kubernetes-secret', value: scalar.text, start: scalar.start, end: scalar.end, facts: { ...facts, key: textAt(map, field, 'key') }, reference: { kind: 'kubernetes-secret', name: scalar.text } })
    }
    for (const item of itemsOf(child(map, 'imagePullSecrets'))) {
      const scalar = scalarAt(item, 'name')
      if (scalar !== null) into.add(id, { secretType: 'kubernetes-secret', value: scalar.text, start: scalar.start, end: scalar.end, facts, reference: { kind: 'kubernetes-secret', name: scalar.text } })
    }
  }
}
