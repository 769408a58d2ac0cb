import type { Credential, Location } from '@muster/core'
import type { CredentialDetail, CredentialRow, LocationRow } from '@muster/core/api'
import { describe, expect, it } from 'vitest'
import { reachOf } from './reach.ts'

const at = '2026-11-01T12:00:00.000Z'
const row = (more: Partial<CredentialRow> = {}): CredentialRow => ({
  id: 'c1', kind: 'secret', fingerprint: '', spkiSha256: null, sshFingerprint: null, name: 'database-password shop@db', issuer: null, algorithm: null, keySizeBits: null, curve: null, notBefore: null, notAfter: null, state: 'active',
  secretState: 'new', secretType: 'database-password', trustStoreOnly: false, labels: { owner: null, criticality: null, environment: null, purpose: null }, locationCount: 1, machineCount: 1, place: { machine: 'web-1', place: '/etc/app' },
  worstSeverity: null, findingCount: 0, firstSeen: at, lastSeen: at, goneAt: null, ...more,
})
const secret = (facts: Record<string, string>): Credential => ({ kind: 'secret', fingerprint: '', spkiSha256: null, secretType: 'database-password', facts, notAfter: null, valueKnown: true })
const detail = (more: Partial<CredentialDetail> = {}): CredentialDetail => ({ row: row(), credential: secret({}), assessment: null, chain: [], related: [], accounts: [], consumers: [], ...more })
const line: Location = { kind: 'repository-line', part: 'value', path: 'deploy/.pgpass', line: 1, ruleId: 'pgpass', pathClass: 'other', decoders: [], context: '', presence: 'head', commit: null, blob: null, codeOwners: [] } as unknown as Location
const place = (id: string, machineId: string, location: Location, more: Partial<LocationRow> = {}): LocationRow => ({ id, credentialId: 'c1', machineId, machineName: `name of ${machineId}`, place: 'deploy/.pgpass', location, firstSeen: at, lastSeen: at, goneAt: null, ...more })
const beyond = (of: CredentialDetail) => reachOf(of, []).beyond.map(({ role, name, note }) => [role, name, note].filter((part) => part !== '').join(' | '))
const account = (name: string, machine: number, system: string | null = null) => ({ name, system, machineId: `m${machine}`, machineName: `web-${machine}`, source: '' })

describe('places of a credential', () => {
  it('stand by machine or source, what is only in history marked and first, gone ones left out', () => {
    const history = { ...line, presence: 'history', commit: { id: 'abc', authorName: 'Ann Berg', authorEmail: '', committedAt: at } } as unknown as Location
    const { places, more } = reachOf(detail({ row: row({ machineCount: 3 }) }), [place('1', 'a', line), place('2', 'a', line), place('3', 'b', history), place('4', 'c', line, { goneAt: at })], false)
    expect(places.map(({ name, note, tone }) => [name, note, tone])).toEqual([
      ['name of b', 'deploy/.pgpass · only in history · by Ann Berg', 'warn'],
      ['name of a', 'deploy/.pgpass +1', 'plain'],
    ])
    expect(more).toBe(1)
  })

  it('are six at most; the rest is counted', () => {
    const { places, more } = reachOf(detail({ row: row({ machineCount: 400 }) }), Array.from({ length: 50 }, (_, n) => place(`${n}`, `m${n}`, line)), false)
    expect([places.length, more]).toEqual([6, 394])
  })

  it('are not the lists that only name a key', () => {
    const listed = { kind: 'authorized-key', part: 'public-key' } as unknown as Location
    const held = { kind: 'file', part: 'private-key', inWebRoot: true } as unknown as Location
    expect(reachOf(detail({ row: row({ machineCount: 3 }) }), [place('1', 'a', listed), place('2', 'b', listed), place('3', 'c', held)])).toMatchObject({ places: [{ name: 'name of c', tone: 'bad' }], more: 0 })
  })
})

describe('what a credential leads to', () => {
  it('is what a secret’s facts tell, and an owner, or that there is none', () => {
    expect(beyond(detail({ credential: secret({ user: 'shop', host: 'db.example.org', port: '5432', database: 'orders' }) }))).toEqual(['Opens | db.example.org:5432 | as shop, database orders', 'Owner | Nobody yet'])
    expect(beyond(detail({ credential: secret({ keyId: 'k1' }), row: row({ labels: { owner: 'Platform', criticality: 'high', environment: 'production', purpose: null } }) }))).toEqual(['Opens what is of | k1', 'Owner | Platform | high criticality, production'])
    expect(beyond(detail({ credential: secret({ region: 'eu' }) }))).toEqual(['Owner | Nobody yet'])
  })

  it('is each account once, however many machines have it', () => {
    expect(beyond(detail({ accounts: [account('root', 1), account('root', 2), account('root', 3), account('deploy', 1)] }))).toEqual(['Lets in as | root | on web-1 and 2 others', 'Lets in as | deploy | on web-1', 'Owner | Nobody yet'])
    expect(beyond(detail({ accounts: [1, 2, 3, 4, 5].map((n) => account(`u${n}`, n)) })).slice(0, 3)).toEqual(['Lets in as | u1 | on web-1', 'Lets in as | u2 | on web-2', 'Lets in as | 3 more accounts'])
  })

  it('is the key of a certificate, and who renews and uses the credential', () => {
    const related: CredentialDetail['related'] = [{ tie: 'same-key', credential: row({ id: 'k', kind: 'private-key', name: 'shop.key', machineCount: 2 }) }]
    const consumers: CredentialDetail['consumers'] = [{ does: 'renews', of: 'identity', name: 'shop/Certificate/web', machineId: 'c', machineName: 'prod', source: 'shop/Certificate/web by Issuer/ca into web-tls', lastSeen: at }, { does: 'uses', of: 'machine', name: 'shop', machineId: 'm', machineName: 'shop', source: '.github/workflows/ship.yml', lastSeen: at }]
    expect(beyond(detail({ related, consumers }))).toEqual(['Private key | shop.key | on web-1 and 1 other', 'Renewed by | shop/Certificate/web | account on prod', 'Used by | shop | .github/workflows/ship.yml', 'Owner | Nobody yet'])
  })
})
