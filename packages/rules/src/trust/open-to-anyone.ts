import type { ConfigurationRule } from '../rule.ts'
import { NHI5, NHI6, sources } from '../sources.ts'
import { reachOf } from '../trust-reach.ts'
import { askedOf, issuerOf, placeOf, severityIn, targetOf } from '../trust-facts.ts'

export const openToAnyone: ConfigurationRule = {
  id: 'trust.open-to-anyone',
  title: 'Anybody’s pipeline is let in',
  severity: 'critical',
  object: 'configuration',
  format: 'federated-trust',
  meaning: 'The issuer signs tokens for every customer of the service. A policy that does not say whose token it wants lets a pipeline of any account there take the role, one that a stranger made for the purpose among them.',
  remedy: 'Ask for a subject that names the organisation and the repository, and the branch or environment where it can: a condition on sub in AWS, an attribute condition in Google Cloud, bound_claims or bound_subject in Vault. Look through the logs for who has come in.',
  sources: [sources.awsSharedIssuers, sources.googlePipelines, sources.githubOidc, sources.vaultJwt, NHI6, NHI5],
  check(subject) {
    if (reachOf(subject.settings) !== 'anyone') return null
    const asked = askedOf(subject)
    return { severity: severityIn(subject, 'critical'), evidence: `whoever has an account at ${issuerOf(subject)} comes in as ${targetOf(subject)}: the policy asks for ${asked === '' ? 'nothing' : `no more than ${asked}`}`, places: [placeOf(subject)] }
  },
}
