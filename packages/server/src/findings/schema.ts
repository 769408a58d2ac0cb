import type { Migration } from '../platform/db/db.ts'

/**
 * One row per object and rule that ever failed; its events are its history. `finding_day` keeps the open counts of each
 * day for the trend, `key_weakness` what only a look across the inventory or a blocklist tells of a key.
 */
export const findingsMigrations: readonly Migration[] = [
  {
    id: '0030-findings',
    statements: [
      `CREATE TABLE finding (
        tenant_id text NOT NULL, id uuid NOT NULL, object_type text NOT NULL, object_id uuid NOT NULL, rule_id text NOT NULL,
        object_name text NOT NULL, state text NOT NULL CHECK (state IN ('open', 'accepted', 'closed')),
        severity_rank smallint NOT NULL, evidence text NOT NULL, places json NOT NULL, due timestamptz,
        owner text, criticality text, assignee text,
        opened_at timestamptz NOT NULL, changed_at timestamptz NOT NULL, closed_at timestamptz,
        accepted_reason text, accepted_until timestamptz, accepted_by text, accepted_rank smallint,
        sort_due timestamptz GENERATED ALWAYS AS (coalesce(due, timestamptz 'infinity')) STORED,
        PRIMARY KEY (tenant_id, id))`,
      `CREATE UNIQUE INDEX finding_subject ON finding (tenant_id, object_type, object_id, rule_id)`,
      `CREATE INDEX finding_severity ON finding (tenant_id, state, severity_rank, sort_due, id)`,
      `CREATE INDEX finding_due ON finding (tenant_id, state, sort_due, id)`,
      `CREATE INDEX finding_opened ON finding (tenant_id, state, opened_at DESC, id DESC)`,
      `CREATE INDEX finding_rule ON finding (tenant_id, rule_id, state, severity_rank)`,
      `CREATE INDEX finding_acceptance ON finding (tenant_id, accepted_until) WHERE state = 'accepted'`,
      `CREATE INDEX finding_name ON finding USING gin (object_name gin_trgm_ops)`,
      `CREATE TABLE finding_event (
        tenant_id text NOT NULL, finding_id uuid NOT NULL, id uuid NOT NULL, at timestamptz NOT NULL,
        state text NOT NULL, by_whom text NOT NULL, note text NOT NULL,
        PRIMARY KEY (tenant_id, finding_id, id))`,
      `CREATE TABLE finding_day (
        tenant_id text NOT NULL, day date NOT NULL, severity_rank smallint NOT NULL, count integer NOT NULL,
        PRIMARY KEY (tenant_id, day, severity_rank))`,
      `CREATE TABLE key_weakness (
        tenant_id text NOT NULL, spki_sha256 bytea NOT NULL, reason text NOT NULL, note text NOT NULL, found_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, spki_sha256, reason))`,
      `CREATE TABLE key_comparison (
        tenant_id text PRIMARY KEY, compared_keys bigint NOT NULL, compared_at timestamptz NOT NULL)`,
    ],
  },
  {
    id: '0031-key-comparison-digest',
    statements: [`ALTER TABLE key_comparison ADD COLUMN keys_digest text`],
  },
  {
    // What changed last, over all findings.
    id: '0032-finding-events-newest',
    statements: [`CREATE INDEX finding_event_newest ON finding_event (tenant_id, id)`],
  },
]
