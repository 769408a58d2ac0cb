import { daysLeft, secretStates } from '@muster/core'
import type { CredentialRow } from '@muster/core/api'
import { connect, serverOptions } from '../api/login.ts'
import { defineCommand } from '../command.ts'
import { followPages, printRows, rowOptions, wholeNumber } from '../output.ts'
import { paintSeverity } from '../terminal/table.ts'
import { filterOptions, listOfWords } from './filter-options.ts'

/** `muster inventory` */
export const inventory = defineCommand({
  name: 'inventory',
  summary: "Lists the server's credentials by filter.",
  operands: '[TEXT]',
  options: {
    kind: { type: 'string', multiple: true, value: 'KIND', help: 'certificate, private-key, ssh-key, ssh-certificate, pgp-key, certificate-request, crl, secret' },
    'secret-state': { type: 'string', multiple: true, value: 'STATE', help: `secrets in these states: ${secretStates.join(', ')}` },
    'secret-type': { type: 'string', multiple: true, value: 'TYPE', help: 'secrets of these types, e.g. aws-secret-access-key' },
    'expires-within': { type: 'string', value: 'DAYS', help: 'only what expires within so many days' },
    gone: { type: 'boolean', help: 'only what is no longer anywhere' },
    'trust-store': { type: 'boolean', help: 'public trust anchors of the systems as well' },
    sort: { type: 'string', value: 'KEY', help: 'name, notAfter (default), lastSeen, firstSeen, severity' },
    descending: { type: 'boolean', help: 'reverse the order' },
    ...filterOptions, ...rowOptions, ...serverOptions,
  },
  run: async ({ operands, options }, environment) => {
    const client = await connect(options, environment)
    const now = environment.clock.now()
    const within = options['expires-within'] === undefined ? undefined : wholeNumber('expires-within', options['expires-within'], 0)
    const query = {
      q: operands.join(' ') || undefined, kind: listOfWords(options.kind), secretState: listOfWords(options['secret-state']), secretType: listOfWords(options['secret-type']), severity: listOfWords(options.severity), owner: options.owner, rule: options.rule,
      presence: options.gone ? 'gone' : 'present', trustStore: String(options['trust-store']),
      expiresBefore: within === undefined ? undefined : new Date(now.getTime() + within * 86_400_000).toISOString(),
      sort: options.sort ?? 'notAfter', order: options.descending ? 'desc' : 'asc',
    }
    const pages = followPages((cursor, limit) => client.call('listCredentials', { query: { ...query, cursor, limit } as never }), wholeNumber('limit', options.limit, 1000))
    const { colours } = environment.terminal
    await printRows(pages, [
      { heading: 'KIND', cell: (row) => row.kind },
      { heading: 'NAME', cell: (row) => row.name, flexible: true },
      { heading: 'EXPIRES', cell: (row) => (row.notAfter === null ? '' : `${daysLeft(new Date(row.notAfter), now)} d`) },
      ...options['secret-state'].length > 0 || options.kind.includes('secret') ? [{ heading: 'STATE', cell: (row: CredentialRow) => row.secretState ?? '' }] : [],
      { heading: 'WORST', cell: (row) => row.worstSeverity ?? '', paint: (text, row) => (colours && row.worstSeverity !== null ? paintSeverity(text, row.worstSeverity) : text) },
      { heading: 'PLACES', cell: (row) => String(row.locationCount) },
      { heading: 'OWNER', cell: (row) => row.labels.owner ?? '', flexible: true },
      { heading: 'FINGERPRINT', cell: (row) => row.sshFingerprint ?? row.fingerprint.slice(0, 16) },
    ], options, environment.terminal)
  },
})
