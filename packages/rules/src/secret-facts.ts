import { type LocationKind, placeOf, type SecretCredential, type Severity, severities } from '@muster/core'
import type { CredentialSubject, SubjectLocation } from './subject.ts'

type LineKind = Extract<LocationKind, 'file-line' | 'repository-line' | 'image-line'>
type Line = SubjectLocation & { readonly location: Extract<SubjectLocation['location'], { kind: LineKind }> }

/**
 * The secret a rule is to judge: new, or confirmed by people. Null for other kinds, and for one that was made worthless
 * (rotated or revoked), of which one rule of its own speaks.
 */
export function liveSecret({ credential, secretState }: CredentialSubject): SecretCredential | null {
  if (credential.kind !== 'secret' || secretState === 'rotated' || secretState === 'revoked') return null
  return credential
}

/** Lines of texts that hold the value, of one kind where it is named. */
export function linesOf<Kind extends LineKind = LineKind>(subject: CredentialSubject, kind?: Kind): (Line & { readonly location: { kind: Kind } })[] {
  return subject.locations.filter((at): at is Line & { readonly location: { kind: Kind } } => (kind === undefined ? 'pathClass' in at.location : at.location.kind === kind))
}

/** A place with the machine or source it is on, as evidence names it. */
export function placeWithin(at: SubjectLocation): string {
  return `${at.machineName}:${placeOf(at.location)}`
}

/** The cloud a long-lived key opens; null for other secrets and for keys of a session. */
export function staticCloudOf({ secretType, facts }: SecretCredential): string | null {
  if (facts['keyKind'] === 'temporary') return null
  const provider = facts['provider']
  if (provider !== undefined && Object.hasOwn(clouds, provider)) return clouds[provider as keyof typeof clouds]
  if (/^aws-(?:access-key-id|secret-access-key)$/.test(secretType)) return clouds.aws
  if (/^gcp-service-account|^google-service-account/.test(secretType)) return clouds.gcp
  return secretType === 'azure-client-secret' ? clouds.azure : null
}

const clouds = { aws: 'AWS', gcp: 'Google Cloud', azure: 'Azure' } as const

/** What whoever has it can do: 0 run a cloud, a code host or money, 1 use a service, 2 little or only with work. */
function weight({ secretType, valueKnown }: SecretCredential): number {
  if (!valueKnown || slight.test(secretType)) return 2
  return grave.test(secretType) ? 0 : 1
}

const grave = /^(?:aws|gcp|google-(?:service|oauth-ref)|azure-(?:client|devops|storage-account)|alibaba|digitalocean|hetzner|oci|ibm-cloud|cloudflare-(?:api|global)|github|gitlab-(?:personal|oauth|scim)|bitbucket|npm|pypi|crates|rubygems|docker-hub|vault-(?:root|service|recovery)|kubernetes-(?:token|service)|stripe-live|square|paypal|braintree|okta|terraform-cloud|pulumi|heroku|netlify|vercel-personal|kerberos-key|onepassword|doppler|infisical|muster|openshift|rancher|k3s|docker-swarm)/
const slight = /(?:password-hash|webhook|test|recaptcha|public|browser|reporter|ingest|write-key|feed-token|incoming-mail|federated-trust|oidc-permission|sealed-secret|encrypted-file|aws-role)/

/** Names a scanner gives where it only sees that something is secret. */
const vague = /^generic|^(?:secret|password|token|credential)$/

/**
 * How bad it is that the secret lies at `places`: by what it opens, less where it may be an example (every place is a test,
 * documentation or generated), where only a scanner's guess says that it is one, and where a check said that it is dead.
 *
 * @param lowerBy levels taken off for how hard it is to get at there; negative where it is easier than elsewhere.
 */
export function severityAt(secret: SecretCredential, places: readonly SubjectLocation[], lowerBy = 0): Severity {
  if (secret.facts['verified'] === 'live') return severities[Math.max(0, Math.min(lowerBy, 1))]!
  const example = places.length > 0 && places.every(({ location }) => 'pathClass' in location && location.pathClass !== 'other')
  const levels = weight(secret) + lowerBy + (example ? 1 : 0) + (vague.test(secret.secretType) ? 1 : 0) + (secret.facts['verified'] === 'dead' ? 2 : 0)
  return severities[Math.max(0, Math.min(levels, severities.length - 1))]!
}

/** Files that configure a pipeline, by their path. */
export function isPipelineFile(path: string): boolean {
  return /(?:^|\/)(?:\.(?:github|gitea|forgejo)\/(?:workflows|actions)\/|\.circleci\/|\.buildkite\/|\.gitlab\/)|(?:^|\/)(?:\.gitlab-ci[^/]*\.ya?ml|azure-pipelines[^/]*\.ya?ml|bitbucket-pipelines\.yml|Jenkinsfile|\.travis\.yml|\.drone\.yml|buildspec\.ya?ml|cloudbuild\.(?:ya?ml|json)|\.woodpecker[^/]*)/.test(path)
}
