import { type RawBuilder, sql } from 'kysely'

// NUL and lone surrogates arrive in hostile names; JSON may carry them, PostgreSQL's text may not.
const UNSTORABLE = /\\u(?:0000|[dD][89a-fA-F])/

/** JSON text that PostgreSQL accepts whatever the strings hold: NUL and lone surrogates become U+FFFD. */
export function storableJson(value: unknown): string {
  const text = JSON.stringify(value)
  if (!UNSTORABLE.test(text)) return text
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'string' ? storableText(inner) : isRecord(inner) ? storableKeys(inner) : inner))
}

/** `text` with NUL and lone surrogates replaced by U+FFFD. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD')
}

/** One parameter that carries a whole set of rows: `json_to_recordset(${rowsParameter(rows)}) AS x(…)`. */
export function rowsParameter(rows: readonly unknown[]): RawBuilder<unknown> {
  // Through text: the client would encode a JSON parameter a second time.
  return sql`${storableJson(rows)}::text::json`
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function storableKeys(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [storableText(key), value]))
}
