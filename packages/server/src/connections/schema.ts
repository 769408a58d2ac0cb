import type { Migration } from '../platform/db/db.ts'

/** Systems with an API, and for each, sealed, what proves this installation to it: a token, PEM of a certificate and key, or where a token lies. */
export const connectionsMigrations: readonly Migration[] = [
  {
    id: '0015-connections',
    statements: [
      `CREATE TABLE connection (
        tenant_id text NOT NULL, id uuid NOT NULL, kind text NOT NULL, name text NOT NULL, base_url text NOT NULL, egress text NOT NULL, ca_pem text,
        sealed_token text NOT NULL, changed_by text NOT NULL, changed_at timestamptz NOT NULL, last_used_at timestamptz,
        PRIMARY KEY (tenant_id, id))`,
      `CREATE UNIQUE INDEX connection_name ON connection (tenant_id, name)`,
    ],
  },
  {
    id: '0018-connection-sign-in',
    statements: [`ALTER TABLE connection ADD COLUMN signs_in_with text NOT NULL DEFAULT 'token'`],
  },
]
