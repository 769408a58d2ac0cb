import { listPlaces } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { isPipelineFile, liveSecret, placeWithin, staticCloudOf } from '../secret-facts.ts'
import { NHI6 } from '../sources.ts'

export const staticCloudKeyInPipeline: CredentialRule = {
  id: 'secret.static-cloud-key-in-pipeline',
  title: 'Pipeline uses a static cloud key where federation could serve',
  severity: 'medium',
  object: 'credential',
  meaning: 'The pipeline holds a key that never ends and works from anywhere. CI systems can prove who they are with a token of their own for each job, which the cloud takes for short-lived credentials: then there is nothing to steal.',
  remedy: 'Let the cloud trust the CI system’s OIDC issuer for this repository and branch, switch the pipeline to it, then delete the key.',
  sources: [NHI6, { citation: 'GitHub Actions: security hardening with OpenID Connect', url: 'https://docs.github.com/en/actions/concepts/security/openid-connect' }],
  check(subject) {
    const secret = liveSecret(subject)
    const cloud = secret === null ? null : staticCloudOf(secret)
    if (cloud === null) return null
    const places = subject.locations.filter(({ location }) => location.kind === 'ci-variable' || ((location.kind === 'repository-line' || location.kind === 'file-line') && isPipelineFile(location.path)))
    if (places.length === 0) return null
    // A reference of a workflow: the workflow is what is to be changed.
    const workflow = secret?.facts['workflow']
    const named = [...new Set(places.map((at) => (at.location.kind === 'ci-variable' && workflow !== undefined ? `${at.machineName}:${workflow} as ${at.location.name}` : placeWithin(at))))]
    return { evidence: `a key of ${cloud} is given to ${listPlaces(named)}`, places: named.slice(0, 50) }
  },
}
