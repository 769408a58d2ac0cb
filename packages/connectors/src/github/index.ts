export { createGithubConnector, type GithubConnectorParts } from './connector.ts'
export { type GithubOptions, githubOptionsSchema } from './options.ts'
