import { createReadStream, writeSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { MusterError } from '@muster/core'
import { runProgram, say } from '../platform/program.ts'
import { type ChainHead, verifyChain } from './chain.ts'
import { readExport } from './export-file.ts'

const USAGE = 'usage: verify-file.ts FILE [--head SEQ:HASH] [--json]'

/** Verifies an exported audit log without a server. 0 intact, 1 broken. */
async function main(): Promise<number> {
  const { file, head, json } = readArguments()
  const result = await verifyChain(readExport(createReadStream(file), file), head)
  if (json) writeSync(1, `${JSON.stringify(result)}\n`)
  say(result.intact ? `intact: ${result.records} records, head ${result.records}:${result.headHash ?? ''}` : `broken at record ${result.brokenAtSeq ?? 1}; the ${result.records} before it are intact`)
  return result.intact ? 0 : 1
}

function readArguments(): { readonly file: string; readonly head: ChainHead | null; readonly json: boolean } {
  let parsed
  try {
    parsed = parseArgs({ options: { head: { type: 'string' }, json: { type: 'boolean' } }, allowPositionals: true })
  } catch (error) {
    throw new MusterError('usage.invalid', `${error instanceof Error ? error.message : 'bad arguments'}\n${USAGE}`)
  }
  const { values, positionals } = parsed
  const [file] = positionals
  if (file === undefined || positionals.length > 1) throw new MusterError('usage.invalid', USAGE)
  return { file, head: values.head === undefined ? null : readHead(values.head), json: values.json ?? false }
}

function readHead(text: string): ChainHead {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? []
  if (seq === undefined || hash === undefined) throw new MusterError('usage.invalid', `--head is SEQ:HASH as the export's X-Muster-Audit-Head said, not ${JSON.stringify(text.slice(0, 100))}`)
  return { seq: Number(seq), hash }
}

await runProgram(main)
