import type { ConfigurationRule } from '../rule.ts'
import { NHI5, NHI6, sources } from '../sources.ts'
import { asksWho, reachOf } from '../trust-reach.ts'
import { askedOf, issuerOf, placeOf, severityIn, targetOf } from '../trust-facts.ts'

export const openToOrganisation: ConfigurationRule = {
  id: 'trust.open-to-organisation',
  title: 'Every pipeline of an organisation is let in',
  severity: 'medium',
  object: 'configuration',
  format: 'federated-trust',
  meaning: 'Whoever may write to any repository of the organisation, or run anything in the cluster, can take the role. The least guarded of them decides how well it is guarded.',
  remedy: 'Name the repository, project or service account in the subject, and the branch or environment where it can be; give each its own role.',
  sources: [sources.githubOidc, sources.awsSharedIssuers, sources.vaultJwt, NHI6, NHI5],
  check(subject) {
    if (reachOf(subject.settings) !== 'organisation') return null
    const asked = askedOf(subject)
    return {
      severity: severityIn(subject, asksWho(subject.settings) ? 'medium' : 'high'),
      evidence: asked === '' ? `whatever has a token of ${issuerOf(subject)} comes in as ${targetOf(subject)}: the policy asks for nothing` : `everything of an organisation at ${issuerOf(subject)} comes in as ${targetOf(subject)}: the policy asks for no more than ${asked}`,
      places: [placeOf(subject)],
    }
  },
}
