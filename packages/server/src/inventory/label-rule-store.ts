import type { TenantId } from '@muster/core'
import type { LabelRule } from '@muster/core/api'
import { type RawBuilder, sql } from 'kysely'
import type { Queryable, Tx } from '../platform/db/db.ts'
import { rowsParameter, storableJson } from '../platform/db/json-parameter.ts'

type RuleRow = { id: string; name: string; position: number; enabled: boolean; match: LabelRule['match']; labels: LabelRule['set'] }

const toRule = (row: RuleRow): LabelRule => ({ id: row.id, name: row.name, position: row.position, enabled: row.enabled, match: row.match, set: row.labels })

/** All rules in the order they are tried. */
export async function listLabelRules(queryable: Queryable, tenantId: TenantId): Promise<LabelRule[]> {
  const { rows } = await sql<RuleRow>`SELECT * FROM label_rule WHERE tenant_id = ${tenantId} ORDER BY position, id`.execute(queryable)
  return rows.map(toRule)
}

/** Enabled rules in the order they are tried. */
export async function readEnabledRules(queryable: Queryable, tenantId: TenantId): Promise<LabelRule[]> {
  return (await listLabelRules(queryable, tenantId)).filter((rule) => rule.enabled)
}

/** How many rules there are, enabled or not. */
export async function countLabelRules(tx: Tx, tenantId: TenantId): Promise<number> {
  return (await sql<{ n: number }>`SELECT count(*)::int AS n FROM label_rule WHERE tenant_id = ${tenantId}`.execute(tx)).rows[0]!.n
}

/** Adds or replaces a rule. */
export async function putLabelRule(tx: Tx, tenantId: TenantId, rule: LabelRule): Promise<void> {
  await sql`
    INSERT INTO label_rule (tenant_id, id, name, position, enabled, match, labels)
    VALUES (${tenantId}, ${rule.id}, ${rule.name}, ${rule.position}, ${rule.enabled}, ${storableJson(rule.match)}::text::json, ${storableJson(rule.set)}::text::json)
    ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name, position = excluded.position, enabled = excluded.enabled, match = excluded.match, labels = excluded.labels`.execute(tx)
}

/** A rule, locked until the transaction ends; null when there is none. */
export async function readLabelRule(tx: Tx, tenantId: TenantId, id: string): Promise<LabelRule | null> {
  const { rows } = await sql<RuleRow>`SELECT * FROM label_rule WHERE tenant_id = ${tenantId} AND id = ${id} FOR UPDATE`.execute(tx)
  return rows[0] === undefined ? null : toRule(rows[0])
}

/** False when there was none. */
export async function deleteLabelRule(tx: Tx, tenantId: TenantId, id: string): Promise<boolean> {
  const { rows } = await sql`DELETE FROM label_rule WHERE tenant_id = ${tenantId} AND id = ${id} RETURNING id`.execute(tx)
  return rows.length > 0
}

/** A rule with the machines its network holds; null when it names no network. */
export type CompiledRule = { readonly rule: LabelRule; readonly machineIds: readonly string[] | null }

/** Addresses of `machines` and of the machines `credentials` are present on. */
export async function readAddresses(tx: Tx, tenantId: TenantId, targets: { readonly credentials: readonly string[]; readonly machines: readonly string[] }): Promise<{ machineId: string; address: string }[]> {
  const { rows } = await sql<{ machine_id: string; value: string }>`
    WITH wanted AS (
      SELECT x.id::uuid FROM json_array_elements_text(${rowsParameter(targets.machines)}) AS x(id)
      UNION SELECT l.machine_id FROM json_array_elements_text(${rowsParameter(targets.credentials)}) AS x(id)
        JOIN location l ON l.tenant_id = ${tenantId} AND l.credential_id = x.id::uuid AND l.gone_at IS NULL)
    SELECT i.machine_id, i.value FROM wanted JOIN machine_identifier i ON i.tenant_id = ${tenantId} AND i.machine_id = wanted.id AND i.type = 'address'`.execute(tx)
  return rows.map((row) => ({ machineId: row.machine_id, address: row.value }))
}

const labelNames = ['owner', 'criticality', 'environment', 'purpose'] as const

/** The assignments that give each label not set by hand what the first matching rule says. */
function assignments(rules: readonly CompiledRule[], matches: (rule: CompiledRule) => RawBuilder<unknown>): RawBuilder<unknown> {
  return sql.join(
    labelNames.map((label) => {
      const cases = rules.flatMap((compiled) => {
        const value = compiled.rule.set[label]
        return value === undefined || value === null ? [] : [sql`WHEN ${matches(compiled)} THEN ${value}::text`]
      })
      const byRule = cases.length === 0 ? sql`NULL` : sql`CASE ${sql.join(cases, sql` `)} END`
      return sql`CASE WHEN ${sql.lit(label)} = ANY(o.pinned_labels) THEN o.${sql.ref(label)} ELSE ${byRule} END AS ${sql.ref(label)}`
    }),
  )
}

async function relabel(tx: Tx, tenantId: TenantId, table: 'credential' | 'machine', ids: readonly string[], labels: RawBuilder<unknown>): Promise<string[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<{ id: string }>`
    WITH wanted AS MATERIALIZED (
      SELECT o.id, ${labels} FROM (SELECT DISTINCT x.id::uuid FROM json_array_elements_text(${rowsParameter(ids)}) AS x(id)) AS asked(id)
      JOIN ${sql.table(table)} o ON o.tenant_id = ${tenantId} AND o.id = asked.id)
    UPDATE ${sql.table(table)} o SET owner = w.owner, criticality = w.criticality, environment = w.environment, purpose = w.purpose
    FROM wanted w WHERE o.tenant_id = ${tenantId} AND o.id = w.id
      AND (o.owner, o.criticality, o.environment, o.purpose) IS DISTINCT FROM (w.owner, w.criticality, w.environment, w.purpose)
    RETURNING o.id`.execute(tx)
  return rows.map((row) => row.id)
}

/** Labels credentials by the rules; returns those that changed. */
export function applyToCredentials(tx: Tx, tenantId: TenantId, rules: readonly CompiledRule[], ids: readonly string[]): Promise<string[]> {
  return relabel(tx, tenantId, 'credential', ids, assignments(rules, ({ rule, machineIds }) => {
    const { name, path, kind } = rule.match
    const parts = [sql`true`]
    if (name !== undefined) parts.push(sql`o.name ILIKE ${likeOf(name)}`)
    if (kind !== undefined) parts.push(sql`o.kind IN (SELECT json_array_elements_text(${rowsParameter(kind)}))`)
    if (path !== undefined || machineIds !== null) {
      const onPath = path === undefined ? sql`true` : sql`l.path LIKE ${likeOf(path)}`
      const onMachine = machineIds === null ? sql`true` : sql`l.machine_id IN (SELECT json_array_elements_text(${rowsParameter(machineIds)})::uuid)`
      parts.push(sql`EXISTS (SELECT 1 FROM location l WHERE l.tenant_id = ${tenantId} AND l.credential_id = o.id AND l.gone_at IS NULL AND ${onPath} AND ${onMachine})`)
    }
    return sql.join(parts, sql` AND `)
  }))
}

/** Labels machines by the rules that can speak of machines (those without path and kind); returns those that changed. */
export function applyToMachines(tx: Tx, tenantId: TenantId, rules: readonly CompiledRule[], ids: readonly string[]): Promise<string[]> {
  const speaking = rules.filter(({ rule }) => rule.match.path === undefined && rule.match.kind === undefined)
  return relabel(tx, tenantId, 'machine', ids, assignments(speaking, ({ rule, machineIds }) => {
    const parts = [sql`true`]
    if (rule.match.name !== undefined) parts.push(sql`o.name ILIKE ${likeOf(rule.match.name)}`)
    if (machineIds !== null) parts.push(sql`o.id IN (SELECT json_array_elements_text(${rowsParameter(machineIds)})::uuid)`)
    return sql.join(parts, sql` AND `)
  }))
}

/** A glob (`*` any text, `?` one character) as a LIKE pattern. */
export function likeOf(glob: string): string {
  return glob.replaceAll(/[\\%_]/g, String.raw`\$&`).replaceAll('*', '%').replaceAll('?', '_')
}
