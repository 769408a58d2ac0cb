import type { Format, FormatInput } from './input.ts'
import { itemsOf, mappingsOf, scalarAt, textAt } from './tree.ts'

const small = (input: FormatInput): boolean => input.bytes.length <= 2_000_000
const isJsonName = (input: FormatInput): boolean => input.extension === 'json' || input.extension === '' || input.extension === 'azureauth'

/** What distinguishes the JSON of each. */
const marks = {
  gcloud: ['"service_account"', '"authorized_user"', '"client_secret"', '"external_account"'],
  azure: ['"clientSecret"', '"tenant', '"servicePrincipal', '"service_principal', '"AccessToken"'],
  jwks: ['"kty"'],
} as const

/** Google credentials: service account keys, authorised users (ADC) and OAuth clients. */
export const gcloudFormat: Format = {
  id: 'gcloud',
  marks: marks.gcloud,
  matches: (input) => isJsonName(input) && small(input) && marks.gcloud.some((mark) => input.has(mark)),
  extract: (input, into) => {
    if (input.json === null) return
    for (const map of mappingsOf(input.json)) {
      const type = textAt(map, 'type')
      const facts = { user: textAt(map, 'client_email'), keyId: textAt(map, 'private_key_id'), project: textAt(map, 'project_id') ?? textAt(map, 'quota_project_id'), clientId: textAt(map, 'client_id'), tokenUri: textAt(map, 'token_uri') }
      const key = scalarAt(map, 'private_key')
      if (type === 'service_account' && key !== null) into.add('gcloud', { secretType: 'gcp-service-account-key', value: key.text, start: key.start, end: key.end, facts })
      const secret = scalarAt(map, 'client_secret')
      if (secret !== null && facts.clientId !== null) into.add('gcloud', { secretType: 'client-secret', value: secret.text, start: secret.start, end: secret.end, facts })
      const refresh = scalarAt(map, 'refresh_token')
      if (refresh !== null) into.add('gcloud', { secretType: 'refresh-token', value: refresh.text, start: refresh.start, end: refresh.end, facts })
      const audience = scalarAt(map, 'audience')
      if (type === 'external_account' && audience !== null) into.add('gcloud', { secretType: 'federated-trust', value: audience.text, start: audience.start, end: audience.end, facts: { ...facts, provider: 'gcp' }, reference: { kind: 'oidc', name: audience.text } })
    }
  },
}

/** Azure: `az ad sp create-for-rbac` output, SDK auth files and the CLI's service principal entries and token caches. */
export const azureFormat: Format = {
  id: 'azure',
  marks: marks.azure,
  matches: (input) => isJsonName(input) && small(input) && marks.azure.some((mark) => input.has(mark)),
  extract: (input, into) => {
    if (input.json === null) return
    for (const map of mappingsOf(input.json)) {
      const clientId = textAt(map, 'clientId') ?? textAt(map, 'appId') ?? textAt(map, 'servicePrincipalId') ?? textAt(map, 'client_id')
      const tenantId = textAt(map, 'tenantId') ?? textAt(map, 'tenant') ?? textAt(map, 'servicePrincipalTenant')
      if (clientId === null || (tenantId === null && scalarAt(map, 'secret') === null)) continue
      const facts = { clientId, tenantId, subscriptionId: textAt(map, 'subscriptionId'), name: textAt(map, 'displayName') }
      for (const field of ['clientSecret', 'password', 'accessToken', 'client_secret'] as const) {
        const scalar = scalarAt(map, field)
        if (scalar !== null) into.add('azure', { secretType: field === 'accessToken' && clientId !== null && textAt(map, 'servicePrincipalId') === null ? 'token' : 'azure-client-secret', value: scalar.text, start: scalar.start, end: scalar.end, facts })
      }
    }
    for (const kind of ['RefreshToken', 'AccessToken'] as const) {
      for (const map of mappingsOf(input.json)) {
        if (textAt(map, 'credential_type') !== kind) continue
        const scalar = scalarAt(map, 'secret')
        if (scalar !== null) into.add('azure', { secretType: kind === 'AccessToken' ? 'token' : 'refresh-token', value: scalar.text, start: scalar.start, end: scalar.end, facts: { clientId: textAt(map, 'client_id'), host: textAt(map, 'environment'), account: textAt(map, 'home_account_id') } })
      }
    }
  },
}

/** JSON web key sets that hold private halves: `d` of each key (RFC 7517, RFC 7518 §6). */
export const jwksFormat: Format = {
  id: 'jwks',
  marks: marks.jwks,
  matches: (input) => isJsonName(input) && small(input) && marks.jwks.some((mark) => input.has(mark)) && (input.has('"d"') || input.has('"k"')),
  extract: (input, into) => {
    if (input.json === null) return
    for (const map of [input.json, ...itemsOf(input.json)].flatMap((tree) => [...mappingsOf(tree)])) {
      const type = textAt(map, 'kty')
      const secret = type === null ? null : scalarAt(map, type === 'oct' ? 'k' : 'd')
      if (secret !== null) into.add('jwks', { secretType: type === 'oct' ? 'symmetric-key' : 'private-jwk', value: secret.text, start: secret.start, end: secret.end, literal: true, facts: { keyId: textAt(map, 'kid'), keyType: type, curve: textAt(map, 'crv'), algorithm: textAt(map, 'alg'), use: textAt(map, 'use') } })
    }
  },
}
