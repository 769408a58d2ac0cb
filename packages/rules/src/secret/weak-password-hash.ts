import type { Severity } from '@muster/core'
import { listPlaces } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { liveSecret, placeWithin } from '../secret-facts.ts'
import { NHI4, sources } from '../sources.ts'

/** Schemes by what a rented graphics card makes of them: tried at billions a second, or at millions. */
const broken: Readonly<Record<string, Severity>> = {
  plaintext: 'high', 'des-crypt': 'high', 'bsdi-crypt': 'medium', 'nt-hash': 'high', 'sha1-unsalted': 'high', 'digest-md5': 'high', sha256: 'high',
  'md5-crypt': 'medium', 'apache-md5': 'medium', 'sun-md5': 'medium', 'sha1-salted': 'medium', 'sha1-crypt': 'low',
}

export const weakPasswordHash: CredentialRule = {
  id: 'secret.weak-password-hash',
  title: 'Password kept with a hash that no longer protects it',
  severity: 'medium',
  object: 'credential',
  meaning: 'Whoever reads the file guesses the password in minutes to days: the scheme is unsalted, of one round, or made for the machines of the 1990s.',
  remedy: 'Set the password again under yescrypt, Argon2 or bcrypt, and switch the program that writes the file to it.',
  sources: [NHI4, sources.cwe(916), sources.sp800_63b],
  check(subject) {
    const secret = liveSecret(subject)
    const kind = secret?.facts['hashKind']
    if (secret === null || kind === undefined || secret.facts['locked'] === 'true') return null
    const severity = broken[kind]
    if (severity === undefined) return null
    const places = subject.locations.map(placeWithin)
    return { severity, evidence: `${kind}${secret.facts['user'] === undefined ? '' : ` of ${secret.facts['user']}`} at ${listPlaces(places)}`, places: places.slice(0, 50) }
  },
}
