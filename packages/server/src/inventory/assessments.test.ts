import { DAY_MS, type Observation, type TenantId } from '@muster/core'
import type { assessSecretsSchema, CredentialDetail, CredentialRow, HistoryEntry, Overview } from '@muster/core/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { pipelineServer, type PipelineServer } from '../test-support/pipeline.ts'
import { coveredPath, inRepository, sampleKey, sampleSecret, sampleSource, sighting } from './samples.ts'

let server: PipelineServer
let operator: string
let viewer: string

beforeAll(async () => {
  server = await pipelineServer()
  operator = await server.token('operator')
  viewer = await server.token('viewer')
})
afterAll(() => server?.close())

const source = sampleSource('git.example.com/shop')
const covered = coveredPath(source.ref, '', [], true, ['keys', 'secrets'])
const secrets = ['a', 'b', 'c'].map((seed) => sampleSecret(seed, { facts: { user: `app-${seed}`, host: 'db.internal' } }))
const places: Observation[] = secrets.map((secret, i) => sighting(source.ref, secret, inRepository(`config/${i}.yml`)))
const see = async (observations: readonly Observation[]) => {
  server.clock.advance(60_000)
  await server.see([source, ...observations, covered])
}
const rows = async (query: string) => (await server.json<{ items: CredentialRow[] }>('GET', `/api/v1/credentials?${query}`, viewer)).body.items
const states = async () => Object.fromEntries((await rows('kind=secret&presence=all&sort=name')).map((row) => [row.name.split(/[- @]/)[3], row.secretState]))
const idOf = async (seed: string) => (await rows(`q=app-${seed}&presence=all`))[0]!.id
const assess = (body: z.input<typeof assessSecretsSchema>, token = operator) => server.json<{ changed: number; code?: string }>('POST', '/api/v1/secrets/assess', token, body)

describe('what people say of secrets', () => {
  it('a secret found is new, and is named and searched by type, account, host and place', async () => {
    await see(places)
    expect(await rows('q=app-b')).toMatchObject([{ name: 'database-password app-b@db.internal', secretType: 'database-password', secretState: 'new', spkiSha256: null, place: { machine: source.name, place: 'config/1.yml' } }])
    for (const q of ['database-password app-b', 'db.internal 1.yml app-b']) expect(await rows(`q=${encodeURIComponent(q)}`)).toHaveLength(1)
    expect(await rows('kind=private-key')).toEqual([])
  })

  it('holds by ids, with who, when and why, in history and audit', async () => {
    const id = await idOf('a')
    expect((await assess({ select: { ids: [id] }, state: 'confirmed', reason: 'seen in the ticket' })).body).toEqual({ changed: 1 })
    const { body } = await server.json<CredentialDetail>('GET', `/api/v1/credentials/${id}`, viewer)
    expect(body).toMatchObject({ row: { secretState: 'confirmed' }, assessment: { state: 'confirmed', reason: 'seen in the ticket', by: 'test operator', until: null } })
    const { body: history } = await server.json<{ items: HistoryEntry[] }>('GET', `/api/v1/credentials/${id}/history`, viewer)
    expect(history.items).toContainEqual(expect.objectContaining({ event: 'state-changed', summary: 'confirmed, says test operator: seen in the ticket' }))
    const audit = await server.json<{ items: { objectId: string; detail: object }[] }>('GET', '/api/v1/audit?action=secrets.assessed', await server.token('administrator'))
    expect(audit.body.items).toMatchObject([{ objectId: id, detail: { state: 'confirmed', count: 1, known: 1 } }])
  })

  it('holds by a filter for secrets alone, page after page', async () => {
    await see([...places, sighting(source.ref, sampleKey('k'), inRepository('id.pem', { part: 'private-key' }))])
    expect((await assess({ select: { filter: { secretState: ['new'] } }, state: 'test-value' })).body).toEqual({ changed: 2 })
    expect(await states()).toEqual({ a: 'confirmed', b: 'test-value', c: 'test-value' })
    expect(await rows('kind=private-key')).toMatchObject([{ secretState: null, secretType: null }])
    expect((await assess({ select: { ids: [(await rows('kind=private-key'))[0]!.id] }, state: 'revoked' })).body).toEqual({ changed: 0 })
  })

  it('holds for a fingerprint nobody has found yet', async () => {
    const later = sampleSecret('later', { facts: { user: 'app-later' } })
    expect((await assess({ select: { fingerprints: [later.fingerprint] }, state: 'false-positive', reason: 'from a baseline' })).body).toEqual({ changed: 1 })
    await see([...places, sighting(source.ref, later, inRepository('later.env'))])
    expect(await rows('q=app-later')).toMatchObject([{ secretState: 'false-positive' }])
  })

  it('survives that the value goes and comes back', async () => {
    const id = await idOf('a')
    await see(places.slice(1))
    expect(await rows('q=app-a')).toEqual([])
    expect(await rows('q=app-a&presence=gone')).toMatchObject([{ id, secretState: 'confirmed' }])
    await see(places)
    expect(await rows('q=app-a')).toMatchObject([{ id, secretState: 'confirmed' }])
  })

  it('an acceptance needs an end within a year, and is new again when it has passed', async () => {
    const id = await idOf('b')
    const until = (days: number) => new Date(server.clock.now().getTime() + days * DAY_MS).toISOString()
    for (const end of [null, until(0), until(366.1)]) expect((await assess({ select: { ids: [id] }, state: 'accepted', until: end })).body.code).toBe('request.invalid')
    expect((await assess({ select: { ids: [id] }, state: 'rotated', until: until(1) })).body.code).toBe('request.invalid')
    expect((await assess({ select: { ids: [id] }, state: 'accepted', reason: 'moves to the vault', until: until(2) })).status).toBe(200)
    server.clock.advance(2 * DAY_MS - 1)
    await server.runJob('inventory.end-secret-acceptances')
    expect(await rows('q=app-b')).toMatchObject([{ secretState: 'accepted' }])
    server.clock.advance(1)
    await server.runJob('inventory.end-secret-acceptances')
    expect(await rows('q=app-b')).toMatchObject([{ secretState: 'new' }])
    const { body } = await server.json<CredentialDetail>('GET', `/api/v1/credentials/${id}`, viewer)
    expect(body.assessment).toMatchObject({ state: 'new', by: 'muster', reason: 'the acceptance has ended', until: null })
  })

  it('is counted in the overview, present secrets only', async () => {
    const { body } = await server.json<Overview>('GET', '/api/v1/overview', viewer)
    expect(body).toMatchObject({ machines: 0, sources: 1, secrets: [{ state: 'new', count: 1 }, { state: 'confirmed', count: 1 }, { state: 'test-value', count: 1 }] })
  })

  it('is not for viewers to say, and says nothing of another tenant’s secrets', async () => {
    const select = { ids: [await idOf('a')] }
    expect((await assess({ select, state: 'revoked' }, viewer)).status).toBe(403)
    const other = await server.token('operator', 'other' as TenantId)
    expect((await assess({ select, state: 'revoked' }, other)).body).toEqual({ changed: 0 })
    expect(await rows('q=app-a')).toMatchObject([{ secretState: 'confirmed' }])
  })
})

describe('a secret is found', () => {
  it('by its type, by the rule that told it and by every place, and says who uses it', async () => {
    await see([...places, sighting(source.ref, sampleSecret('n', { secretType: 'npm-token' }), inRepository('.npmrc', { ruleId: 'npmrc' })), { observation: 'relation', type: 'uses', from: { of: 'machine', ref: source.ref }, to: { of: 'credential', fingerprint: secrets[0]!.fingerprint }, source: '.github/workflows/ship.yml' }])
    expect(await rows('secretType=npm-token,other')).toMatchObject([{ secretType: 'npm-token' }])
    expect(await rows('detectionRule=npmrc')).toMatchObject([{ secretType: 'npm-token' }])
    expect(await rows('detectionRule=generic-password&secretType=npm-token')).toEqual([])
    const { body } = await server.json<CredentialDetail>('GET', `/api/v1/credentials/${await idOf('a')}`, viewer)
    expect(body.consumers).toMatchObject([{ of: 'machine', name: source.name, machineName: source.name, source: '.github/workflows/ship.yml' }])
    await see([...places, sighting(source.ref, secrets[0]!, inRepository('deploy/later-Place.env'))])
    expect(await rows('q=later-place')).toMatchObject([{ name: 'database-password app-a@db.internal', locationCount: 2 }])
    await see(places)
    expect(await rows('detectionRule=npmrc')).toEqual([])
    expect(await rows('detectionRule=npmrc&presence=all')).toHaveLength(1)
  })
})
