import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { MusterError, type Secret } from '@muster/core'

/** How to reach PostgreSQL: a URL somebody configured, or the Unix socket of the server we run. */
export type StoreConnection =
  | { readonly kind: 'url'; readonly url: Secret }
  | {
      readonly kind: 'socket'
      /** The directory that holds the socket file `.s.PGSQL.<port>`. */
      readonly directory: string
      readonly port: number
      readonly user: string
      readonly password: Secret
      readonly database: string
    }

/** The same, taken apart; both of our PostgreSQL clients get these, so that a URL means the same to both. */
export type ConnectionParameters = {
  /** A host name or address; a directory when it starts with `/`. */
  readonly host: string
  readonly port: number
  readonly user: string
  /** Empty when none was given. */
  readonly password: string
  readonly database: string
  readonly tls: ConnectionOptions | false
}

/** What a URL may ask for; anything else in its query is an error rather than silently without effect. */
const sslModes = ['disable', 'require', 'verify-ca', 'verify-full'] as const
const parameters: ReadonlySet<string> = new Set(['host', 'sslmode', 'sslrootcert'])

/**
 * Takes a connection apart. A URL is `postgres://user:password@host:port/database`, with `?host=/directory` for a Unix
 * socket, `sslmode` as in libpq (`require` encrypts without checking the certificate; without it there is no TLS) and
 * `sslrootcert`, a PEM file.
 *
 * @throws MusterError config.invalid; it never quotes the URL.
 */
export function connectionParameters(connection: StoreConnection): ConnectionParameters {
  if (connection.kind === 'socket') {
    const { directory, port, user, password, database } = connection
    return { host: directory, port, user, password: password.revealText(), database, tls: false }
  }
  const url = parseUrl(connection.url.revealText())
  const unknown = [...url.searchParams.keys()].find((name) => !parameters.has(name))
  if (unknown !== undefined) throw invalid(`has the unknown parameter ${JSON.stringify(unknown.slice(0, 64))}`)
  const user = decode(url.username)
  const database = decode(url.pathname.slice(1))
  const host = url.searchParams.get('host') ?? decode(url.hostname).replace(/^\[|\]$/g, '')
  if (user === '' || database === '' || host === '') throw invalid('needs a user, a host and a database: postgres://user:password@host/database')
  return { host, user, database, password: decode(url.password), port: url.port === '' ? 5432 : Number(url.port), tls: tlsOf(url.searchParams) }
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:')) throw invalid('is not a postgres:// URL')
  return url
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw invalid('has a percent sign that is not part of an escape')
  }
}

function tlsOf(query: URLSearchParams): ConnectionOptions | false {
  const mode = query.get('sslmode') ?? 'disable'
  if (!(sslModes as readonly string[]).includes(mode)) throw invalid(`has an sslmode other than ${sslModes.join(', ')}`)
  if (mode === 'disable') return false
  if (mode === 'require') return { rejectUnauthorized: false }
  const root = query.get('sslrootcert')
  const ca = root === null ? {} : { ca: readRoot(root) }
  return { rejectUnauthorized: true, ...ca, ...(mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}) }
}

function readRoot(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new MusterError('config.invalid', `the sslrootcert file ${path} of the database cannot be read`, { path }, { cause })
  }
}

function invalid(what: string): MusterError {
  return new MusterError('config.invalid', `the database URL ${what}`)
}

/** The socket file PostgreSQL listens on. */
export function socketPath(connection: { readonly directory: string; readonly port: number }): string {
  return `${connection.directory}/.s.PGSQL.${connection.port}`
}
