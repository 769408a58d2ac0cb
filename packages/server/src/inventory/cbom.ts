import { type Clock, uuidV7 } from '@muster/core'
import { type CbomItem, cbomText } from '@muster/core/export'
import type { CbomWriter, ExportEntry } from './export.ts'

const PAGE = 200

/** Writes exports as CycloneDX bills of materials in the name of this version of the product. */
export function cbomWriter(clock: Clock, toolVersion: string): CbomWriter {
  return (version, entries, generatedAt) => cbomText(version, { serialNumber: uuidV7(clock), timestamp: generatedAt, toolVersion }, pages(entries))
}

async function* pages(entries: AsyncIterable<ExportEntry>): AsyncGenerator<readonly CbomItem[], void, void> {
  let page: CbomItem[] = []
  for await (const { row, credential, places } of entries) {
    page.push({ credential, name: row.name, state: row.state, places, owner: row.labels.owner })
    if (page.length < PAGE) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}
