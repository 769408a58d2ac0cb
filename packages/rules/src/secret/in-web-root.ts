import { listPlaces } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { linesOf, liveSecret, placeWithin, severityAt } from '../secret-facts.ts'
import { NHI2, sources } from '../sources.ts'

/** What a web server runs instead of handing it out, as long as its interpreter works. */
const executed = /\.(?:php\d?|phtml|jspx?|aspx?|ashx|cgi|cfm)$/i

export const secretInWebRoot: CredentialRule = {
  id: 'secret.in-web-root',
  title: 'Secret in a directory served to the web',
  severity: 'critical',
  object: 'credential',
  meaning: 'Everybody who guesses the file’s name can download it. Scanners on the internet ask for `.env`, backups and editor copies all day.',
  remedy: 'Move the file out of the document root now, and rotate the secret: assume that it was read.',
  sources: [NHI2, sources.cwe(538)],
  check(subject) {
    const secret = liveSecret(subject)
    const places = linesOf(subject, 'file-line').filter(({ location }) => location.inWebRoot && !executed.test(location.path))
    if (secret === null || places.length === 0) return null
    const named = places.map(placeWithin)
    // The most public of places: one level worse than elsewhere.
    return { severity: severityAt(secret, places, -1), evidence: `served at ${listPlaces(named)}`, places: named.slice(0, 50) }
  },
}
