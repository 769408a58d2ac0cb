import type { Migration } from '../platform/db/db.ts'

/**
 * Records and, per tenant, the head of their chain. Triggers refuse every change of what was written: the application
 * has no such statement, so whoever trips them is a mistake or an intruder short of owning the database.
 */
export const auditMigrations: readonly Migration[] = [
  {
    id: '0002-audit',
    statements: [
      `CREATE TABLE audit_records (
        tenant_id text NOT NULL,
        seq bigint NOT NULL,
        at timestamptz NOT NULL,
        actor_kind text NOT NULL,
        actor_id text NOT NULL,
        actor text NOT NULL,
        action text NOT NULL,
        object_type text NOT NULL,
        object_id text NOT NULL,
        outcome text NOT NULL CHECK (outcome IN ('success', 'failure')),
        detail text NOT NULL,
        hash text NOT NULL,
        PRIMARY KEY (tenant_id, seq)
      )`,
      'CREATE INDEX audit_records_actor ON audit_records (tenant_id, actor, seq)',
      'CREATE INDEX audit_records_action ON audit_records (tenant_id, action, seq)',
      'CREATE INDEX audit_records_object ON audit_records (tenant_id, object_id, seq)',
      `CREATE TABLE audit_heads (
        tenant_id text PRIMARY KEY,
        seq bigint NOT NULL,
        hash text NOT NULL
      )`,
      `CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege'; END $$`,
      `CREATE FUNCTION audit_head_forward() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF NEW.tenant_id <> OLD.tenant_id OR NEW.seq <> OLD.seq + 1 THEN
            RAISE EXCEPTION 'the audit head only moves to the next record' USING ERRCODE = 'insufficient_privilege';
          END IF;
          RETURN NEW;
        END $$`,
      'CREATE TRIGGER audit_records_fixed BEFORE UPDATE OR DELETE ON audit_records FOR EACH ROW EXECUTE FUNCTION audit_refuse()',
      'CREATE TRIGGER audit_records_kept BEFORE TRUNCATE ON audit_records FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()',
      'CREATE TRIGGER audit_heads_forward BEFORE UPDATE ON audit_heads FOR EACH ROW EXECUTE FUNCTION audit_head_forward()',
      'CREATE TRIGGER audit_heads_fixed BEFORE DELETE ON audit_heads FOR EACH ROW EXECUTE FUNCTION audit_refuse()',
      'CREATE TRIGGER audit_heads_kept BEFORE TRUNCATE ON audit_heads FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()',
    ],
  },
]
