import type { Migration } from '../platform/db/db.ts'

/** One row a tenant, from its first rule on. */
export const detectionMigrations: readonly Migration[] = [
  {
    id: '0015-detection',
    statements: [
      `CREATE TABLE detection_config (
        tenant_id text PRIMARY KEY, toml text NOT NULL, rule_count integer NOT NULL, changed_by text NOT NULL, changed_at timestamptz NOT NULL)`,
    ],
  },
]
