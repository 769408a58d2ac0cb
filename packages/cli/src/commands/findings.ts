import { MusterError, severities, type Severity, severityRank } from '@muster/core'
import { connect, serverOptions } from '../api/login.ts'
import { defineCommand } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { followPages, printRows, rowOptions, wholeNumber } from '../output.ts'
import { paintSeverity } from '../terminal/table.ts'
import { filterOptions, listOfWords } from './filter-options.ts'

/** `muster findings` */
export const findings = defineCommand({
  name: 'findings',
  summary: "Lists the server's findings by filter, worst first.",
  operands: '[TEXT]',
  options: {
    state: { type: 'string', multiple: true, value: 'STATE', help: 'open (default), accepted, closed; may be repeated' },
    'fail-on': { type: 'string', value: 'SEVERITY', help: 'exit with 1 when a listed finding is at least this bad' },
    ...filterOptions, ...rowOptions, ...serverOptions,
  },
  run: async ({ operands, options }, environment) => {
    const threshold = severities.find((name) => name === options['fail-on'])
    if (options['fail-on'] !== undefined && threshold === undefined) throw new MusterError('usage.invalid', `--fail-on takes ${severities.join(', ')}`)
    const client = await connect(options, environment)
    const query = { q: operands.join(' ') || undefined, state: listOfWords(options.state), severity: listOfWords(options.severity), rule: options.rule, owner: options.owner }
    let worst: Severity | null = null
    const pages = followPages(async (cursor, limit) => {
      const page = await client.call('listFindings', { query: { ...query, cursor, limit } as never })
      for (const { severity } of page.items) if (worst === null || severityRank(severity) < severityRank(worst)) worst = severity
      return page
    }, wholeNumber('limit', options.limit, 1000))
    const { colours } = environment.terminal
    await printRows(pages, [
      { heading: 'SEVERITY', cell: (row) => row.severity, paint: (text, row) => (colours ? paintSeverity(text, row.severity) : text) },
      { heading: 'RULE', cell: (row) => row.ruleId },
      { heading: 'OBJECT', cell: (row) => row.objectName, flexible: true },
      { heading: 'EVIDENCE', cell: (row) => row.evidence, flexible: true },
      { heading: 'OWNER', cell: (row) => row.owner ?? '' },
    ], options, environment.terminal)
    return threshold !== undefined && worst !== null && severityRank(worst) <= severityRank(threshold) ? exitCodes.found : exitCodes.ok
  },
})
