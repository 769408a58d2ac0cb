import { resolve } from 'node:path'
import { hostConnector } from '@muster/connectors'
import { defineCommand } from '../command.ts'
import { scanOptions } from '../scan/command-options.ts'
import { executeScan } from '../scan/execute.ts'
import { readPassphrases } from '../scan/passphrases.ts'

/** `muster scan host` */
export const scanHost = defineCommand({
  name: 'scan host',
  summary: 'Finds certificates, keys, keystores, SSH material and listening endpoints on this machine. Without PATH the usual places are walked.',
  operands: '[PATH…]',
  options: {
    exclude: { type: 'string', multiple: true, value: 'PATH', help: 'leave this path out; may be repeated' },
    passphrases: { type: 'string', value: 'FILE', help: 'passphrases to try on keystores and encrypted keys, one a line' },
    'no-sockets': { type: 'boolean', help: 'do not look at listening sockets' },
    ...scanOptions,
  },
  run: async ({ operands, options }, environment) => {
    const roots = operands.map((path) => resolve(path))
    // Paths named by hand are what the user asks about: not the sockets of the whole machine besides.
    const sockets = roots.length === 0 && !options['no-sockets']
    const input = { ...(roots.length === 0 ? {} : { roots }), exclude: options.exclude.map((path) => resolve(path)), sockets }
    const title = roots.length === 0 ? 'host' : `host ${roots.join(' ')}`
    return executeScan({ kind: 'host', title: title.slice(0, 200), named: roots, connector: hostConnector, input, passphrases: await readPassphrases(options.passphrases) }, options, environment)
  },
})
