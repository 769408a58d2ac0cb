import { awsKeyFacts } from './aws.ts'
import type { Format } from './input.ts'
import { envPairs } from './pairs.ts'
import { addSetting } from './settings.ts'

const id = 'dotenv'

/** A module of a program about its environment. */
const program = /\.(?:[cm]?[jt]sx?|py|rs|go|rb|java|kt|php|c|h|cpp|cs|exs?|md|html?|vue)$/

/** `.env` files and environment files of services. */
export const dotenvFormat: Format = {
  id,
  matches: (input) => !program.test(input.name) && (/^\.?env(?:$|[._-])|\.env(?:$|\.)|^\.(?:envrc|flaskenv|dev\.vars)$|^environment$/.test(input.name) || (input.extension === '' && /(?:^|\/)(?:default|sysconfig|conf\.d)\/[^/]+$/.test(input.path))),
  extract: (input, into) => {
    const pairs = envPairs(input.text)
    const keyId = pairs.find((pair) => /(?:^|_)AWS_ACCESS_KEY_ID$/.test(pair.key))?.text
    for (const pair of pairs) {
      if (pair.key.endsWith('AWS_SECRET_ACCESS_KEY')) into.add(id, { secretType: 'aws-secret-access-key', value: pair.text, start: pair.start, end: pair.end, facts: { name: pair.key, ...awsKeyFacts(keyId) } })
      else addSetting(into, id, pair.key, pair)
    }
  },
}
