import { parseRegex } from '../regex/parse.ts'
import { type Random, sampleRegex } from '../regex/sample.ts'
import { crc32Base62 } from '../filters/structure.ts'

/**
 * An example of a rule made from its template: what stands between « and » is a pattern to draw from, or a named construction (`!checksum ghp_`,
 * `!jwt`). No example is written down in full, so that no scanner stumbles over this repository.
 */
export function drawExample(template: string, random: Random): string {
  return template.replaceAll(/«([^»]*)»/g, (_, pattern: string) => {
    if (pattern.startsWith('!checksum ')) {
      const drawn = sampleRegex(parseRegex('[A-Za-z0-9]{30}').root, random)
      return pattern.slice('!checksum '.length) + drawn + crc32Base62(drawn)
    }
    if (pattern === '!jwt') {
      const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
      return `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ iss: 'https://issuer.internal', sub: `svc-${Math.floor(random() * 1e6)}`, exp: 1_900_000_000 })}.${sampleRegex(parseRegex(String.raw`[A-Za-z0-9]{43}`).root, random)}`
    }
    return sampleRegex(parseRegex(pattern).root, random)
  })
}
