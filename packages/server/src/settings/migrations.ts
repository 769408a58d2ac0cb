import type { Migration } from '../platform/db/db.ts'

/** One row a tenant, from its first change on. */
export const settingsMigrations: readonly Migration[] = [
  {
    id: '0004-settings',
    statements: [
      `CREATE TABLE policies (
        tenant_id text PRIMARY KEY,
        policy text NOT NULL,
        changed_at timestamptz NOT NULL,
        changed_by text NOT NULL
      )`,
    ],
  },
]
