import { MusterError, secretStates } from '@muster/core'
import { defineCommand } from '../command.ts'
import { endDate } from '../end-date.ts'
import { printRows, rowOptions } from '../output.ts'
import { openBaseline, saveBaseline } from '../secrets/baseline-file.ts'
import { parseBaseline, readText } from '../secrets/baseline.ts'

const MIN_PREFIX = 8

/** `muster baseline list` */
export const baselineList = defineCommand({
  name: 'baseline list',
  summary: 'Lists what a baseline of ours says: fingerprints, rules, states and reasons. Values and places are not in it; `scan secrets --include-known` shows where they are.',
  operands: 'FILE',
  options: { state: { type: 'string', multiple: true, value: 'STATE', help: `only these: ${secretStates.join(', ')}; may be repeated` }, ...rowOptions },
  run: async ({ operands: [path, ...rest], options }, environment) => {
    if (path === undefined || rest.length > 0) throw new MusterError('usage.invalid', 'baseline list takes one file')
    const { own } = parseBaseline(await readText(path, 'baseline'), path)
    if (own === null) throw new MusterError('input.unrecognised', `${path} is another tool's baseline: \`scan secrets --baseline-path\` with --write-baseline makes one of ours of it`, { path })
    const rows = [...own.entries.values()].filter(({ state }) => options.state.length === 0 || options.state.includes(state))
    await printRows((async function* () { yield rows })(), [
      { heading: 'FINGERPRINT', cell: ({ fingerprint }) => fingerprint.slice(0, 16) },
      { heading: 'RULE', cell: ({ rule }) => rule, flexible: true },
      { heading: 'STATE', cell: ({ state }) => state },
      { heading: 'UNTIL', cell: ({ until }) => until?.slice(0, 10) ?? '' },
      { heading: 'REASON', cell: ({ reason }) => reason, flexible: true },
    ], options, environment.terminal)
  },
})

/** `muster baseline set` */
export const baselineSet = defineCommand({
  name: 'baseline set',
  summary: 'Says what values of a baseline are. A fingerprint may be cut to its first eight digits or more, where that names one value.',
  operands: 'FILE FINGERPRINT…',
  options: {
    state: { type: 'string', value: 'STATE', help: secretStates.join(', ') },
    reason: { type: 'string', value: 'TEXT', help: 'why' },
    until: { type: 'string', value: 'DATE', help: 'when an acceptance ends, e.g. 2027-01-31: the value is reported again from then on' },
    remove: { type: 'boolean', help: 'take the entries out instead: their values are reported again' },
  },
  run: async ({ operands: [path, ...prefixes], options }, environment) => {
    if (path === undefined || prefixes.length === 0) throw new MusterError('usage.invalid', 'baseline set takes a file and fingerprints')
    const state = secretStates.find((name) => name === options.state)
    if (options.remove ? options.state !== undefined : state === undefined) throw new MusterError('usage.invalid', `baseline set takes --state (${secretStates.join(', ')}) or --remove`)
    const until = endDate(options.until)
    if (until !== null && state !== 'accepted') throw new MusterError('usage.invalid', '--until ends an acceptance: it goes with --state accepted')
    await readText(path, 'baseline')
    const baseline = await openBaseline(path)
    for (const prefix of prefixes) {
      const matching = [...baseline.entries.values()].filter(({ fingerprint }) => prefix.length >= MIN_PREFIX && fingerprint.startsWith(prefix.toLowerCase()))
      const [entry] = matching
      if (entry === undefined) throw new MusterError('object.not-found', `${path} has no value ${JSON.stringify(prefix)}`)
      if (matching.length > 1) throw new MusterError('object.conflict', `${JSON.stringify(prefix)} names ${matching.length} values of ${path}`)
      if (state === undefined) baseline.entries.delete(entry.fingerprint)
      else baseline.entries.set(entry.fingerprint, { ...entry, state, reason: options.reason ?? entry.reason, until: until ?? undefined })
    }
    await saveBaseline(baseline)
    environment.terminal.say(`${prefixes.length} ${state === undefined ? 'taken out' : `now ${state}`}`)
  },
})
