import type { Format } from './input.ts'
import { propertyPairs } from './pairs.ts'
import { addSetting, safeFact } from './settings.ts'

/** Bundles of texts for people, in one language each. */
const isTranslation = (name: string): boolean => /^(?:messages?|labels?|strings?|texts?|translations?|i18n|l10n|lang|language|validationmessages|resources?)(?:[._-].*)?\.properties$|_[a-z]{2,3}(?:_[a-z]{2,4})?\.properties$/.test(name)

/** Java properties: Spring, Hibernate, Kafka, Gradle and others; `${…}`, `ENC(…)` and `{cipher}` values are references. */
export const javaPropertiesFormat: Format = {
  id: 'java-properties',
  matches: (input) => (input.extension === 'properties' || input.extension === 'jks-config') && input.bytes.length <= 4_000_000 && !isTranslation(input.name),
  extract: (input, into) => {
    const pairs = propertyPairs(input.text)
    const byKey = new Map(pairs.map((pair) => [pair.key.toLowerCase(), pair.text]))
    for (const pair of pairs) {
      const prefix = pair.key.slice(0, pair.key.lastIndexOf('.') + 1).toLowerCase()
      const host = safeFact(byKey.get(`${prefix}url`) ?? byKey.get(`${prefix}host`) ?? byKey.get(`${prefix}jdbc-url`) ?? null)
      const user = safeFact(byKey.get(`${prefix}username`) ?? byKey.get(`${prefix}user`) ?? null)
      if (pair.key.endsWith('sasl.jaas.config')) {
        const login = /\bpassword\s{0,8}=\s{0,8}"([^"]{1,1024})"/.exec(pair.text)
        const at = login === null ? -1 : input.text.indexOf(login[1]!, pair.start)
        if (login !== null && at >= 0 && at < pair.end) into.add('java-properties', { secretType: 'password', value: login[1]!, start: at, end: at + login[1]!.length, facts: { name: pair.key, user: /\busername\s{0,8}=\s{0,8}"([^"]{1,256})"/.exec(pair.text)?.[1] } })
      } else addSetting(into, 'java-properties', pair.key, pair, { user, host })
    }
  },
}
