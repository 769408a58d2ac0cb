import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createGithubConnector, createGitlabConnector, createKubernetesConnector } from '@muster/connectors'
import { type Connector, MusterError, Secret, type SecretFingerprints } from '@muster/core'
import { fingerprintsUnder } from '@muster/detect'
import { createClient } from '../api/client.ts'
import { serverAccess } from '../api/login.ts'
import { type Command, defineCommand } from '../command.ts'
import type { Environment } from '../environment.ts'
import { scanOptions } from '../scan/command-options.ts'
import { executeScan } from '../scan/execute.ts'

type Parts = { readonly token: Secret; readonly fingerprints: SecretFingerprints }

/** `muster scan github` */
export const scanGithub = apiScan('github', createGithubConnector, 'Lists what GitHub keeps for pipelines and lets in: ORG, or OWNER/REPOSITORY.', 'ORG|OWNER/REPO…', (names) => ({
  organizations: names.filter((name) => !name.includes('/')), repositories: names.filter((name) => name.includes('/')),
}), 'baseUrl')
/** `muster scan gitlab` */
export const scanGitlab = apiScan('gitlab', createGitlabConnector, 'Lists what GitLab keeps for pipelines and lets in: full paths of groups, with everything below them.', 'GROUP…', (groups) => ({ groups }), 'baseUrl')
/** `muster scan kubernetes` */
export const scanKubernetes = apiScan('kubernetes', createKubernetesConnector, 'Reads a live cluster’s Secrets, who uses them and as whom; without NAMESPACE all of it.', '[NAMESPACE…]', (namespaces) => ({ namespaces }), 'server')

function apiScan<Options>(kind: 'github' | 'gitlab' | 'kubernetes', create: (parts: Parts) => Connector<Options>, summary: string, operands: string, places: (names: readonly string[]) => object, urlOption: string): Command {
  return defineCommand({
    name: `scan ${kind}`,
    summary,
    operands,
    options: {
      'api-token-file': { type: 'string', value: 'FILE', help: `the token for ${kind}, from a file; - is standard input` },
      url: { type: 'string', value: 'URL', help: kind === 'kubernetes' ? 'the API server' : 'the REST API of an installation of one’s own' },
      egress: { type: 'string', multiple: true, value: 'HOST', help: 'an address or range that is not public and may be contacted; may be repeated' },
      'ca-file': { type: 'string', value: 'FILE', help: 'PEM certificates of the authorities to trust instead of the system’s' },
      ...scanOptions,
    },
    run: async ({ operands: names, options }, environment) => {
      if (options['api-token-file'] === undefined) throw new MusterError('usage.invalid', `scan ${kind} needs --api-token-file`)
      const token = Secret.fromText(new TextDecoder().decode(await read(options['api-token-file'], environment)).trim())
      const caPem = options['ca-file'] === undefined ? null : new TextDecoder().decode(await read(options['ca-file'], environment))
      const sends = options.send || options.server !== undefined
      const fingerprints = sends ? fingerprintsOf(createClient(await serverAccess(options, environment), environment.signal)) : fingerprintsUnder(new Secret(randomBytes(32)))
      const input = { ...places(names), egress: options.egress, caPem, ...(options.url === undefined ? {} : { [urlOption]: options.url }) }
      const title = `${kind} ${names.slice(0, 3).join(' ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`.trim()
      return executeScan({ kind, title: title.slice(0, 200), named: [], connector: create({ token, fingerprints }), input, passphrases: [] }, options, environment)
    },
  })
}

/** Digests alone go to the server. */
function fingerprintsOf(client: ReturnType<typeof createClient>): SecretFingerprints {
  return async (digests) => (await client.call('fingerprintSecrets', { body: { digests: [...digests] } })).fingerprints
}

async function read(path: string, environment: Environment): Promise<Uint8Array> {
  if (path === '-') return environment.readStdin()
  try {
    return await readFile(path)
  } catch (error) {
    throw new MusterError('file.unreadable', `cannot read ${path}`, { path }, { cause: error })
  }
}
