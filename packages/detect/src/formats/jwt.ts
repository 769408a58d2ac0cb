import { publisherOf } from '../filters/published.ts'
import type { Format } from './input.ts'
import { jwtFacts } from './jwt-facts.ts'

const MAX_TOKENS = 20_000

/** JSON web tokens anywhere in a file, told by a header and claims that decode; the facts are in `jwtFacts`. */
export const jwtFormat: Format = {
  id: 'jwt',
  matches: (input) => input.has('eyJ'),
  extract: (input, into) => {
    const { text } = input
    const token = /eyJ[A-Za-z0-9_-]{10,16384}\.[A-Za-z0-9_-]{0,32768}\.[A-Za-z0-9_-]{0,8192}(?:\.[A-Za-z0-9_-]{0,32768}\.[A-Za-z0-9_-]{0,1024})?/y
    let count = 0
    for (let at = text.indexOf('eyJ'); at >= 0 && count < MAX_TOKENS && !into.full; count++) {
      token.lastIndex = at
      const match = /[\w-]/.test(text[at - 1] ?? ' ') ? null : token.exec(text)
      const facts = match === null ? null : jwtFacts(match[0])
      if (match !== null && facts !== null && publisherOf(match[0]) === null && !into.covers(at)) into.add('jwt', { secretType: 'jwt', value: match[0], start: at, end: at + match[0].length, literal: true, facts: { ...facts } })
      at = text.indexOf('eyJ', match === null ? at + 3 : at + Math.max(3, facts === null ? 3 : match[0].length))
    }
  },
}
