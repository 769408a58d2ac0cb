import { z } from 'zod'

/** RFC 9457 problem details with Muster's error code; every refusal of the HTTP API has this form. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().optional(),
  /** {@link ErrorCode} of the refusal. */
  code: z.string(),
  /** Quote it when you ask for help: the log carries the same id. */
  requestId: z.string(),
  /** One entry per rejected field of the request. */
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
})
export type ProblemDetails = z.infer<typeof problemSchema>

export const MAX_PAGE_SIZE = 500

/** What every list accepts. `cursor` comes from the page before and only fits the same filter and order. */
export const pageQuerySchema = z.object({
  cursor: z.string().max(1024).optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(100),
})
export type PageQuery = z.infer<typeof pageQuerySchema>

/** How many rows a filter matches: exact up to a bound, an estimate of the planner beyond it. */
export const countSchema = z.object({ value: z.number().int().nonnegative(), exact: z.boolean() })

/** A page of `item`; `nextCursor` is null on the last page. `count` is present on first pages only. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable(), count: countSchema.nullable() })
}
export type Page<Item> = {
  readonly items: readonly Item[]
  readonly nextCursor: string | null
  readonly count: z.infer<typeof countSchema> | null
}

/** Accepts `a`, `a,b` or a repeated parameter; yields the list. An empty one is none: it narrows nothing. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.preprocess(
    (value) => (value === undefined || value === '' || (Array.isArray(value) && value.length === 0) ? undefined : (Array.isArray(value) ? value : [value]).flatMap((entry) => String(entry).split(','))),
    z.array(item).max(100).optional(),
  )
}
