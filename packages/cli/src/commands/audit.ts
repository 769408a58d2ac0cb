import { connect, serverOptions } from '../api/login.ts'
import { defineCommand } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { onServer } from './server-side.ts'

/** `muster audit verify` */
export const auditVerify = defineCommand({
  name: 'audit verify',
  summary: 'Verifies the hash chain of the audit log: on the server, or of an exported file without one. Exits with 1 when it is broken.',
  options: {
    file: { type: 'string', value: 'FILE', help: 'an exported audit log (NDJSON)' },
    head: { type: 'string', value: 'SEQ:HASH', help: 'the head noted at export, to notice records cut off the end' },
    json: { type: 'boolean', help: 'one JSON document' },
    ...serverOptions,
  },
  run: async ({ options }, environment) => {
    if (options.file !== undefined) {
      return onServer('audit/verify-file.ts', [options.file, ...(options.head === undefined ? [] : ['--head', options.head]), ...(options.json ? ['--json'] : [])])
    }
    const result = await (await connect(options, environment)).call('verifyAudit', {})
    if (options.json) await environment.terminal.out(`${JSON.stringify(result)}\n`)
    environment.terminal.say(result.intact ? `intact: ${result.records} records` : `broken at ${result.brokenAtSeq === null ? 'the head' : `record ${result.brokenAtSeq}`}`)
    return result.intact ? exitCodes.ok : exitCodes.found
  },
})
