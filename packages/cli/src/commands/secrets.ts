import { MusterError, secretStates } from '@muster/core'
import { connect, serverOptions } from '../api/login.ts'
import { defineCommand } from '../command.ts'
import { endDate } from '../end-date.ts'

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const FINGERPRINT = /^[0-9a-f]{64}$/
const MAX_SELECTED = 10_000

/** `muster secrets assess` */
export const secretsAssess = defineCommand({
  name: 'secrets assess',
  summary: 'Tells the server what secrets are: confirmed, a false positive, rotated … It holds for the value wherever it turns up. - reads fingerprints or ids from standard input, one a line.',
  operands: 'FINGERPRINT|ID…|-',
  options: {
    state: { type: 'string', value: 'STATE', help: secretStates.join(', ') },
    reason: { type: 'string', value: 'TEXT', help: 'why' },
    until: { type: 'string', value: 'DATE', help: 'when an acceptance ends, at most a year from now, e.g. 2027-01-31' },
    ...serverOptions,
  },
  run: async ({ operands, options }, environment) => {
    const state = secretStates.find((name) => name === options.state)
    if (state === undefined) throw new MusterError('usage.invalid', options.state === undefined ? `secrets assess needs --state: ${secretStates.join(', ')}` : `--state takes ${secretStates.join(', ')}, not ${JSON.stringify(options.state)}`)
    const until = endDate(options.until)
    if (state === 'accepted' && until === null) throw new MusterError('usage.invalid', 'an acceptance has to end: give --until DATE')
    const words = (operands.includes('-') ? [...operands.filter((word) => word !== '-'), ...new TextDecoder().decode(await environment.readStdin()).split(/\s+/)] : operands)
      .filter((word) => word !== '').map((word) => word.toLowerCase())
    const strange = words.find((word) => !UUID.test(word) && !FINGERPRINT.test(word))
    if (strange !== undefined) throw new MusterError('usage.invalid', `${JSON.stringify(strange)} is neither a whole fingerprint nor an id`)
    if (words.length === 0) throw new MusterError('usage.invalid', 'secrets assess needs a fingerprint or an id')
    const client = await connect(options, environment)
    let changed = 0
    for (const [name, all] of [['ids', words.filter((word) => UUID.test(word))], ['fingerprints', words.filter((word) => FINGERPRINT.test(word))]] as const) {
      for (let from = 0; from < all.length; from += MAX_SELECTED) {
        const select = name === 'ids' ? { ids: all.slice(from, from + MAX_SELECTED) } : { fingerprints: all.slice(from, from + MAX_SELECTED) }
        changed += (await client.call('assessSecrets', { body: { select, state, reason: options.reason ?? '', until } })).changed
      }
    }
    environment.terminal.say(`${changed} of ${words.length} are now ${state}`)
  },
})
