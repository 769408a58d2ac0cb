import { Readable } from 'node:stream'
import { MusterError } from '@muster/core'
import type { FindingRow } from '@muster/core/api'
import { csvLine, sarifLog } from '@muster/core/export'
import { ruleById, rules } from '@muster/rules'
import { type Actor, authorize, type Authorized } from '../platform/actor.ts'
import { decodeCursor, encodeCursor } from '../platform/http/cursor.ts'
import { requireActor, type RouteHandlers } from '../platform/http/handler.ts'
import { listChanges } from './changes.ts'
import { accept, assign, type DecisionDeps, reopen } from './decisions.ts'
import { countByRule, countFindings, cursorKeyOf, cursorKeySchema, findFinding, findingEvents, type FindingSort, type FindingWhere, listFindings, openByRule } from './list-store.ts'
import type { NamesOf, ReadPolicy } from './ports.ts'
import { chosenBy, ofActor } from './whose.ts'

const COUNT_BOUND = 10_001
const EXPORT_PAGE = 1000
/** A SARIF log is one JSON document that its readers load whole. */
const SARIF_MAX_RESULTS = 25_000

export type FindingRouteDeps = DecisionDeps & { readonly readPolicy: ReadPolicy; readonly namesOf: NamesOf; readonly version: string }

/** Lists, decisions, rules and exports. */
export function findingHandlers(deps: FindingRouteDeps): RouteHandlers {
  const { db, namesOf } = deps
  return {
    listFindings: async ({ query }, { actor }) => {
      const may = mayRead(requireActor(actor))
      const { cursor, limit, sort, ...asked } = query
      const filter = await ofActor(namesOf, may.actor, asked)
      const scope = ['findings', sort, filter]
      const after = decodeCursor(scope, cursor, cursorKeySchema)
      const rows = await listFindings(db, may, filter, sort, after, limit + 1)
      const items = rows.slice(0, limit)
      const last = items.at(-1)
      return {
        items,
        nextCursor: rows.length > limit && last !== undefined ? encodeCursor(scope, cursorKeyOf(last)) : null,
        count: after === null ? await count(deps, may, filter) : null,
      }
    },
    countFindingsByRule: async ({ query }, { actor }) => {
      const may = mayRead(requireActor(actor))
      return { items: await countByRule(db, may, await ofActor(namesOf, may.actor, query)) }
    },
    getFinding: async ({ params }, { actor }) => {
      const may = mayRead(requireActor(actor))
      const finding = await findFinding(db, may, params.id)
      const rule = finding === null ? null : ruleById(finding.ruleId)
      if (finding === null || rule === null) throw new MusterError('object.not-found', 'there is no such finding', { id: params.id })
      const { check: _check, ...description } = rule
      return { finding, rule: description, history: await findingEvents(db, may, params.id) }
    },
    acceptFindings: async ({ body }, { actor }) => ({ changed: await accept(deps, mayDecide(requireActor(actor)), await chosenBy(namesOf, requireActor(actor), body.select), body.reason, new Date(body.until)) }),
    assignFindings: async ({ body }, { actor }) => ({ changed: await assign(deps, mayDecide(requireActor(actor)), await chosenBy(namesOf, requireActor(actor), body.select), body.assignee) }),
    reopenFindings: async ({ body }, { actor }) => ({ changed: await reopen(deps, mayDecide(requireActor(actor)), await chosenBy(namesOf, requireActor(actor), body.select)) }),
    listChanges: ({ query }, { actor }) => {
      authorize(requireActor(actor), 'inventory.read', { type: 'credential' })
      return listChanges(db, mayRead(requireActor(actor)), query)
    },
    listRules: async (_input, { actor }) => {
      const may = mayRead(requireActor(actor))
      const [open, policy] = await Promise.all([openByRule(db, may), deps.readPolicy(db, may.tenantId)])
      const disabled = new Set(policy.disabledRules)
      return { items: rules.map(({ check: _check, ...rule }) => ({ ...rule, openCount: open.get(rule.id) ?? 0, enabled: !disabled.has(rule.id) })) }
    },
    exportFindings: async ({ query }, { actor }) => {
      const { format, ...asked } = query
      const may = authorize(requireActor(actor), 'inventory.export', { type: 'finding' })
      const filter = await ofActor(namesOf, may.actor, asked)
      const pages = allFindings(deps, may, filter, 'severity')
      return format === 'sarif' ? sarif(deps, pages) : download(format, pages)
    },
  }
}

const mayRead = (actor: Actor) => authorize(actor, 'finding.read', { type: 'finding' })
const mayDecide = (actor: Actor) => authorize(actor, 'finding.decide', { type: 'finding' })

async function count({ db }: FindingRouteDeps, may: Authorized, filter: FindingWhere) {
  const value = await countFindings(db, may, filter, COUNT_BOUND)
  return value < COUNT_BOUND ? { value, exact: true } : { value: COUNT_BOUND - 1, exact: false }
}

async function* allFindings({ db }: FindingRouteDeps, may: Authorized, filter: FindingWhere, sort: FindingSort): AsyncGenerator<readonly FindingRow[], void, void> {
  for (let page = await listFindings(db, may, filter, sort, null, EXPORT_PAGE); page.length > 0; page = await listFindings(db, may, filter, sort, cursorKeyOf(page.at(-1)!), EXPORT_PAGE)) {
    yield page
    if (page.length < EXPORT_PAGE) return
  }
}

const csvColumns = ['id', 'ruleId', 'title', 'severity', 'state', 'objectType', 'objectId', 'objectName', 'evidence', 'due', 'owner', 'assignee', 'openedAt', 'closedAt'] as const

function download(format: 'csv' | 'json' | 'ndjson', pages: AsyncGenerator<readonly FindingRow[], void, void>): Response {
  const types = { csv: 'text/csv; charset=utf-8', json: 'application/json', ndjson: 'application/x-ndjson' } as const
  return new Response(Readable.toWeb(Readable.from(encoded(format, pages))) as ReadableStream<Uint8Array<ArrayBuffer>>, {
    headers: { 'content-type': types[format], 'content-disposition': `attachment; filename="muster-findings.${format}"` },
  })
}

async function* encoded(format: 'csv' | 'json' | 'ndjson', pages: AsyncGenerator<readonly FindingRow[], void, void>): AsyncGenerator<Uint8Array, void, void> {
  const encoder = new TextEncoder()
  if (format === 'csv') yield encoder.encode(csvLine(csvColumns))
  if (format === 'json') yield encoder.encode('[')
  let first = true
  for await (const page of pages) {
    let text = ''
    for (const row of page) {
      if (format === 'csv') text += csvLine(csvColumns.map((column) => row[column]))
      else if (format === 'ndjson') text += `${JSON.stringify(row)}\n`
      else text += `${first ? '' : ','}\n${JSON.stringify(row)}`
      first = false
    }
    yield encoder.encode(text)
  }
  if (format === 'json') yield encoder.encode('\n]\n')
}

async function sarif({ version }: FindingRouteDeps, pages: AsyncGenerator<readonly FindingRow[], void, void>): Promise<Response> {
  const found: FindingRow[] = []
  for await (const page of pages) {
    found.push(...page)
    if (found.length > SARIF_MAX_RESULTS) {
      throw new MusterError('export.unsupported', `a SARIF log holds at most ${SARIF_MAX_RESULTS} results here; narrow the filter or export NDJSON`)
    }
  }
  const log = sarifLog(version, rules, found.map((row) => ({
    ruleId: row.ruleId, severity: row.severity, message: `${row.objectName}: ${row.evidence}`, fingerprint: row.id,
    places: row.places.length > 0 ? row.places : [row.objectName],
    ...(row.acceptance === null ? {} : { suppressed: { justification: row.acceptance.reason } }),
  })))
  return new Response(`${JSON.stringify(log, null, 2)}\n`, {
    headers: { 'content-type': 'application/sarif+json', 'content-disposition': 'attachment; filename="muster-findings.sarif"' },
  })
}
