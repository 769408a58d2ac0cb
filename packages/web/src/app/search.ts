import { useNavigate, useSearch } from '@tanstack/react-router'
import type { z } from 'zod'
import { completeSearch, parseSearch, type SearchOf } from '../format/search.ts'

/** The page's filter from the URL by its schema, and how to change it: unset keys leave the URL, history gets one entry per change. */
export function useFilter<Schema extends z.ZodObject>(schema: Schema): {
  /** What differs from the defaults. */
  search: SearchOf<Schema>
  /** With every default filled in. */
  filter: z.output<Schema>
  change: (patch: Record<string, unknown>, options?: { replace?: boolean }) => void
} {
  const raw: Record<string, unknown> = useSearch({ strict: false })
  const navigate = useNavigate()
  const search = parseSearch(schema, raw)
  return {
    search,
    filter: completeSearch(schema, search),
    change: (patch, options) => void navigate({ to: '.', search: (current: Record<string, unknown>) => parseLoose(schema, { ...current, ...patch }), replace: options?.replace ?? false }),
  }
}

function parseLoose(schema: z.ZodObject, values: Record<string, unknown>): Record<string, unknown> {
  const extra = Object.fromEntries(Object.entries(values).filter(([key, value]) => !(key in schema.shape) && value !== undefined))
  return { ...parseSearch(schema, values), ...extra }
}
