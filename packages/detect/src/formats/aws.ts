import type { Format } from './input.ts'
import { iniPairs, type Pair } from './pairs.ts'
import { scalarAt, textAt } from './tree.ts'

const id = 'aws-config'
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/**
 * The account number that an AWS access key id carries in its 5th to 12th character (keys made since 2019: base32, the
 * number shifted left by seven bits). Null for other texts; twelve digits otherwise.
 */
export function awsAccountOf(keyId: string): string | null {
  if (!/^(?:AKIA|ASIA)[A-Z2-7]{16}$/.test(keyId)) return null
  let bits = 0n
  for (const char of keyId.slice(4, 14)) bits = (bits << 5n) | BigInt(BASE32.indexOf(char))
  const account = ((bits >> 2n) & 0x7fffffffff80n) >> 7n
  const digits = account.toString().padStart(12, '0')
  return digits.length === 12 && account > 0n ? digits : null
}

/** Facts that go with an access key: its id, the account in it and whether it is a session's. */
export function awsKeyFacts(keyId: string | null | undefined): Record<string, string | null> {
  if (keyId === null || keyId === undefined) return {}
  return { keyId, accountId: awsAccountOf(keyId), keyKind: keyId.startsWith('ASIA') ? 'temporary' : 'long-lived' }
}

/** `~/.aws/credentials`, `~/.aws/config` and the cached sessions of the AWS tools. */
export const awsConfigFormat: Format = {
  id,
  matches: (input) => /(?:^|\/)\.?aws\/(?:credentials|config|sso\/cache\/[^/]+|cli\/cache\/[^/]+)$/.test(input.path)
    || ((input.name.includes('credential') || input.name.startsWith('.boto') || input.name === '.passwd-s3fs' || input.name.includes('aws')) && input.bytes.length <= 1_000_000 && input.has('aws_secret_access_key')),
  extract: (input, into) => {
    if (input.extension === 'json') {
      const credentials = input.json
      for (const path of [['Credentials'], []] as const) {
        const secret = scalarAt(credentials, ...path, 'SecretAccessKey')
        const keyId = textAt(credentials, ...path, 'AccessKeyId')
        const facts = { ...awsKeyFacts(keyId), notAfter: instant(textAt(credentials, ...path, 'Expiration')) }
        if (secret !== null) into.add(id, { secretType: 'aws-secret-access-key', value: secret.text, start: secret.start, end: secret.end, facts })
        const session = scalarAt(credentials, ...path, 'SessionToken')
        if (session !== null) into.add(id, { secretType: 'aws-session-token', value: session.text, start: session.start, end: session.end, facts })
      }
      const sso = scalarAt(credentials, 'accessToken')
      if (sso !== null) into.add(id, { secretType: 'aws-sso-token', value: sso.text, start: sso.start, end: sso.end, facts: { host: textAt(credentials, 'startUrl'), region: textAt(credentials, 'region'), notAfter: instant(textAt(credentials, 'expiresAt')) } })
      const clientSecret = scalarAt(credentials, 'clientSecret')
      if (clientSecret !== null) into.add(id, { secretType: 'client-secret', value: clientSecret.text, start: clientSecret.start, end: clientSecret.end, facts: { clientId: textAt(credentials, 'clientId') } })
      return
    }
    const pairs = iniPairs(input.text)
    const profiles = new Map<string, Map<string, Pair>>()
    for (const pair of pairs) {
      const profile = profiles.get(pair.section) ?? new Map<string, Pair>()
      profiles.set(pair.section, profile.set(pair.key.toLowerCase(), pair))
    }
    for (const [section, keys] of profiles) {
      const facts = {
        profile: section.replace(/^profile\s+/, ''), ...awsKeyFacts(keys.get('aws_access_key_id')?.text), region: keys.get('region')?.text,
        roleArn: keys.get('role_arn')?.text, sourceProfile: keys.get('source_profile')?.text,
      }
      for (const [key, secretType] of [['aws_secret_access_key', 'aws-secret-access-key'], ['aws_session_token', 'aws-session-token'], ['aws_security_token', 'aws-session-token']] as const) {
        const pair = keys.get(key)
        if (pair !== undefined) into.add(id, { secretType, value: pair.text, start: pair.start, end: pair.end, facts })
      }
      const role = keys.get('role_arn')
      if (role !== undefined) into.add(id, { secretType: 'aws-role', value: role.text, start: role.start, end: role.end, facts, reference: { kind: 'aws-role', name: role.text } })
    }
  },
}

/** An RFC 3339 instant of a text; null when it is none. */
function instant(text: string | null): string | null {
  if (text === null || !/^\d{4}-\d\d-\d\dT[\d:.]{5,15}(?:Z|UTC|[+-]\d\d:?\d\d)$/.test(text)) return null
  const date = new Date(text.replace('UTC', 'Z'))
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}
