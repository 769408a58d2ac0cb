import { basicAuthOf } from './docker-config.ts'
import type { Format } from './input.ts'
import { iniPairs } from './pairs.ts'

const id = 'npmrc'

/** npm's and Yarn's registry logins: `//host/:_authToken`, `_auth` (base64 of user and password), `_password` (base64). */
export const npmrcFormat: Format = {
  id,
  matches: (input) => /^\.?(?:npmrc|yarnrc)(?:$|\.(?!json))/.test(input.name) || input.name.endsWith('.npmrc'),
  extract: (input, into) => {
    const pairs = iniPairs(input.text)
    const yaml = input.extension === 'yml'
    const users = new Map(pairs.flatMap((pair) => {
      const match = /^(.*?):?_?username$/.exec(pair.key)
      return match === null ? [] : [[match[1]!, pair.text] as const]
    }))
    for (const pair of pairs) {
      const match = /^(?:(\/\/[^\s]{1,512}?)\/?:)?_?(authToken|auth|password|npmAuthToken|npmAuthIdent)$/.exec(pair.key)
      if (match === null || (match[1] === undefined && yaml && !match[2]!.startsWith('npmAuth'))) continue
      const host = match[1] === undefined ? null : match[1].replace(/^\/\//, '')
      const range = { start: pair.start, end: pair.end }
      const user = users.get(match[1] === undefined ? '' : `${match[1]}/`) ?? users.get(match[1] ?? '')
      if (match[2] === 'authToken' || match[2] === 'npmAuthToken') {
        into.add(id, { secretType: 'npm-token', value: pair.text, ...range, facts: { host, user } })
        continue
      }
      const decoded = match[2] === 'auth' || match[2] === 'npmAuthIdent' ? basicAuthOf(pair.text) : null
      const password = match[2] === 'password' && /^[A-Za-z0-9+/]{4,}={0,2}$/.test(pair.text) ? Buffer.from(pair.text, 'base64').toString('latin1') : null
      into.add(id, { secretType: 'registry-password', value: decoded?.password ?? password ?? pair.text, ...range, facts: { host, user: decoded?.user ?? user } })
    }
  },
}
