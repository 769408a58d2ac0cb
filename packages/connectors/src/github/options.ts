import { z } from 'zod'
import { apiOptions } from '../api/index.ts'

/** What of an organisation and a repository is read. */
export const githubParts = ['actions', 'dependabot', 'codespaces', 'deploy-keys', 'webhooks', 'tokens', 'apps', 'runners', 'oidc'] as const
export type GithubPart = (typeof githubParts)[number]

const login = z.string().regex(/^[\w.-]{1,100}$/)

/** Options of the GitHub connector; see docs/connectors/github.md. */
export const githubOptionsSchema = z.strictObject({
  ...apiOptions,
  /** The REST API: `https://HOST/api/v3` for GitHub Enterprise Server. */
  baseUrl: z.string().max(2048).default('https://api.github.com'),
  /** Organisations, each with all its repositories. */
  organizations: z.array(login).max(1000).default([]),
  /** Single repositories besides. */
  repositories: z.array(z.string().regex(/^[\w.-]{1,100}\/[\w.-]{1,100}$/)).max(10_000).default([]),
  /** Whether archived repositories are read: their secrets are still there. */
  archived: z.boolean().default(true),
  parts: z.array(z.enum(githubParts)).min(1).default([...githubParts]),
}).refine(({ organizations, repositories }) => organizations.length + repositories.length > 0, { message: 'name an organisation or a repository' })
export type GithubOptions = z.output<typeof githubOptionsSchema>
