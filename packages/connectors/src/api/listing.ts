import { isMusterError, type ScanProblem } from '@muster/core'
import type { z } from 'zod'
import type { ApiClient, Query } from './client.ts'

/** All of a list, or as much as could be read: `complete` is false when anything is missing, and a problem says what. */
export type Listing<T> = { readonly items: readonly T[]; readonly complete: boolean; readonly problems: readonly ScanProblem[] }

export type ListRequest<T> = {
  readonly path: string
  readonly query?: Query
  /** What of an item is read. */
  readonly item: z.ZodType<T>
  /** The property that holds the list where the answer is an object. */
  readonly within?: string
  readonly maxItems?: number
}

/** Lists may have pages that filters left empty; one of nothing else has no end. */
const MAX_EMPTY_PAGES = 50
const MAX_LIST_BYTES = 512 * 1024 * 1024

/** What reading one list may cost, whatever the server says comes next. */
export class ListBudget {
  #emptyPages = 0
  #bytes = 0

  /** Notes a page; null, or why no other is read. */
  spend(items: number, sizeBytes: number): string | null {
    this.#emptyPages = items === 0 ? this.#emptyPages + 1 : 0
    this.#bytes += sizeBytes
    if (this.#emptyPages >= MAX_EMPTY_PAGES) return `${MAX_EMPTY_PAGES} pages without an entry; the rest was not read`
    return this.#bytes > MAX_LIST_BYTES ? `more than ${MAX_LIST_BYTES} bytes; the rest was not read` : null
  }
}

const MAX_ITEMS = 100_000
const PER_PAGE = 100

/**
 * Reads a list page by page along the `next` links of RFC 8288, as GitHub and GitLab (offset and keyset) give them.
 * @throws MusterError operation.cancelled alone; whatever else goes wrong is a problem
 */
export async function listAll<T>(client: ApiClient, request: ListRequest<T>): Promise<Listing<T>> {
  const { maxItems = MAX_ITEMS } = request
  const items: T[] = []
  const problems: ScanProblem[] = []
  const where = `${client.where}${request.path}`.slice(0, 4096)
  const seen = new Set<string>()
  const budget = new ListBudget()
  let url: URL | null = client.url(request.path, { per_page: PER_PAGE, ...request.query })
  let unread = 0
  try {
    while (url !== null) {
      seen.add(url.href)
      const { body, headers, sizeBytes } = await client.get(url)
      const page = pageOf(body, request.within)
      if (page === null) {
        problems.push({ code: 'input.unrecognised', where, message: `${where} did not answer with a list` })
        break
      }
      for (const each of page) {
        const parsed = request.item.safeParse(each)
        if (parsed.success) items.push(parsed.data)
        else unread++
      }
      const next = nextLink(headers['link'], url)
      if (next === 'elsewhere') {
        problems.push({ code: 'target.forbidden', where, message: `${where} continues on another host, which is not followed; the rest was not read` })
        break
      }
      const spent = budget.spend(page.length, sizeBytes)
      const ends = items.length >= maxItems ? `more than ${maxItems} entries; the rest was not read` : next !== null && seen.has(next.href) ? `${where} links its pages in a circle` : spent
      if (next !== null && ends !== null) {
        problems.push({ code: 'input.limit', where, message: ends })
        break
      }
      url = next
    }
  } catch (error) {
    if (!isMusterError(error) || error.code === 'operation.cancelled') throw error
    problems.push({ code: error.code, where, message: error.message.slice(0, 1024) })
  }
  if (unread > 0) problems.push({ code: 'input.unrecognised', where, message: `${unread} of the entries were not as documented and were left out` })
  return { items, complete: problems.length === 0, problems }
}

/** One object, or null and the problem that says why not. */
export type Reading<T> = { readonly value: T | null; readonly problems: readonly ScanProblem[] }

/** Reads one object. @throws MusterError operation.cancelled alone; whatever else goes wrong is a problem */
export async function readOne<T>(client: ApiClient, path: string, schema: z.ZodType<T>, query: Query = {}): Promise<Reading<T>> {
  const where = `${client.where}${path}`.slice(0, 4096)
  try {
    const { body } = await client.get(client.url(path, query))
    const parsed = schema.safeParse(body)
    if (parsed.success) return { value: parsed.data, problems: [] }
    return { value: null, problems: [{ code: 'input.unrecognised', where, message: `${where} did not answer as documented` }] }
  } catch (error) {
    if (!isMusterError(error) || error.code === 'operation.cancelled') throw error
    return { value: null, problems: [{ code: error.code, where, message: error.message.slice(0, 1024) }] }
  }
}

function pageOf(body: unknown, within: string | undefined): readonly unknown[] | null {
  const list = within === undefined ? body : (body as Record<string, unknown> | null)?.[within]
  return Array.isArray(list) ? (list as readonly unknown[]) : null
}

/** The `next` link of a `Link` header (RFC 8288); null when there is none, `elsewhere` when it leads to another origin. */
export function nextLink(header: string | readonly string[] | undefined, from: URL): URL | 'elsewhere' | null {
  const text = typeof header === 'string' ? header : (header?.[0] ?? '')
  for (const match of text.slice(0, 8192).matchAll(/<([^<>]{1,2048})>((?:\s*;\s*[\w*-]{1,32}\s*=\s*(?:"[^"]{0,256}"|[^\s",;]{1,256})){0,8})/g)) {
    if (!/;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next\b)/i.test(match[2] ?? '')) continue
    const target = URL.parse(match[1]!, from)
    return target !== null && target.origin === from.origin ? target : 'elsewhere'
  }
  return null
}
