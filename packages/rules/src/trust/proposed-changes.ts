import type { ConfigurationRule } from '../rule.ts'
import { NHI6, sources } from '../sources.ts'
import { placeOf, severityIn } from '../trust-facts.ts'

export const proposedChanges: ConfigurationRule = {
  id: 'trust.pull-request-target',
  title: 'Proposed changes run with a token for the cloud',
  severity: 'high',
  object: 'configuration',
  format: 'workflow',
  meaning: 'pull_request_target runs for pull requests of strangers in the name of the target branch. With id-token: write its job proves itself to clouds as that branch would; a step that runs anything of the pull request hands that over.',
  remedy: 'Run proposed code on pull_request, which gets no token for forks. Where pull_request_target is needed, take id-token: write away from it, check out nothing of the pull request, and let roles ask for an environment with required reviewers.',
  sources: [sources.githubEvents, sources.githubOidc, NHI6],
  check(subject) {
    const { settings } = subject
    if (settings['trigger']?.includes('pull_request_target') !== true) return null
    const runsHead = settings['checkout']?.[0] === 'head'
    return { severity: severityIn(subject, runsHead ? 'critical' : 'high'), evidence: `id-token: write on pull_request_target${runsHead ? ', and a step checks out what the pull request proposes' : ''}`, places: [placeOf(subject)] }
  },
}
