import { z } from 'zod'
import { apiOptions } from '../api/index.ts'

/** What of an instance, a group and a project is read. */
export const gitlabParts = ['variables', 'access-tokens', 'deploy-tokens', 'deploy-keys', 'webhooks', 'triggers', 'runners', 'ci-settings'] as const
export type GitlabPart = (typeof gitlabParts)[number]

const path = z.string().regex(/^[\w.-]{1,255}(?:\/[\w.-]{1,255}){0,20}$/)

/** Options of the GitLab connector; see docs/connectors/gitlab.md. */
export const gitlabOptionsSchema = z.strictObject({
  ...apiOptions,
  /** The REST API, e.g. `https://gitlab.example/api/v4`. */
  baseUrl: z.string().max(2048).default('https://gitlab.com/api/v4'),
  /** Groups by full path, each with its subgroups and all their projects. */
  groups: z.array(path).max(1000).default([]),
  /** Single projects by full path, besides. */
  projects: z.array(path).max(10_000).default([]),
  /** Whether to read what belongs to the instance: every personal token, instance variables, system hooks. Needs an administrator's token. */
  instance: z.boolean().default(false),
  archived: z.boolean().default(true),
  parts: z.array(z.enum(gitlabParts)).min(1).default([...gitlabParts]),
}).refine(({ groups, projects, instance }) => instance || groups.length + projects.length > 0, { message: 'name a group or a project, or ask for the instance' })
export type GitlabOptions = z.output<typeof gitlabOptionsSchema>
