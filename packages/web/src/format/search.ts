import type { z } from 'zod'

/** A filter as it stands in the URL: only what differs from the defaults. */
export type SearchOf<Schema extends z.ZodObject> = Partial<z.output<Schema>>

function asText(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(String).join(',')
  return String(value)
}

const PAGING = new Set(['cursor', 'limit'])

/**
 * What of `raw` the schema accepts, key by key: a value that does not fit is dropped instead of breaking the page, a value
 * equal to the default is left out so that one filter has one URL. Paging never belongs to a page's URL.
 */
export function parseSearch<Schema extends z.ZodObject>(schema: Schema, raw: Record<string, unknown>): SearchOf<Schema> {
  const found: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(schema.shape as Record<string, z.ZodType>)) {
    const text = PAGING.has(key) ? undefined : asText(raw[key])
    if (text === undefined) continue
    const parsed = field.safeParse(text)
    if (!parsed.success || parsed.data === undefined) continue
    const standard = field.safeParse(undefined)
    if (standard.success && asText(standard.data) === asText(parsed.data)) continue
    found[key] = parsed.data
  }
  return found as SearchOf<Schema>
}

/** The filter with every default filled in. */
export function completeSearch<Schema extends z.ZodObject>(schema: Schema, search: SearchOf<Schema>): z.output<Schema> {
  const full: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(schema.shape as Record<string, z.ZodType>)) {
    if (PAGING.has(key)) continue
    const given = (search as Record<string, unknown>)[key]
    const standard = field.safeParse(undefined)
    const value = given ?? (standard.success ? standard.data : undefined)
    if (value !== undefined) full[key] = value
  }
  return full as z.output<Schema>
}

/** The query string, without `?`: keys in the given order, lists joined with commas, unset values left out. */
export function searchOf(values: Readonly<Record<string, unknown>>): string {
  const parts: string[] = []
  for (const [key, value] of Object.entries(values)) {
    const text = asText(value)
    if (text !== undefined) parts.push(`${encodeURIComponent(key)}=${encodeURIComponent(text).replaceAll('%2C', ',').replaceAll('%3A', ':')}`)
  }
  return parts.join('&')
}

/** The last value of each parameter as text, which is what {@link parseSearch} reads. */
export function rawSearch(query: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(query))
}
