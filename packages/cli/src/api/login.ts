import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { MusterError, Secret } from '@muster/core'
import { z } from 'zod'
import type { OptionSpecs } from '../command.ts'
import type { Environment } from '../environment.ts'
import { type Client, createClient, type ServerAccess } from './client.ts'

const loginSchema = z.object({ server: z.url(), token: z.string().min(1) })

/** Options of every command that speaks to a server. */
export const serverOptions = {
  server: { type: 'string', value: 'URL', help: 'the server; default: MUSTER_SERVER or the stored login' },
  token: { type: 'string', value: 'TOKEN', help: 'an API token; default: MUSTER_TOKEN or the stored login' },
} as const satisfies OptionSpecs

/** Stores a login for later commands, readable by this user only. */
export async function storeLogin(path: string, { server, token }: ServerAccess): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const temporary = `${path}.${process.pid}`
  await writeFile(temporary, `${JSON.stringify({ server, token: token.revealText() })}\n`, { mode: 0o600 })
  await rename(temporary, path)
}

/** Forgets the stored login; nothing happens when there is none. */
export async function forgetLogin(path: string): Promise<void> {
  await rm(path, { force: true })
}

/**
 * Server and token from the options, else the environment, else the stored login.
 *
 * @throws MusterError auth.required when there is none, usage.invalid for a server that may not be given a token.
 */
export async function serverAccess(options: { readonly server: string | undefined; readonly token: string | undefined }, environment: Environment): Promise<ServerAccess> {
  const stored = await readLogin(environment.loginFile)
  const server = options.server ?? environment.server ?? stored?.server
  // A stored token belongs to the stored server and goes nowhere else.
  const token = options.token ?? environment.token ?? (stored !== null && server === stored.server ? stored.token : undefined)
  if (server === undefined) throw new MusterError('auth.required', 'no server is known')
  requireServerUrl(server)
  if (token === undefined) throw new MusterError('auth.required', `no token for ${new URL(server).origin}`)
  return { server, token: Secret.fromText(token) }
}

const here = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** A token goes over TLS, or to this machine. @throws MusterError usage.invalid */
export function requireServerUrl(server: string): void {
  const url = URL.canParse(server) ? new URL(server) : null
  if (url === null || !['https:', 'http:'].includes(url.protocol)) throw new MusterError('usage.invalid', `--server ${JSON.stringify(server)} is not a URL`)
  if (url.protocol === 'http:' && !here.test(url.hostname)) throw new MusterError('usage.invalid', `--server ${url.origin}: over http anybody between could read the token; use https`)
}

/** A client by the usual options. */
export async function connect(options: { readonly server: string | undefined; readonly token: string | undefined }, environment: Environment): Promise<Client> {
  return createClient(await serverAccess(options, environment), environment.signal)
}

async function readLogin(path: string): Promise<z.output<typeof loginSchema> | null> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch {
    return null
  }
  try {
    return loginSchema.parse(JSON.parse(text))
  } catch (error) {
    throw new MusterError('config.invalid', `${path} is damaged; sign in again with \`muster login\``, { path }, { cause: error })
  }
}
