import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type ClusterAccess, createGithubConnector, createGitlabConnector, createKubernetesConnector, readKubeconfig } from '@muster/connectors'
import { type Connector, MusterError, Secret, type SecretFingerprints } from '@muster/core'
import { fingerprintsUnder } from '@muster/detect'
import { createClient } from '../api/client.ts'
import { serverAccess } from '../api/login.ts'
import { type Command, defineCommand } from '../command.ts'
import type { Environment } from '../environment.ts'
import { scanOptions } from '../scan/command-options.ts'
import { executeScan } from '../scan/execute.ts'

/** The connector, once it is known how fingerprints are made, and what of its options the way in decides. */
type Opened = { readonly create: (fingerprints: SecretFingerprints) => Connector<unknown>; readonly input: Readonly<Record<string, unknown>> }
type Access = { readonly 'api-token-file': string | undefined; readonly url: string | undefined; readonly kubeconfig: string | undefined; readonly context: string | undefined }

type ApiScan = {
  readonly kind: 'github' | 'gitlab' | 'kubernetes'
  readonly summary: string
  readonly operands: string
  readonly urlHelp: string
  readonly places: (names: readonly string[]) => object
  readonly open: (access: Access, environment: Environment) => Promise<Opened>
}

/** `muster scan github` */
export const scanGithub = apiScan({
  kind: 'github', summary: 'Lists what GitHub keeps for pipelines and lets in: ORG, or OWNER/REPOSITORY.', operands: 'ORG|OWNER/REPO…', urlHelp: 'the REST API of an installation of one’s own',
  places: (names) => ({ organizations: names.filter((name) => !name.includes('/')), repositories: names.filter((name) => name.includes('/')) }),
  open: (access, environment) => codeHost('github', createGithubConnector, access, environment),
})
/** `muster scan gitlab` */
export const scanGitlab = apiScan({
  kind: 'gitlab', summary: 'Lists what GitLab keeps for pipelines and lets in: full paths of groups, with everything below them.', operands: 'GROUP…', urlHelp: 'the REST API of an installation of one’s own',
  places: (groups) => ({ groups }), open: (access, environment) => codeHost('gitlab', createGitlabConnector, access, environment),
})
/** `muster scan kubernetes` */
export const scanKubernetes = apiScan({
  kind: 'kubernetes', summary: 'Reads a live cluster’s Secrets, who uses them and as whom; without NAMESPACE all of it.', operands: '[NAMESPACE…]', urlHelp: 'the API server; with --kubeconfig that of its context',
  places: (namespaces) => ({ namespaces }), open: openCluster,
})

function apiScan({ kind, summary, operands, urlHelp, places, open }: ApiScan): Command {
  const forClusters = {
    kubeconfig: { type: 'string', value: 'FILE', help: 'where the cluster is and how to prove oneself to it; programs it names are not run' },
    context: { type: 'string', value: 'NAME', help: 'the context of --kubeconfig, instead of its current one' },
  } as const
  return defineCommand({
    name: `scan ${kind}`,
    summary,
    operands,
    options: {
      'api-token-file': { type: 'string', value: 'FILE', help: `the token for ${kind}, from a file; - is standard input${kind === 'kubernetes' ? '; a file is read again when it changes' : ''}` },
      url: { type: 'string', value: 'URL', help: urlHelp },
      egress: { type: 'string', multiple: true, value: 'HOST', help: 'an address or range that is not public and may be contacted; may be repeated' },
      'ca-file': { type: 'string', value: 'FILE', help: 'PEM certificates of the authorities to trust instead of the system’s' },
      ...(kind === 'kubernetes' ? forClusters : {} as typeof forClusters),
      ...scanOptions,
    },
    run: async ({ operands: names, options }, environment) => {
      const caPem = options['ca-file'] === undefined ? null : new TextDecoder().decode(await read(options['ca-file'], environment))
      const opened = await open(options, environment)
      const sends = options.send || options.server !== undefined
      const fingerprints = sends ? fingerprintsOf(createClient(await serverAccess(options, environment), environment.signal)) : fingerprintsUnder(new Secret(randomBytes(32)))
      const input = { ...places(names), egress: options.egress, ...opened.input, ...(caPem === null ? {} : { caPem }) }
      const title = `${kind} ${names.slice(0, 3).join(' ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`.trim()
      return executeScan({ kind, title: title.slice(0, 200), named: [], connector: opened.create(fingerprints), input, passphrases: [] }, options, environment)
    },
  })
}

type CodeHostParts = { readonly token: Secret; readonly fingerprints: SecretFingerprints }

async function codeHost(kind: string, create: (parts: CodeHostParts) => unknown, { 'api-token-file': file, url }: Access, environment: Environment): Promise<Opened> {
  if (file === undefined) throw new MusterError('usage.invalid', `scan ${kind} needs --api-token-file`)
  const token = await tokenOf(file, environment)
  return { create: (fingerprints) => create({ token, fingerprints }) as Connector<unknown>, input: url === undefined ? {} : { baseUrl: url } }
}

async function openCluster({ 'api-token-file': file, kubeconfig, context, url }: Access, environment: Environment): Promise<Opened> {
  if ((file === undefined) === (kubeconfig === undefined)) throw new MusterError('usage.invalid', 'scan kubernetes needs --api-token-file or --kubeconfig, one of them')
  if (kubeconfig === undefined && context !== undefined) throw new MusterError('usage.invalid', '--context is one of a kubeconfig: give --kubeconfig too')
  const created = (access: ClusterAccess): Opened['create'] => (fingerprints) => createKubernetesConnector({ access, fingerprints }) as Connector<unknown>
  if (kubeconfig === undefined) {
    const access: ClusterAccess = file === '-' ? { kind: 'token', token: await tokenOf('-', environment) } : { kind: 'token-file', path: file! }
    return { create: created(access), input: url === undefined ? {} : { server: url } }
  }
  const beside = (path: string): string => resolve(dirname(kubeconfig), path)
  const found = await readKubeconfig(new TextDecoder().decode(await read(kubeconfig, environment)), {
    context: context ?? null, readFile: (path) => read(beside(path), environment), tokenFile: (path) => ({ kind: 'token-file', path: beside(path) }),
  })
  return { create: created(found.access), input: { server: url ?? found.server, caPem: found.caPem, name: found.context } }
}

async function tokenOf(file: string, environment: Environment): Promise<Secret> {
  return Secret.fromText(new TextDecoder().decode(await read(file, environment)).trim())
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
