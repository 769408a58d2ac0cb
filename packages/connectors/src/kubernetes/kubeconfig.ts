import { MusterError, Secret } from '@muster/core'
import { child, itemsOf, parseYaml, textAt, type Tree } from '@muster/detect'
import type { ClusterAccess } from './access.ts'

/** What a context of a kubeconfig says: where the cluster is, who is trusted to be it, and how one proves oneself. */
export type KubeconfigContext = { readonly context: string; readonly server: string; readonly caPem: string | null; readonly access: ClusterAccess }

export type KubeconfigParts = {
  /** Name of the context; null for the current one. */
  readonly context: string | null
  /** Reads a file the kubeconfig names, by the path as it is written there. @throws MusterError file.unreadable and others */
  readonly readFile: (path: string) => Promise<Uint8Array>
  /** Where a token file lies that the kubeconfig names; null where token files are not taken. */
  readonly tokenFile: (path: string) => ClusterAccess | null
}

const MAX_CHARACTERS = 4_000_000

/**
 * Reads one context of a kubeconfig ("kubeconfig v1" reference of Kubernetes). Programs that would fetch a token are never run: such a user is refused, as
 * are passwords, impersonation, proxies and clusters whose certificate nobody is to check.
 * @throws MusterError usage.invalid; no message quotes a credential
 */
export async function readKubeconfig(text: string, parts: KubeconfigParts): Promise<KubeconfigContext> {
  const config = text.length > MAX_CHARACTERS ? null : parseYaml(text).documents[0] ?? null
  if (textAt(config, 'kind') !== 'Config') throw invalid('this is no kubeconfig')
  const name = parts.context ?? textAt(config, 'current-context') ?? ''
  if (name === '') throw invalid('the kubeconfig has no current context; name one')
  const context = named(config, 'contexts', name, 'context')
  if (context === null) throw invalid(`the kubeconfig has no context ${JSON.stringify(name.slice(0, 100))}; it has ${contextsOf(config)}`)
  const [clusterName, userName] = [textAt(context, 'cluster') ?? '', textAt(context, 'user') ?? '']
  const cluster = named(config, 'clusters', clusterName, 'cluster')
  const user = named(config, 'users', userName, 'user')
  const server = textAt(cluster, 'server')
  if (server === null) throw invalid(`the kubeconfig’s context ${JSON.stringify(name.slice(0, 100))} has no cluster with a server`)
  for (const [key, why] of [['proxy-url', 'is reached by a proxy, which is not used'], ['tls-server-name', 'goes by another name than its address, which is not checked; use that name as its address']] as const) {
    if ((textAt(cluster, key) ?? '') !== '') throw invalid(`the kubeconfig’s cluster ${JSON.stringify(clusterName.slice(0, 100))} ${why}`)
  }
  const caPem = await material(cluster, 'certificate-authority', parts)
  if (caPem === null && textAt(cluster, 'insecure-skip-tls-verify') === 'true') throw invalid(`nobody is to check the certificate of cluster ${JSON.stringify(clusterName.slice(0, 100))}: give its certificate-authority instead of insecure-skip-tls-verify`)
  return { context: name, server, caPem: caPem?.toString('latin1') ?? null, access: await accessOf(user, userName, parts) }
}

async function accessOf(user: Tree | null, name: string, parts: KubeconfigParts): Promise<ClusterAccess> {
  const who = `the kubeconfig’s user ${JSON.stringify(name.slice(0, 100))}`
  if (user === null) throw invalid(`${who} is not in it`)
  if ((textAt(user, 'as') ?? '') !== '') throw invalid(`${who} acts as somebody else, which is not done; use a user with the rights themselves`)
  const certificate = await material(user, 'client-certificate', parts)
  const key = await material(user, 'client-key', parts)
  if (certificate !== null && key !== null) return { kind: 'client-certificate', pem: new Secret(Buffer.concat([certificate, Buffer.from('\n'), key])) }
  if (certificate !== null || key !== null) throw invalid(`${who} has ${certificate === null ? 'a client key without its certificate' : 'a client certificate without its key'}`)
  const path = textAt(user, 'tokenFile') ?? ''
  const file = path === '' ? null : parts.tokenFile(path)
  if (file !== null) return file
  const token = textAt(user, 'token') ?? ''
  if (token !== '') return { kind: 'token', token: Secret.fromText(token) }
  if (path !== '') throw invalid(`${who} has its token in a file, which is not taken from here`)
  const program = textAt(child(user, 'exec'), 'command') ?? textAt(child(user, 'auth-provider'), 'name')
  if (program !== null) throw invalid(`${who} gets its token from a program (${program.slice(0, 100)}), which is not run: make a service account that may read, and use its token`)
  throw invalid(textAt(user, 'username') === null ? `${who} has neither client certificate nor token` : `${who} has a password, which clusters no longer take`)
}

/** `KEY-data` (base64) before the file that `KEY` names, as kubectl takes them. */
async function material(tree: Tree | null, key: string, { readFile }: KubeconfigParts): Promise<Buffer | null> {
  const data = textAt(tree, `${key}-data`) ?? ''
  if (data !== '') {
    if (!/^[A-Za-z0-9+/=\s]+$/.test(data)) throw invalid(`${key}-data of the kubeconfig is not base64`)
    return Buffer.from(data, 'base64')
  }
  const path = textAt(tree, key) ?? ''
  return path === '' ? null : Buffer.from(await readFile(path))
}

function named(config: Tree | null, list: string, name: string, what: string): Tree | null {
  return child(itemsOf(child(config, list)).find((item) => textAt(item, 'name') === name), what)
}

function contextsOf(config: Tree | null): string {
  const names = itemsOf(child(config, 'contexts')).flatMap((item) => textAt(item, 'name') ?? [])
  return names.length === 0 ? 'none' : names.slice(0, 10).map((name) => JSON.stringify(name.slice(0, 100))).join(', ')
}

function invalid(message: string): MusterError {
  return new MusterError('usage.invalid', message)
}
