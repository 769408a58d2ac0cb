import type { Migration } from '../platform/db/db.ts'

/**
 * A scan's row is its state machine: cursor and sequence move in the transaction that applied the batch, so a scan that
 * is killed goes on where it stood. Problems and coverage are numbered within their scan.
 */
export const discoveryMigrations: readonly Migration[] = [
  {
    id: '0020-discovery',
    statements: [
      `CREATE TABLE scan (
        tenant_id text NOT NULL, id uuid NOT NULL, kind text NOT NULL, origin text NOT NULL CHECK (origin IN ('server', 'import')),
        state text NOT NULL CHECK (state IN ('queued', 'running', 'complete', 'incomplete', 'cancelled', 'failed')),
        title text NOT NULL, options json NOT NULL, with_passphrases boolean NOT NULL DEFAULT false,
        progress json, cursor text, next_sequence integer NOT NULL DEFAULT 0, local_identifiers json NOT NULL DEFAULT '[]',
        requested_by text NOT NULL, schedule_id uuid, message text,
        created_at timestamptz NOT NULL, started_at timestamptz, finished_at timestamptz, moved_at timestamptz NOT NULL,
        sightings bigint NOT NULL DEFAULT 0, credentials_new bigint NOT NULL DEFAULT 0, locations_new bigint NOT NULL DEFAULT 0,
        locations_gone bigint NOT NULL DEFAULT 0, problems bigint NOT NULL DEFAULT 0, coverage_count integer NOT NULL DEFAULT 0,
        PRIMARY KEY (tenant_id, id))`,
      `CREATE INDEX scan_unfinished ON scan (tenant_id, moved_at) WHERE state IN ('queued', 'running')`,
      `CREATE TABLE scan_problem (
        tenant_id text NOT NULL, scan_id uuid NOT NULL, position bigint NOT NULL, code text NOT NULL, place text NOT NULL, message text NOT NULL,
        PRIMARY KEY (tenant_id, scan_id, position))`,
      `CREATE TABLE scan_coverage (
        tenant_id text NOT NULL, scan_id uuid NOT NULL, position integer NOT NULL, statement json NOT NULL,
        PRIMARY KEY (tenant_id, scan_id, position))`,
      `CREATE TABLE scan_schedule (
        tenant_id text NOT NULL, id uuid NOT NULL, name text NOT NULL, kind text NOT NULL, options json NOT NULL,
        cron text NOT NULL, time_zone text NOT NULL, enabled boolean NOT NULL, requested_by text NOT NULL,
        last_run_at timestamptz, next_run_at timestamptz,
        PRIMARY KEY (tenant_id, id))`,
    ],
  },
]
