import { type Connector, type Coverage, isMusterError, MusterError, type ScanBatch, type ScanContext, type ScanProblem, type Secret } from '@muster/core'
import type { z } from 'zod'
import { type ApiClient, type ApiConnectorParts, baseUrlOf, holdersCoverage, listAll, openClient, readOne, type SightingParts, scanIdOf, scanUnits, type Unit, ValueInspector } from '../api/index.ts'
import { type GitlabOptions, gitlabOptionsSchema } from './options.ts'
import type { GitlabScan } from './reader.ts'
import { shapes } from './shapes.ts'
import { readGroup, readInstance, readProject } from './units.ts'

export type GitlabConnectorParts = SightingParts & ApiConnectorParts & {
  /** A token that may read; docs/connectors/gitlab.md names the least it needs. */
  readonly token: Secret
}

/** A connector that lists what GitLab keeps for pipelines and lets in: variables, tokens, deploy keys, webhooks, triggers, runners. Resumable; reads only. */
export function createGitlabConnector(parts: GitlabConnectorParts): Connector<GitlabOptions> {
  return { id: 'gitlab', options: gitlabOptionsSchema, scan: (options, context) => scanGitlab(parts, options, context) }
}

async function* scanGitlab(parts: GitlabConnectorParts, options: GitlabOptions, context: ScanContext): AsyncGenerator<ScanBatch, void, void> {
  const { clock, signal } = context
  const { client, close } = openClient(options, parts, { baseUrl: options.baseUrl, token: parts.token, authorize: (token) => ({ 'private-token': token }), clock, signal })
  try {
    const user = await userOf(client)
    const scan: GitlabScan = { ...parts, client, options, host: hostNameOf(options.baseUrl), values: new ValueInspector(clock), rights: `${user.is_admin === true ? 'administrator' : 'user'}:${user.username}`.slice(0, 300) }
    const { groups, projects, observations, problems } = await holdersOf(scan, user)
    const units: Unit[] = [
      ...(options.instance ? [{ key: 'instance', run: () => readInstance(scan) }] : []),
      ...groups.map(({ id, path }): Unit => ({ key: `group ${path}`, run: () => readGroup(scan, id, path) })),
      ...projects.map(({ id, path }): Unit => ({ key: path, run: () => readProject(scan, id, path) })),
    ]
    yield* scanUnits({
      opening: { observations, problems }, units, scanId: scanIdOf('gitlab', options.baseUrl, options.groups, options.projects, options.instance, options.parts, options.archived),
      resumeFrom: context.resumeFrom, concurrency: options.concurrency, signal, requests: () => client.requests,
    })
  } catch (error) {
    if (signal.aborted) return
    if (!isMusterError(error)) throw error
    yield { observations: [], problems: [{ code: error.code, where: client.where, message: error.message.slice(0, 1024) }], cursor: null, progress: { done: client.requests, total: null, unit: 'requests', current: '' } }
  } finally {
    close()
  }
}

/** The host as repositories of it are named, with the path GitLab is installed under. */
export function hostNameOf(baseUrl: string): string {
  const { host, pathname } = baseUrlOf(baseUrl)
  return `${host}${pathname.replace(/\/api\/v4\/?$/, '').replace(/\/+$/, '')}`
}

type User = z.infer<typeof shapes.user>

/** Whose token it is. @throws MusterError auth.failed and others */
async function userOf(client: ApiClient): Promise<User> {
  const { body } = await client.get(client.url('/user'))
  const user = shapes.user.safeParse(body)
  if (!user.success) throw new MusterError('input.unrecognised', `${client.where} did not say whose token it is; is the base URL that of the API?`)
  return user.data
}

type Holder = { readonly id: number | null; readonly path: string }

/** Groups with their subgroups, and every project below them once. */
async function holdersOf({ client, options, host, rights }: GitlabScan, user: User): Promise<{ readonly groups: readonly Holder[]; readonly projects: readonly Holder[]; readonly observations: readonly Coverage[]; readonly problems: readonly ScanProblem[] }> {
  const groups = new Map<string, number | null>()
  const projects = new Map<string, number | null>(options.projects.map((path) => [path, null]))
  const problems: ScanProblem[] = []
  const observations: Coverage[] = []
  for (const path of options.groups) {
    const base = `/groups/${encodeURIComponent(path)}`
    const top = await readOne(client, base, shapes.group, { with_projects: false })
    problems.push(...top.problems)
    if (top.value === null) continue
    groups.set(top.value.full_path, top.value.id)
    const below = await listAll(client, { path: `${base}/descendant_groups`, item: shapes.group })
    const held = await listAll(client, { path: `${base}/projects`, query: { include_subgroups: true, with_shared: false, order_by: 'id', sort: 'asc' }, item: shapes.project })
    problems.push(...below.problems, ...held.problems)
    for (const group of below.items) groups.set(group.full_path, group.id)
    for (const project of held.items) if (options.archived || !project.archived) projects.set(project.path_with_namespace, project.id)
    if (below.complete && held.complete && await seesAll(client, base, user)) observations.push(holdersCoverage(`${host}/${top.value.full_path}`, [...below.items.map((each) => each.full_path), ...held.items.map((each) => each.path_with_namespace)].map((each) => `${host}/${each}`), rights))
  }
  const sorted = (holders: ReadonlyMap<string, number | null>): Holder[] => [...holders].map(([path, id]) => ({ id, path })).sort((a, b) => (a.path < b.path ? -1 : 1))
  return { groups: sorted(groups), projects: sorted(projects), observations, problems }
}

const MAINTAINER = 40

/** Whether the token's user sees everything below a group, as members do (GitLab, "Inherited membership"): others get what is public, and no sign that there is more. */
async function seesAll(client: ApiClient, group: string, user: User): Promise<boolean> {
  if (user.is_admin === true) return true
  const { value } = await readOne(client, `${group}/members/all/${user.id}`, shapes.member)
  return value !== null && value.access_level >= MAINTAINER
}
