import { readFile } from 'node:fs/promises'
import { parseTargetsFile, sshConnector, tlsConnector } from '@muster/connectors'
import { type Connector, MusterError } from '@muster/core'
import { type Command, defineCommand } from '../command.ts'
import { wholeNumber } from '../output.ts'
import { scanOptions } from '../scan/command-options.ts'
import { executeScan } from '../scan/execute.ts'

/** `muster scan tls` */
export const scanTls = networkScan('tls', tlsConnector, 'Reads the certificates and TLS settings of endpoints: host, host:port, host:port@sni, smtp://host, address ranges, CIDR blocks.')
/** `muster scan ssh` */
export const scanSsh = networkScan('ssh', sshConnector, 'Reads the host keys and algorithms of SSH servers: host, host:port, address ranges, CIDR blocks.')

function networkScan<Options>(kind: 'tls' | 'ssh', connector: Connector<Options>, summary: string): Command {
  return defineCommand({
    name: `scan ${kind}`,
    summary,
    operands: 'TARGET…',
    options: {
      targets: { type: 'string', value: 'FILE', help: 'more targets from a file, one a line, # begins a comment; - is standard input' },
      ports: { type: 'string', value: 'PORTS', help: 'ports for targets that name none, e.g. 443,8443,9000-9100' },
      exclude: { type: 'string', multiple: true, value: 'TARGET', help: 'leave these out; may be repeated' },
      sni: { type: 'string', multiple: true, value: 'NAME', help: 'also ask every endpoint for this name; may be repeated' },
      profile: { type: 'boolean', help: 'enumerate versions, cipher suites and key-exchange groups as well' },
      rate: { type: 'string', value: 'N', help: 'connections per second at most' },
      concurrency: { type: 'string', value: 'N', help: 'connections at a time at most' },
      'timeout-ms': { type: 'string', value: 'N', help: 'milliseconds to wait for an endpoint' },
      ...scanOptions,
    },
    run: async ({ operands, options }, environment) => {
      const listed = options.targets === undefined ? '' : options.targets === '-' ? new TextDecoder().decode(await environment.readStdin()) : await readTargets(options.targets)
      const targets = [...operands, ...targetsIn(listed, options.targets ?? '')]
      if (targets.length === 0) throw new MusterError('usage.invalid', `scan ${kind} needs a target`)
      const input = {
        targets, exclude: options.exclude, ...(kind === 'tls' ? { sni: options.sni, depth: options.profile ? 'profile' : 'certificates' } : {}),
        ...(options.ports === undefined ? {} : { ports: options.ports }),
        ...(options.rate === undefined ? {} : { ratePerSecond: wholeNumber('rate', options.rate, 0) }),
        ...(options.concurrency === undefined ? {} : { concurrency: wholeNumber('concurrency', options.concurrency, 0) }),
        ...(options['timeout-ms'] === undefined ? {} : { timeoutMs: wholeNumber('timeout-ms', options['timeout-ms'], 0) }),
      }
      const title = `${kind} ${targets.slice(0, 3).join(' ')}${targets.length > 3 ? ` and ${targets.length - 3} more` : ''}`
      return executeScan({ kind, title: title.slice(0, 200), named: [], connector, input, passphrases: [] }, options, environment)
    },
  })
}

const MAX_LINES_TOLD = 20

/** All lines that are no targets are told at once: a scan of half a list looks like a scan. */
function targetsIn(text: string, file: string): readonly string[] {
  const { targets, problems } = parseTargetsFile(text)
  if (problems.length === 0) return targets
  const told = problems.slice(0, MAX_LINES_TOLD).map(({ line, message }) => `${file === '-' ? 'standard input' : file}:${line}: ${message}`)
  throw new MusterError('target.invalid', [...told, ...(problems.length > told.length ? [`and ${problems.length - told.length} more`] : [])].join('\n'))
}

async function readTargets(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new MusterError('file.unreadable', `cannot read the targets in ${path}`, { path }, { cause: error })
  }
}
