import { type Credential, MusterError, type TenantId } from '@muster/core'
import type { CredentialFilter, CredentialRow } from '@muster/core/api'
import type { Authorized } from '../platform/actor.ts'
import type { Db } from '../platform/db/db.ts'
import { csvLine } from '@muster/core/export'
import { readDocument } from './document.ts'
import { reading } from './filter-store.ts'
import { idsMatching, readRows } from './list-store.ts'
import { readExportDetails } from './export-store.ts'

/** A credential as an export may use it. */
export type ExportEntry = { readonly row: CredentialRow; readonly credential: Credential; readonly places: readonly string[] }
/** Writes a CycloneDX bill of cryptographic materials, piece by piece. */
export type CbomWriter = (version: '1.6' | '1.7', entries: AsyncIterable<ExportEntry>, generatedAt: Date) => AsyncIterable<string>
export type ExportFormat = 'csv' | 'json' | 'ndjson' | 'cbom-1.6' | 'cbom-1.7'
type Deps = { readonly db: Db; readonly clock: { now(): Date }; readonly writeCbom: CbomWriter | null }

const PAGE = 500
const MAX_PLACES = 100

/**
 * Everything a filter matches as a file, read and written a page at a time in id order: memory stays flat however many
 * there are, and no transaction stays open for a slow reader.
 *
 * @throws MusterError export.unsupported
 */
export function exportCredentials(deps: Deps, { tenantId }: Authorized, filter: CredentialFilter, format: ExportFormat, signal: AbortSignal): Response {
  const entries = readEntries(deps.db, tenantId, filter, signal)
  const day = deps.clock.now().toISOString().slice(0, 10)
  switch (format) {
    case 'csv': return file(csv(entries), 'text/csv; charset=utf-8', `muster-credentials-${day}.csv`)
    case 'json': return file(json(entries), 'application/json', `muster-credentials-${day}.json`)
    case 'ndjson': return file(ndjson(entries), 'application/x-ndjson', `muster-credentials-${day}.ndjson`)
    case 'cbom-1.6':
    case 'cbom-1.7': {
      if (deps.writeCbom === null) throw new MusterError('export.unsupported', 'this server cannot write a CBOM')
      const version = format === 'cbom-1.6' ? '1.6' : '1.7'
      return file(deps.writeCbom(version, entries, deps.clock.now()), `application/vnd.cyclonedx+json; version=${version}`, `muster-${day}.cdx.json`)
    }
  }
}

async function* readEntries(db: Db, tenantId: TenantId, filter: CredentialFilter, signal: AbortSignal): AsyncGenerator<ExportEntry, void, void> {
  for (let after: string | null = null; !signal.aborted;) {
    const from: string | null = after
    const page = await reading(db, async (tx) => {
      const ids = await idsMatching(tx, tenantId, filter, from, PAGE)
      const rows = await readRows(tx, tenantId, ids)
      const details = await readExportDetails(tx, tenantId, ids, MAX_PLACES)
      return { ids, entries: rows.map((row) => ({ row, credential: readDocument(details.get(row.id)!), places: details.get(row.id)!.places })) }
    })
    yield* page.entries
    if (page.ids.length < PAGE) return
    after = page.ids.at(-1)!
  }
}

const csvColumns = ['id', 'kind', 'name', 'fingerprint', 'spkiSha256', 'sshFingerprint', 'issuer', 'algorithm', 'keySizeBits', 'curve', 'notBefore', 'notAfter', 'state', 'secretType', 'secretState', 'locationCount', 'machineCount', 'worstSeverity', 'findingCount', 'firstSeen', 'lastSeen', 'goneAt'] as const
const csvLabels = ['owner', 'criticality', 'environment', 'purpose'] as const

async function* csv(entries: AsyncIterable<ExportEntry>): AsyncGenerator<string> {
  yield csvLine([...csvColumns, ...csvLabels, 'places'])
  for await (const { row, places } of entries) yield csvLine([...csvColumns.map((column) => row[column]), ...csvLabels.map((label) => row.labels[label]), places.join('; ')])
}

async function* ndjson(entries: AsyncIterable<ExportEntry>): AsyncGenerator<string> {
  for await (const entry of entries) yield `${JSON.stringify(flat(entry))}\n`
}

async function* json(entries: AsyncIterable<ExportEntry>): AsyncGenerator<string> {
  let separator = '[\n'
  for await (const entry of entries) {
    yield `${separator}${JSON.stringify(flat(entry))}`
    separator = ',\n'
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n'
}

function flat({ row, credential, places }: ExportEntry): unknown {
  return { ...row, places, credential }
}

const CHUNK_CHARS = 65_536

function file(pieces: AsyncIterable<string>, type: string, name: string): Response {
  const iterator = pieces[Symbol.asyncIterator]()
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      let text = ''
      while (text.length < CHUNK_CHARS) {
        const next = await iterator.next()
        if (next.done === true) {
          if (text !== '') controller.enqueue(encoder.encode(text))
          controller.close()
          return
        }
        text += next.value
      }
      controller.enqueue(encoder.encode(text))
    },
    async cancel() {
      await iterator.return?.()
    },
  })
  return new Response(body, { headers: { 'content-type': type, 'content-disposition': `attachment; filename="${name}"` } })
}
