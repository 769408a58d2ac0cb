import type { Secret } from '@muster/core'

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

/** The socket file PostgreSQL listens on. */
export function socketPath(connection: Extract<StoreConnection, { kind: 'socket' }>): string {
  return `${connection.directory}/.s.PGSQL.${connection.port}`
}
