import { thisMachine } from '@muster/connectors'
import { isMusterError, type Observation, type ScanBatch } from '@muster/core'
import type { scanKinds } from '@muster/core/api'
import { createClient, type ServerAccess } from '../api/client.ts'

/** A batch of observations sent at once, in characters of JSON: well below what the server takes. */
const MAX_CHARS = 4 * 1024 * 1024

/** A scan on its way to the server. */
export type Upload = {
  readonly scanId: string
  add(batch: ScanBatch): Promise<void>
  finish(state: 'complete' | 'incomplete' | 'cancelled'): Promise<void>
}

/** Begins to send a scan. `signal` ends what is being sent; that it ended is still told to the server. */
export async function beginUpload(access: ServerAccess, { kind, title }: { readonly kind: (typeof scanKinds)[number]; readonly title: string }, signal: AbortSignal): Promise<Upload> {
  const client = createClient(access, signal)
  // A host scan tells in its first batch where it runs; to a scan of the network 127.0.0.1 is nobody in particular.
  const scannedFrom = kind === 'host' ? [] : (await thisMachine(signal)).identifiers
  const scan = await client.call('createImport', { body: { kind, title, options: {}, scannedFrom } })
  const params = { id: scan.id }
  let sequence = 0
  return {
    scanId: scan.id,
    add: async (batch) => {
      for (const part of partsOf(batch)) {
        const body = { sequence, batch: part }
        const send = () => client.call('addImportBatch', { params, body })
        // The server knows a repeated number, so a lost answer costs one more try.
        await send().catch((error: unknown) => {
          if (!isMusterError(error, 'server.unreachable')) throw error
          return send()
        })
        sequence++
      }
    },
    finish: async (state) => { await createClient(access, new AbortController().signal).call('finishImport', { params, body: { state } }) },
  }
}

/** The batch in parts of bounded size, in order; problems go with the first. */
export function partsOf(batch: ScanBatch, maxChars = MAX_CHARS): ScanBatch[] {
  const groups: Observation[][] = [[]]
  let chars = 0
  for (const observation of batch.observations) {
    const length = JSON.stringify(observation).length
    if (chars > 0 && chars + length > maxChars) {
      groups.push([])
      chars = 0
    }
    groups.at(-1)!.push(observation)
    chars += length
  }
  return groups.map((observations, i) => ({ ...batch, observations, problems: i === 0 ? batch.problems : [] }))
}
