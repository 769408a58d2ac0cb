import { readOne, type Report } from '../api/index.ts'
import { GitlabReader, type GitlabScan } from './reader.ts'
import { shapes } from './shapes.ts'

/** Reads what a project holds for its pipelines and lets in. */
export async function readProject(scan: GitlabScan, id: number | null, path: string): Promise<Report> {
  const reader = new GitlabReader(scan, `/projects/${id ?? encodeURIComponent(path)}`, path, id === null ? null : `projects/${id}`)
  if (reader.reads('variables')) await reader.variables()
  if (reader.reads('access-tokens')) await reader.accessTokens('/access_tokens', 'gitlab-project-access-token')
  if (reader.reads('deploy-tokens')) await reader.deployTokens()
  if (reader.reads('deploy-keys')) await reader.deployKeys()
  if (reader.reads('webhooks')) await reader.webhooks(false)
  if (reader.reads('triggers')) await reader.triggers()
  if (reader.reads('runners')) await reader.runners({ type: 'project_type' })
  if (reader.reads('ci-settings')) await readCiSettings(reader, path)
  return reader.report()
}

/** Reads what a group holds for all its projects. */
export async function readGroup(scan: GitlabScan, id: number | null, path: string): Promise<Report> {
  const reader = new GitlabReader(scan, `/groups/${id ?? encodeURIComponent(path)}`, path, id === null ? null : `groups/${id}`)
  if (reader.reads('variables')) await reader.variables()
  if (reader.reads('access-tokens')) await reader.accessTokens('/access_tokens', 'gitlab-group-access-token')
  if (reader.reads('deploy-tokens')) await reader.deployTokens()
  if (reader.reads('webhooks')) await reader.webhooks(true)
  if (reader.reads('runners')) await reader.runners({ type: 'group_type' })
  return reader.report()
}

/** Reads what belongs to the instance itself; an administrator's token is needed for each list. */
export async function readInstance(scan: GitlabScan): Promise<Report> {
  const reader = new GitlabReader(scan, '', '')
  if (reader.reads('variables')) await reader.variables('/admin/ci/variables')
  if (reader.reads('access-tokens')) await reader.accessTokens('/personal_access_tokens', 'gitlab-personal-access-token')
  if (reader.reads('webhooks')) await reader.webhooks(false)
  return reader.report()
}

/** Whom a job's tokens say it is, and whose jobs may use theirs here. */
async function readCiSettings(reader: GitlabReader, path: string): Promise<void> {
  const project = reader.problems.value('settings', await readOne(reader.client, reader.base, shapes.project))
  const scope = reader.problems.value('job token scope', await readOne(reader.client, `${reader.base}/job_token_scope`, shapes.jobTokenScope))
  if (project === null && scope === null) return
  reader.sightings.identity({
    machine: reader.machine, system: 'gitlab', name: `project:${path}`, identityKind: 'machine',
    attributes: { role: 'pipelines', oidcSubjectClaims: project?.ci_id_token_sub_claim_components?.join(' ') ?? null, visibility: project?.visibility ?? null, jobTokensOfOthersLimited: scope?.inbound_enabled ?? null, ownJobTokensLimited: scope?.outbound_enabled ?? null },
  })
}
