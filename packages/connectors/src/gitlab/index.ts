export { createGitlabConnector, type GitlabConnectorParts } from './connector.ts'
export { type GitlabOptions, gitlabOptionsSchema } from './options.ts'
