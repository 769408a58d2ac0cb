import { addSecretExpressions } from './ci-references.ts'
import type { Collector, DraftFacts } from './found.ts'
import { type Format, isYaml } from './input.ts'
import { addSetting } from './settings.ts'
import { child, entriesOf, itemsOf, type Scalar, scalarAt, scalarsOf, textAt, type Tree } from './tree.ts'

const id = 'github-actions'

/** GitHub Actions workflows and composite actions: secrets taken, literals in `env` and `with`, and trust by OIDC. */
export const githubActionsFormat: Format = {
  id,
  matches: (input) => isYaml(input) && (/(?:^|\/)\.(?:github|gitea|forgejo)\/(?:workflows|actions)\//.test(input.path) || /^action\.ya?ml$/.test(input.name)),
  extract: (input, into) => {
    for (const document of input.yaml) {
      const workflow = textAt(document, 'name')
      const started = { workflow, triggers: triggersOf(document).join(' '), checkout: checksOutHead(document) ? 'head' : null }
      const jobs = entriesOf(child(document, 'jobs'))
      // What a job says of permissions stands instead of what the workflow says.
      if (jobs.length === 0 || jobs.some(({ value }) => child(value, 'permissions') === null)) addPermission(document, into, started)
      addEnvironment(child(document, 'env'), into, { workflow })
      for (const { key, value } of jobs) {
        const facts = { workflow, job: key.text, environment: textAt(value, 'environment') ?? textAt(value, 'environment', 'name') }
        addPermission(value, into, { ...started, ...facts })
        addJob(value, into, facts)
      }
      for (const step of itemsOf(child(child(document, 'runs'), 'steps'))) addStep(step, into, { workflow })
      for (const { path, scalar } of scalarsOf(document)) addSecretExpressions(into, id, scalar, { workflow, job: path[0] === 'jobs' ? path[1] : null })
    }
  },
}

function addJob(job: Tree, into: Collector, facts: DraftFacts): void {
  addEnvironment(child(job, 'env'), into, facts)
  addEnvironment(child(child(job, 'container'), 'env'), into, facts)
  addEnvironment(child(child(job, 'container'), 'credentials'), into, facts)
  for (const { key, value } of entriesOf(child(job, 'services'))) {
    addEnvironment(child(value, 'env'), into, { ...facts, service: key.text })
    addEnvironment(child(value, 'credentials'), into, { ...facts, service: key.text })
  }
  const inherited = scalarAt(job, 'secrets')
  if (inherited !== null && inherited.text === 'inherit') into.add(id, { secretType: 'ci-secret', value: inherited.text, start: inherited.start, end: inherited.end, facts: { ...facts, workflowCalled: textAt(job, 'uses') }, reference: { kind: 'ci-secret', name: '*' } })
  for (const step of itemsOf(child(job, 'steps'))) addStep(step, into, facts)
}

function addStep(step: Tree, into: Collector, facts: DraftFacts): void {
  const uses = textAt(step, 'uses')
  addEnvironment(child(step, 'env'), into, facts)
  const inputs = child(step, 'with')
  addEnvironment(inputs, into, { ...facts, action: uses })
  const trusted: readonly (readonly [string, string])[] = [['role-to-assume', 'aws'], ['workload_identity_provider', 'gcp'], ['federated-token', 'azure']]
  for (const [name, provider] of trusted) {
    const scalar = scalarAt(inputs, name)
    if (scalar !== null) addTrust(scalar, into, { ...facts, action: uses, provider, serviceAccount: textAt(inputs, 'service_account'), region: textAt(inputs, 'aws-region') })
  }
  const client = scalarAt(inputs, 'client-id')
  if (uses?.startsWith('azure/login') === true && client !== null && child(inputs, 'creds') === null) addTrust(client, into, { ...facts, action: uses, provider: 'azure' })
}

function addEnvironment(tree: Tree | null, into: Collector, facts: DraftFacts): void {
  for (const { key, value } of entriesOf(tree)) if (value.kind === 'scalar' && !value.text.includes('${{')) addSetting(into, id, key.text, value, facts)
}

function addTrust(scalar: Scalar, into: Collector, facts: DraftFacts): void {
  const name = scalar.text.slice(0, 256)
  into.add(id, { secretType: 'federated-trust', value: scalar.text, start: scalar.start, end: scalar.end, facts, reference: { kind: 'oidc', name } })
}

/** What starts the workflow: a name, a list of names, or a mapping of them. */
function triggersOf(document: Tree): readonly string[] {
  const on = child(document, 'on') ?? child(document, 'true')
  if (on?.kind === 'map') return entriesOf(on).map(({ key }) => key.text)
  return on?.kind === 'list' ? itemsOf(on).flatMap((each) => (each.kind === 'scalar' ? [each.text] : [])) : on === null ? [] : [on.text]
}

/** Whether a step takes the code of whoever proposes a change. */
function checksOutHead(document: Tree): boolean {
  return entriesOf(child(document, 'jobs')).some(({ value }) => itemsOf(child(value, 'steps')).some((step) => /github\.(?:event\.pull_request\.head|head_ref)|refs\/pull\//.test(textAt(step, 'with', 'ref') ?? '')))
}

/** `permissions: id-token: write`: the job may prove itself to others by GitHub's OIDC issuer. */
function addPermission(tree: Tree, into: Collector, facts: DraftFacts): void {
  const permission = scalarAt(tree, 'permissions', 'id-token')
  const all = scalarAt(tree, 'permissions')
  const scalar = permission ?? (all?.text === 'write-all' ? all : null)
  if (scalar !== null && scalar.text.startsWith('write')) into.add(id, { secretType: 'oidc-permission', value: scalar.text, start: scalar.start, end: scalar.end, facts: { ...facts, permission: 'id-token: write' }, reference: { kind: 'oidc', name: typeof facts['job'] === 'string' ? `id-token ${facts['job']}` : 'id-token' } })
}
