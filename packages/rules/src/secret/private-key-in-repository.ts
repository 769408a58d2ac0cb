import { listPlaces, privateKeysOf } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { placeWithin } from '../secret-facts.ts'
import { NHI2, sources } from '../sources.ts'

export const privateKeyInRepository: CredentialRule = {
  id: 'secret.private-key-in-repository',
  title: 'Private key in a repository',
  severity: 'high',
  object: 'credential',
  meaning: 'Every clone has the key. Whatever trusts its public half (servers, certificates, signatures) trusts everybody who ever could read the repository.',
  remedy: 'Make a new key where it is used, replace its public half and its certificates, revoke the old ones, and keep keys out of the repository.',
  sources: [NHI2, sources.cwe(321), sources.sp1800_16],
  check(subject) {
    const keys = privateKeysOf(subject).filter(({ location }) => location.kind === 'repository-line')
    if (keys.length === 0) return null
    const named = keys.map(placeWithin)
    const example = keys.every(({ location }) => location.kind === 'repository-line' && location.pathClass !== 'other')
    const certified = subject.sameKey.filter(({ kind }) => kind === 'certificate' || kind === 'ssh-certificate')
    // A key that something in use trusts is no example wherever it lies.
    const inUse = certified.length > 0 || subject.locations.some((at) => at.location.kind === 'authorized-key' || at.location.kind === 'endpoint' || at.location.kind === 'file')
    const evidence = `at ${listPlaces(named)}${certified.length > 0 ? `; its certificates: ${certified.slice(0, 3).map(({ name }) => name).join(', ')}` : ''}`
    return { severity: inUse ? 'critical' : example ? 'low' : 'high', evidence, places: named.slice(0, 50) }
  },
}
