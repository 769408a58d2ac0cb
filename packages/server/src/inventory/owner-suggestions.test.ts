import type { TenantId } from '@muster/core'
import type { OwnerSuggestion } from '@muster/core/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pipelineServer, type PipelineServer } from '../test-support/pipeline.ts'
import { ranked } from './owner-suggestions.ts'
import { inLine, inRepository, sampleMachine, sampleSecret, sampleSource, sighting } from './samples.ts'

let server: PipelineServer
let operator: string
beforeAll(async () => {
  server = await pipelineServer()
  operator = await server.token('operator')
})
afterAll(() => server?.close())

const commitBy = (authorName: string, authorEmail: string) => ({ id: 'abcdef012345'.padEnd(40, '0'), authorName, authorEmail, committedAt: '2026-02-03T10:00:00.000Z' })
const shop = sampleSource('git.example.com/shop')
const host = sampleMachine('host', [{ type: 'host-id', value: 'h1' }], { name: 'web-1' })

async function suggestions(seed: string): Promise<OwnerSuggestion[]> {
  const { body } = await server.json<{ items: { id: string }[] }>('GET', `/api/v1/credentials?q=${sampleSecret(seed).fingerprint}`, operator)
  return (await server.json<{ items: OwnerSuggestion[] }>('GET', `/api/v1/inventory/${body.items[0]!.id}/owner-suggestions`, operator)).body.items
}

describe('who may answer for a secret', () => {
  it('is told by CODEOWNERS, the author who brought it in, and the account that owns the file, likeliest first', async () => {
    await server.see([shop, host,
      sighting(shop.ref, sampleSecret('a'), inRepository('deploy/prod.env', { codeOwners: ['@example/platform'], commit: commitBy('Ann', 'ann@example.com') })),
      sighting('host', sampleSecret('a'), inLine('/home/ann/prod.env')),
    ])
    expect(await suggestions('a')).toEqual([
      { owner: '@example/platform', confidence: 'medium', reason: 'CODEOWNERS names them for deploy/prod.env' },
      { owner: 'ann@example.com', confidence: 'medium', reason: 'brought it in with commit abcdef012345 of 2026-02-03' },
      { owner: 'ann', confidence: 'low', reason: 'owns the file /home/ann/prod.env on web-1' },
    ])
  })

  it('is first of all the owner of the machine or source it is on', async () => {
    const { body } = await server.json<{ items: { id: string }[] }>('GET', '/api/v1/machines?kind=source', operator)
    await server.json('PATCH', `/api/v1/machines/${body.items[0]!.id}`, operator, { owner: 'shop team' })
    expect((await suggestions('a'))[0]).toEqual({ owner: 'shop team', confidence: 'high', reason: 'answers for git.example.com/shop' })
  })

  it('is no robot and no system account', async () => {
    await server.see([host, sampleSource('bots'), 
      ...[['dependabot[bot]', '49699333+dependabot[bot]@users.noreply.github.com'], ['CI', 'github-actions@example.com']].map(([name, mail], i) => sighting('bots', sampleSecret('b'), inRepository(`${i}.env`, { commit: commitBy(name!, mail!) }))),
      sighting('host', sampleSecret('b'), inLine('/srv/x', { file: { mode: 0o600, ownerUid: 0, ownerName: 'root', groupName: 'root', sizeBytes: 1, modifiedAt: '2026-01-01T00:00:00Z' } })),
    ])
    expect(await suggestions('b')).toEqual([])
  })

  it('is three at most; who is named for several reasons is likelier', () => {
    const hints = [...['a', 'b', 'c', 'd'].map((owner) => ({ owner, weight: 3, reason: `${owner} 1` })), { owner: 'D', weight: 2, reason: 'D 2' }]
    expect(ranked(hints)).toEqual([
      { owner: 'd', confidence: 'medium', reason: 'd 1, and 1 more reason' }, { owner: 'a', confidence: 'low', reason: 'a 1' }, { owner: 'b', confidence: 'low', reason: 'b 1' },
    ])
  })

  it('is nobody’s business in another tenant', async () => {
    const { body } = await server.json<{ items: { id: string }[] }>('GET', `/api/v1/credentials?q=${sampleSecret('a').fingerprint}`, operator)
    const other = await server.token('viewer', 'other' as TenantId)
    expect((await server.call('GET', `/api/v1/inventory/${body.items[0]!.id}/owner-suggestions`, { token: other })).status).toBe(404)
  })
})

describe('lists of machines', () => {
  it('leave sources out unless they are asked for', async () => {
    const names = async (query: string) => (await server.json<{ items: { name: string }[] }>('GET', `/api/v1/machines${query}`, operator)).body.items.map(({ name }) => name)
    expect(await names('')).toEqual(['web-1'])
    expect(await names('?kind=source')).toEqual(['bots', 'git.example.com/shop'])
    expect(await names('?kind=source,device')).toHaveLength(3)
  })
})
