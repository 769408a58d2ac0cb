import type { Migration } from '../platform/db/db.ts'

/** Set by hand or by a label rule; `pinned_labels` names those set by hand, which no rule changes. */
const labelColumns = `owner text, criticality text, environment text, purpose text, pinned_labels text[] NOT NULL DEFAULT '{}'`
/** What the evaluation found open; written by the findings slice through {@link setFindingSummaries}. */
const findingColumns = `worst_severity smallint, finding_count integer NOT NULL DEFAULT 0`
const seenColumns = `first_seen timestamptz NOT NULL, last_seen timestamptz NOT NULL`

/**
 * The inventory's tables. What lists filter and sort by stands in the narrow `credential` row; what never changes
 * (document, search text) and what changes at every sighting (last seen) stand beside it, so neither a rescan nor an
 * evaluation rewrites the text index.
 */
export const inventoryMigrations: readonly Migration[] = [
  {
    id: '0010-inventory-machines',
    statements: [
      `CREATE TABLE inventory_tenant (tenant_id text PRIMARY KEY)`,
      `CREATE TABLE machine (
        tenant_id text NOT NULL, id uuid NOT NULL, name text NOT NULL, sort_name text COLLATE "C" NOT NULL,
        machine_kind text NOT NULL, operating_system text, ${labelColumns}, ${seenColumns},
        PRIMARY KEY (tenant_id, id))`,
      `CREATE INDEX machine_name ON machine (tenant_id, sort_name, id)`,
      `CREATE INDEX machine_owner ON machine (tenant_id, owner) WHERE owner IS NOT NULL`,
      `CREATE TABLE machine_identifier (
        tenant_id text NOT NULL, type text NOT NULL, value text NOT NULL, machine_id uuid NOT NULL, last_seen timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, type, value, machine_id))`,
      `CREATE INDEX machine_identifier_machine ON machine_identifier (tenant_id, machine_id)`,
      `CREATE TABLE machine_conflict (
        tenant_id text NOT NULL, machine_id uuid NOT NULL, other_machine_id uuid NOT NULL, type text NOT NULL, value text NOT NULL,
        at timestamptz NOT NULL, scan_id uuid,
        PRIMARY KEY (tenant_id, machine_id, other_machine_id, type, value))`,
      `CREATE TABLE machine_merge (
        tenant_id text NOT NULL, from_id uuid NOT NULL, into_id uuid NOT NULL, at timestamptz NOT NULL, scan_id uuid,
        PRIMARY KEY (tenant_id, from_id))`,
      `CREATE TABLE scan_machine (
        tenant_id text NOT NULL, scan_id uuid NOT NULL, ref text NOT NULL, machine_id uuid NOT NULL,
        PRIMARY KEY (tenant_id, scan_id, ref))`,
      `CREATE INDEX scan_machine_machine ON scan_machine (tenant_id, machine_id)`,
    ],
  },
  {
    id: '0011-inventory-credentials',
    statements: [
      `CREATE EXTENSION IF NOT EXISTS pg_trgm`,
      `CREATE TABLE credential (
        tenant_id text NOT NULL, id uuid NOT NULL, kind text NOT NULL,
        fingerprint bytea NOT NULL, spki_sha256 bytea, ssh_fingerprint text COLLATE "C", serial_number text COLLATE "C",
        name text NOT NULL, sort_name text COLLATE "C" NOT NULL, issuer text,
        algorithm text, key_size_bits integer, curve text, not_before timestamptz, not_after timestamptz,
        subject_hash uuid, issuer_hash uuid, subject_key_id text, authority_key_id text, is_ca boolean NOT NULL DEFAULT false,
        state text NOT NULL DEFAULT 'active', trust_store_only boolean NOT NULL DEFAULT false,
        ${labelColumns},
        location_count integer NOT NULL DEFAULT 0, machine_count integer NOT NULL DEFAULT 0, location_kinds text[] NOT NULL DEFAULT '{}',
        ${findingColumns}, open_rules text[] NOT NULL DEFAULT '{}',
        first_seen timestamptz NOT NULL, gone_at timestamptz,
        gone boolean GENERATED ALWAYS AS (gone_at IS NOT NULL) STORED,
        expires timestamptz GENERATED ALWAYS AS (coalesce(not_after, timestamptz 'infinity')) STORED,
        severity_rank smallint GENERATED ALWAYS AS (coalesce(worst_severity, 9::smallint)) STORED,
        facets text[] GENERATED ALWAYS AS (array_remove(ARRAY[
          'kind:' || kind, 'alg:' || algorithm, 'own:' || owner, CASE WHEN owner IS NULL THEN 'own?' END, 'cri:' || criticality,
          'env:' || environment, 'sev:' || worst_severity::text, 'iss:' || issuer_hash::text], NULL) || location_kinds || open_rules) STORED,
        PRIMARY KEY (tenant_id, id))`,
      `CREATE UNIQUE INDEX credential_fingerprint ON credential (tenant_id, fingerprint)`,
      `CREATE INDEX credential_spki ON credential (tenant_id, spki_sha256) WHERE spki_sha256 IS NOT NULL`,
      `CREATE INDEX credential_ssh_fingerprint ON credential (tenant_id, ssh_fingerprint) WHERE ssh_fingerprint IS NOT NULL`,
      `CREATE INDEX credential_serial ON credential (tenant_id, serial_number) WHERE serial_number IS NOT NULL`,
      `CREATE INDEX credential_ca ON credential (tenant_id, subject_hash) WHERE is_ca`,
      `CREATE INDEX credential_expires ON credential (tenant_id, gone, expires, id)`,
      `CREATE INDEX credential_kind_expires ON credential (tenant_id, gone, kind, expires, id)`,
      `CREATE INDEX credential_name ON credential (tenant_id, gone, sort_name, id)`,
      `CREATE INDEX credential_first_seen ON credential (tenant_id, gone, first_seen, id)`,
      `CREATE INDEX credential_severity ON credential (tenant_id, gone, severity_rank, id)`,
      `CREATE INDEX credential_facets ON credential USING gin (facets)`,
      `CREATE TABLE credential_seen (
        tenant_id text NOT NULL, credential_id uuid NOT NULL, gone boolean NOT NULL DEFAULT false, last_seen timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, credential_id))`,
      `CREATE INDEX credential_seen_last ON credential_seen (tenant_id, gone, last_seen, credential_id)`,
      `CREATE TABLE credential_search (
        tenant_id text NOT NULL, credential_id uuid NOT NULL, search text NOT NULL, PRIMARY KEY (tenant_id, credential_id))`,
      `ALTER TABLE credential_search ALTER COLUMN search SET STATISTICS 500`,
      `CREATE INDEX credential_search_trigram ON credential_search USING gin (search gin_trgm_ops)`,
      `CREATE TABLE credential_document (
        tenant_id text NOT NULL, credential_id uuid NOT NULL, facts json, der bytea, CHECK (facts IS NOT NULL OR der IS NOT NULL), PRIMARY KEY (tenant_id, credential_id))`,
      `ALTER TABLE credential_document ALTER COLUMN der SET STORAGE EXTERNAL`,
      `CREATE TABLE credential_event (
        tenant_id text NOT NULL, credential_id uuid NOT NULL, id uuid NOT NULL, at timestamptz NOT NULL, event text NOT NULL,
        summary text NOT NULL, scan_id uuid, PRIMARY KEY (tenant_id, credential_id, id))`,
      `CREATE INDEX credential_event_newest ON credential_event (tenant_id, id)`,
      `CREATE TABLE inventory_tally (
        tenant_id text NOT NULL, dimension text NOT NULL, kind text NOT NULL, bucket text NOT NULL, count bigint NOT NULL,
        PRIMARY KEY (tenant_id, dimension, kind, bucket))`,
    ],
  },
  {
    id: '0012-inventory-places',
    statements: [
      `CREATE TABLE location (
        tenant_id text NOT NULL, id uuid NOT NULL, credential_id uuid NOT NULL, machine_id uuid NOT NULL, place_hash uuid NOT NULL,
        kind text NOT NULL, part text NOT NULL, place text NOT NULL, path text, host text, port integer, sni text, protocol text,
        trust_store boolean NOT NULL, facts json NOT NULL, facts_hash uuid NOT NULL, ${seenColumns}, gone_at timestamptz,
        PRIMARY KEY (tenant_id, id)) WITH (fillfactor = 85)`,
      `CREATE UNIQUE INDEX location_place ON location (tenant_id, credential_id, machine_id, place_hash)`,
      `CREATE INDEX location_machine ON location (tenant_id, machine_id, credential_id) WHERE gone_at IS NULL`,
      `CREATE INDEX location_endpoint ON location (tenant_id, host, port) WHERE gone_at IS NULL AND host IS NOT NULL`,
      `CREATE TABLE endpoint (
        tenant_id text NOT NULL, id uuid NOT NULL, machine_id uuid NOT NULL, host text NOT NULL, port integer NOT NULL,
        sni text, starttls text, protocol text NOT NULL, name text COLLATE "C" NOT NULL,
        tls json, ssh json, process json, facts_hash uuid NOT NULL, ${seenColumns}, gone_at timestamptz,
        gone boolean GENERATED ALWAYS AS (gone_at IS NOT NULL) STORED, ${findingColumns},
        PRIMARY KEY (tenant_id, id)) WITH (fillfactor = 85)`,
      `CREATE UNIQUE INDEX endpoint_place ON endpoint (tenant_id, machine_id, host, port, coalesce(sni, ''), coalesce(starttls, ''))`,
      `CREATE INDEX endpoint_host ON endpoint (tenant_id, host, port)`,
      `CREATE INDEX endpoint_name ON endpoint (tenant_id, gone, name, id)`,
      `CREATE INDEX endpoint_trigram ON endpoint USING gin (name gin_trgm_ops)`,
      `CREATE TABLE identity (
        tenant_id text NOT NULL, id uuid NOT NULL, machine_id uuid NOT NULL, system text NOT NULL, name text NOT NULL,
        sort_name text COLLATE "C" NOT NULL, identity_kind text NOT NULL, attributes json NOT NULL, ${seenColumns},
        PRIMARY KEY (tenant_id, id)) WITH (fillfactor = 85)`,
      `CREATE UNIQUE INDEX identity_key ON identity (tenant_id, machine_id, system, name)`,
      `CREATE INDEX identity_name ON identity (tenant_id, sort_name, id)`,
      `CREATE TABLE relation (
        tenant_id text NOT NULL, from_type text NOT NULL, from_id uuid NOT NULL, type text NOT NULL, to_type text NOT NULL, to_id uuid NOT NULL,
        source_hash uuid NOT NULL, source text NOT NULL, machine_id uuid, ${seenColumns}, gone_at timestamptz,
        PRIMARY KEY (tenant_id, from_type, from_id, type, to_type, to_id, source_hash)) WITH (fillfactor = 85)`,
      `CREATE INDEX relation_to ON relation (tenant_id, to_type, to_id)`,
      `CREATE INDEX relation_machine ON relation (tenant_id, machine_id) WHERE gone_at IS NULL`,
      `CREATE TABLE configuration (
        tenant_id text NOT NULL, id uuid NOT NULL, machine_id uuid NOT NULL, path text NOT NULL, path_hash uuid NOT NULL, format text NOT NULL,
        settings json NOT NULL, facts_hash uuid NOT NULL, ${seenColumns}, gone_at timestamptz, ${findingColumns},
        PRIMARY KEY (tenant_id, id))`,
      `CREATE UNIQUE INDEX configuration_key ON configuration (tenant_id, machine_id, path_hash)`,
    ],
  },
  {
    id: '0013-inventory-labels-and-views',
    statements: [
      `CREATE TABLE label_rule (
        tenant_id text NOT NULL, id uuid NOT NULL, name text NOT NULL, position integer NOT NULL, enabled boolean NOT NULL,
        match json NOT NULL, labels json NOT NULL, PRIMARY KEY (tenant_id, id))`,
      `CREATE TABLE saved_view (
        tenant_id text NOT NULL, id uuid NOT NULL, page text NOT NULL, name text NOT NULL, query text NOT NULL, shared boolean NOT NULL,
        created_by text NOT NULL, created_by_id text NOT NULL, PRIMARY KEY (tenant_id, id))`,
      `CREATE TABLE evaluation_queue (
        tenant_id text NOT NULL, object_type text NOT NULL, object_id uuid NOT NULL, queued_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, object_type, object_id))`,
    ],
  },
  {
    // What people say of a secret is kept by its fingerprint; the credential's row carries the state for lists.
    id: '0014-inventory-secrets',
    statements: [
      `ALTER TABLE credential ADD COLUMN secret_type text, ADD COLUMN secret_state text`,
      `CREATE INDEX credential_secret_state ON credential (tenant_id, secret_state, gone, expires, id) WHERE secret_state IS NOT NULL`,
      `CREATE TABLE secret_assessment (
        tenant_id text NOT NULL, fingerprint bytea NOT NULL, state text NOT NULL, reason text NOT NULL, assessed_by text NOT NULL,
        assessed_at timestamptz NOT NULL, until timestamptz, PRIMARY KEY (tenant_id, fingerprint))`,
      `CREATE INDEX secret_assessment_until ON secret_assessment (tenant_id, until) WHERE until IS NOT NULL`,
    ],
  },
  {
    id: '0016-inventory-secret-filters',
    statements: [
      `CREATE INDEX credential_secret_type ON credential (tenant_id, secret_type, gone, expires, id) WHERE secret_type IS NOT NULL`,
      `CREATE INDEX location_detection_rule ON location (tenant_id, (facts ->> 'ruleId')) WHERE kind IN ('file-line', 'repository-line', 'image-line')`,
    ],
  },
  {
    id: '0017-inventory-configuration-entries',
    statements: [
      `ALTER TABLE configuration ADD COLUMN entry text NOT NULL DEFAULT ''`,
      `CREATE INDEX configuration_path ON configuration (tenant_id, path, id)`,
    ],
  },
  {
    // Long enough that a scan's inserts seldom meet a full list: see fileSearchWords.
    id: '0019-inventory-search-list',
    statements: [`ALTER INDEX credential_search_trigram SET (gin_pending_list_limit = 32768)`],
  },
]
