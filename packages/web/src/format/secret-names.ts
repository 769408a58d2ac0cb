import type { CredentialRow, MachineRow, SecretState } from './vocabulary.ts'

/** What people say of a secret, as they read it. */
export const secretStateNames = {
  new: 'New', confirmed: 'Confirmed', 'false-positive': 'False positive', 'test-value': 'Test value', accepted: 'Accepted', rotated: 'Rotated', revoked: 'Revoked',
} as const satisfies Record<SecretState, string>

/** What each state means for whoever chooses it. */
export const secretStateMeanings = {
  new: 'Nobody has looked at it yet',
  confirmed: 'A real secret that has to be dealt with',
  'false-positive': 'Not a secret',
  'test-value': 'Opens nothing that matters',
  accepted: 'Stays as it is until a day you choose',
  rotated: 'Replaced by a new value',
  revoked: 'Does not open anything any more',
} as const satisfies Record<SecretState, string>

/** Words that are not written in small letters. */
const spelled: Readonly<Record<string, string>> = Object.fromEntries(
  `AWS API CI CD JWT JSON OAuth HTTP HTTPS URL SSH PGP SMTP IAM SDK ID GCP SES MWS SSO OVH IBM HCP K3s SCIM LWA SP PAT DB IP ARN UID AI GitHub GitLab PyPI npm NuGet OpenAI xAI CircleCI TestPyPI RubyGems SendGrid MailerSend HubSpot
  LinkedIn DigitalOcean PlanetScale ClickHouse CockroachDB InfluxDB MongoDB JFrog BrowserStack SonarQube SonarCloud AppVeyor PayPal WooCommerce GoCardless EasyPost LangSmith LaunchDarkly PostHog PagerDuty UptimeRobot OpenRouter
  DeepSeek AssemblyAI ElevenLabs RunPod LiteLLM OneLogin JumpCloud OnePassword NVIDIA Groq dbt WordPress FileZilla Dockerfile Kubernetes VirusTotal IPinfo MaxMind ConfigCat RapidAPI PubNub WireGuard`
    .split(/\s+/).map((word) => [word.toLowerCase(), word]),
)

function worded(words: readonly string[]): string {
  const text = words.map((word) => spelled[word.toLowerCase()] ?? word.toLowerCase()).join(' ')
  return text === '' || spelled[words[0]!.toLowerCase()] !== undefined ? text : text[0]!.toUpperCase() + text.slice(1)
}

/** `aws-secret-access-key` as `AWS secret access key`. */
export function secretTypeName(type: string): string {
  return worded(type.split('-').filter((word) => word !== ''))
}

/** A fact's name in words: `accountId` as `Account ID`. */
export function factName(name: string): string {
  return worded(name.split(/[\s._-]+|(?<=[a-z\d])(?=[A-Z])/).filter((word) => word !== ''))
}

/** Whose a secret is, as far as its format tells: its name without its type; empty where nothing is told. */
export function secretAccount(row: Pick<CredentialRow, 'name' | 'secretType'>): string {
  const { name, secretType } = row
  return secretType !== null && (name === secretType || name.startsWith(`${secretType} `)) ? name.slice(secretType.length + 1) : name
}

/** A secret as people call it: its type, and whose it is. */
export function secretTitle(row: Pick<CredentialRow, 'name' | 'secretType'>): string {
  const account = secretAccount(row)
  return [row.secretType === null ? 'Secret' : secretTypeName(row.secretType), account].filter((part) => part !== '').join(' · ')
}

/** What a finding or a change is about, as people call it. */
export function objectTitle({ objectName, secretType }: { readonly objectName: string; readonly secretType: string | null }): string {
  return secretType === null ? objectName : secretTitle({ name: objectName, secretType })
}

export type SourceKind = 'repository' | 'image' | 'cluster' | 'code host'

/** What a source is, by the beginning of what names it everywhere; null for a machine. */
export function sourceKind(row: Pick<MachineRow, 'machineKind' | 'identifiers'>): SourceKind | null {
  if (row.machineKind !== 'source') return null
  const id = row.identifiers.find((entry) => entry.type === 'source-id')?.value ?? ''
  const prefix = id.slice(0, Math.max(0, id.indexOf(':')))
  return prefix === 'image' ? 'image' : prefix === 'cluster' ? 'cluster' : prefix === 'git' || prefix === '' ? 'repository' : 'code host'
}

/** `base64 inside gzip`: how a value was wrapped, from the inside; empty for plain text. */
export function wrapping(decoders: readonly string[]): string {
  return decoders.toReversed().join(' inside ')
}
