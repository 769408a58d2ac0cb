import { Readable } from 'node:stream'
import { MusterError } from '@muster/core'
import { connect, serverOptions } from '../api/login.ts'
import { defineCommand } from '../command.ts'
import { writeOutput } from '../output.ts'

const formats = ['csv', 'json', 'ndjson', 'cbom-1.7', 'cbom-1.6'] as const

/** `muster export` */
export const exportCommand = defineCommand({
  name: 'export',
  summary: "Writes the server's whole inventory as a file: CSV, JSON, NDJSON, or a CycloneDX cryptography bill of materials (`cbom` is 1.7).",
  options: {
    format: { type: 'string', value: 'FORMAT', help: `${formats.join(', ')} (default json)` },
    output: { type: 'string', short: 'o', value: 'FILE', help: 'write there instead of to standard output' },
    json: { type: 'boolean', help: 'the same as --format json' },
    'trust-store': { type: 'boolean', help: 'public trust anchors of the systems as well' },
    ...serverOptions,
  },
  run: async ({ options }, environment) => {
    const wanted = options.json ? 'json' : options.format === 'cbom' ? 'cbom-1.7' : (options.format ?? 'json')
    const format = formats.find((name) => name === wanted)
    if (format === undefined) throw new MusterError('usage.invalid', `--format takes ${formats.join(', ')}, not ${JSON.stringify(wanted)}`)
    const client = await connect(options, environment)
    const body = await client.stream('exportCredentials', { query: { format, trustStore: String(options['trust-store']) } as never })
    if (options.output !== undefined) {
      await writeOutput(options.output, Readable.fromWeb(body as never) as AsyncIterable<Uint8Array>)
      return
    }
    const decoder = new TextDecoder()
    for await (const chunk of Readable.fromWeb(body as never) as AsyncIterable<Uint8Array>) await environment.terminal.out(decoder.decode(chunk, { stream: true }))
  },
})
