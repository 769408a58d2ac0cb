import type { Migration } from '../platform/db/db.ts'

/**
 * Channels; the outbox of findings a channel has yet to hear of, written in the transaction that opened them; and the
 * messages made of it, kept until they are delivered or given up and then as a record.
 */
export const alertsMigrations: readonly Migration[] = [
  {
    id: '0040-alerts',
    statements: [
      `CREATE TABLE alert_channels (
        tenant_id text NOT NULL,
        id uuid NOT NULL,
        type text NOT NULL CHECK (type IN ('smtp', 'webhook', 'slack', 'syslog')),
        settings text NOT NULL,
        secret text,
        last_digest_at timestamptz NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, id)
      )`,
      `CREATE TABLE alert_outbox (
        tenant_id text NOT NULL,
        channel_id uuid NOT NULL,
        finding_id uuid NOT NULL,
        added_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, channel_id, finding_id),
        FOREIGN KEY (tenant_id, channel_id) REFERENCES alert_channels (tenant_id, id) ON DELETE CASCADE
      )`,
      `CREATE TABLE alert_deliveries (
        tenant_id text NOT NULL,
        id uuid NOT NULL,
        channel_id uuid NOT NULL,
        channel_name text NOT NULL,
        state text NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
        attempts integer NOT NULL DEFAULT 0,
        finding_count integer NOT NULL,
        message text NOT NULL,
        created_at timestamptz NOT NULL,
        last_attempt_at timestamptz,
        error text,
        PRIMARY KEY (tenant_id, id)
      )`,
    ],
  },
]
