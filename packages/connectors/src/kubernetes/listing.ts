import { isMusterError, type ScanProblem } from '@muster/core'
import { z } from 'zod'
import { type ApiClient, ListBudget, type Listing, type Query } from '../api/index.ts'

const PAGE = 250
const MAX_ITEMS = 200_000

/** Asks for names and labels without the rest of the object (Kubernetes API concepts, "Metadata-only fetches"). */
export const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'

const page = z.object({ metadata: z.object({ continue: z.string().max(16_384).optional() }).default({}), items: z.array(z.unknown()).nullable().default([]) })

export type ObjectList<T> = {
  readonly path: string
  readonly item: z.ZodType<T>
  readonly query?: Query
  readonly accept?: string
  /** The kind is not installed everywhere: where it is not, there are none. */
  readonly optional?: boolean
}

/**
 * Reads a list in pages along its continue tokens. One that has expired (410) begins anew, once, because what is then left may not fit
 * what was read; the result is of the second reading alone.
 * @throws MusterError operation.cancelled alone; whatever else goes wrong is a problem
 */
export async function listObjects<T>(client: ApiClient, list: ObjectList<T>): Promise<Listing<T>> {
  const first = await readAll(client, list)
  return first === 'expired' ? secondReading(await readAll(client, list), client, list) : first
}

function secondReading<T>(listing: Listing<T> | 'expired', client: ApiClient, { path }: ObjectList<T>): Listing<T> {
  if (listing !== 'expired') return listing
  const where = `${client.where}${path}`
  return { items: [], complete: false, problems: [{ code: 'server.unreachable', where, message: `${where}: the list changed faster than it could be read` }] }
}

async function readAll<T>(client: ApiClient, { path, item, query = {}, accept, optional = false }: ObjectList<T>): Promise<Listing<T> | 'expired'> {
  const where = `${client.where}${path}`.slice(0, 4096)
  const items: T[] = []
  const problems: ScanProblem[] = []
  const budget = new ListBudget()
  let unread = 0
  let next = ''
  try {
    do {
      const { body, sizeBytes } = await client.get(client.url(path, { ...query, limit: PAGE, ...(next === '' ? {} : { continue: next }) }), accept)
      const parsed = page.safeParse(body)
      if (!parsed.success) {
        problems.push({ code: 'input.unrecognised', where, message: `${where} did not answer with a list` })
        break
      }
      for (const each of parsed.data.items ?? []) {
        const known = item.safeParse(each)
        if (known.success) items.push(known.data)
        else unread++
      }
      const before = next
      next = parsed.data.metadata.continue ?? ''
      const spent = budget.spend(parsed.data.items?.length ?? 0, sizeBytes)
      const ends = items.length >= MAX_ITEMS ? `more than ${MAX_ITEMS} objects; the rest was not read` : next === before ? `${where} gives the same page again and again` : spent
      if (next !== '' && ends !== null) {
        problems.push({ code: 'input.limit', where, message: ends })
        break
      }
    } while (next !== '')
  } catch (error) {
    if (!isMusterError(error) || error.code === 'operation.cancelled') throw error
    if (error.detail['status'] === 410 && next !== '') return 'expired'
    if (optional && error.code === 'object.not-found') return { items: [], complete: true, problems: [] }
    problems.push({ code: error.code, where, message: error.message.slice(0, 1024) })
  }
  if (unread > 0) problems.push({ code: 'input.unrecognised', where, message: `${unread} of the objects were not as documented and were left out` })
  return { items, complete: problems.length === 0, problems }
}
