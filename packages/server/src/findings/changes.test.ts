import { DAY_MS, HOUR_MS, severityRank, type TenantId } from '@muster/core'
import type { ChangePage, FindingRow, FindingsByRule, MachineRow, Page, ProblemDetails } from '@muster/core/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { coveredPath, inFile, sampleCertificate, sampleMachine, sighting } from '../inventory/samples.ts'
import { type PipelineServer, pipelineServer } from '../test-support/pipeline.ts'

let server: PipelineServer
let operator: string
let viewer: string

beforeAll(async () => {
  server = await pipelineServer()
  operator = await server.token('operator')
  viewer = await server.token('viewer')
})
afterAll(() => server?.close())

const one = sampleMachine('m', [{ type: 'host-id', value: 'h1' }])
const two = sampleMachine('n', [{ type: 'host-id', value: 'h2' }])
const certificate = (name: string, days: number) => sampleCertificate(name, { commonName: `${name}.example.com`, notBefore: '2026-01-01T00:00:00.000Z', notAfter: new Date(server.clock.now().getTime() + days * DAY_MS).toISOString() })
const changes = async (query = '') => (await server.json<ChangePage>('GET', `/api/v1/changes?${query}`, viewer)).body
const names = (page: ChangePage) => page.items.map(({ event, objectName, finding }) => `${event} ${objectName}${finding === null ? '' : `: ${finding.title}`}`)
const expired = (page: ChangePage) => page.items.filter(({ finding }) => finding === null || finding.title === 'Certificate has expired')

describe('what changed', () => {
  let yesterday: string
  let old: ReturnType<typeof certificate>

  it('tells both histories as one, newest first, with how many of each event', async () => {
    old = certificate('old', -3)
    await server.see([one, sighting('m', old, inFile('/pki/old.pem')), coveredPath('m', '/pki')])
    server.clock.advance(2 * DAY_MS)
    yesterday = server.clock.now().toISOString()
    await server.see([two, sighting('n', certificate('good', 100), inFile('/pki/good.pem')), coveredPath('n', '/pki')])
    server.clock.advance(HOUR_MS)
    await server.see([one, coveredPath('m', '/pki')])
    const page = await changes()
    expect(page.items.map(({ id }) => id)).toEqual(page.items.map(({ id }) => id).sort().reverse())
    expect(names({ ...page, items: expired(page) })).toEqual([
      'finding-closed old.example.com: Certificate has expired', 'gone old.example.com', 'location-gone old.example.com', 'first-seen good.example.com',
      'finding-opened old.example.com: Certificate has expired', 'first-seen old.example.com',
    ])
    expect(page.totals).toEqual(expect.arrayContaining([{ event: 'first-seen', count: 2 }, { event: 'gone', count: 1 }]))
    expect(page.count).toEqual({ value: page.items.length, exact: true })
  })

  it('since a moment, until another, and of the events asked for; totals tell of all of them', async () => {
    const page = await changes(`since=${yesterday}&event=first-seen,gone`)
    expect(names(page)).toEqual(['gone old.example.com', 'first-seen good.example.com'])
    expect(page.totals!.map(({ event }) => event)).toContain('location-gone')
    expect(names(await changes(`until=${yesterday}&event=first-seen`))).toEqual(['first-seen old.example.com'])
    expect(names(await changes(`since=${new Date(server.clock.now().getTime() + 1).toISOString()}`))).toEqual([])
  })

  it('page by page, once each; totals come with the first', async () => {
    const all = names(await changes())
    const found: string[] = []
    let cursor = ''
    do {
      const page = await changes(`limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)
      expect(page.totals === null).toBe(cursor !== '')
      found.push(...names(page))
      cursor = page.nextCursor ?? ''
    } while (cursor !== '')
    expect(found).toEqual(all)
    expect((await server.json<ProblemDetails>('GET', '/api/v1/changes?cursor=bm9wZQ', viewer)).body.code).toBe('page.cursor-invalid')
  })

  it('by one scan, without findings', async () => {
    const { items } = await changes('event=first-seen')
    const { scanId } = items[0]!
    expect(names(await changes(`scanId=${scanId}`))).toEqual(['first-seen good.example.com'])
  })

  it('names who decided', async () => {
    await server.see([one, sighting('m', old, inFile('/pki/old.pem')), coveredPath('m', '/pki')])
    await server.json('POST', '/api/v1/findings/accept', operator, { select: { filter: { rule: 'x509.expired' } }, reason: 'planned', until: new Date(server.clock.now().getTime() + 10 * DAY_MS).toISOString() })
    const { items } = await changes('event=finding-accepted')
    expect(items).toMatchObject([{ objectName: 'old.example.com', by: expect.stringMatching(/./), summary: expect.stringContaining('planned') }])
    expect((await changes('event=finding-opened&limit=1')).items[0]!.by).toBeNull()
  })

  it('nothing of another tenant', async () => {
    const stranger = await server.token('administrator', 'other' as TenantId)
    expect((await server.json<ChangePage>('GET', '/api/v1/changes', stranger)).body).toEqual({ items: [], nextCursor: null, count: { value: 0, exact: true }, totals: [] })
  })
})

describe('findings by rule', () => {
  it('are counted under each rule as the filter has them, worst first', async () => {
    const by = async (query: string) => (await server.json<FindingsByRule>('GET', `/api/v1/findings/by-rule?${query}`, viewer)).body.items
    const open = await by('')
    const { count } = (await server.json<Page<FindingRow>>('GET', '/api/v1/findings', viewer)).body
    expect(open.reduce((sum, one) => sum + one.count, 0)).toBe(count!.value)
    expect(open.map(({ severity }) => severityRank(severity))).toEqual(open.map(({ severity }) => severityRank(severity)).sort())
    expect(await by('state=accepted')).toEqual([{ ruleId: 'x509.expired', title: 'Certificate has expired', severity: 'high', count: 1 }])
    expect(await by('q=nothing-like-it')).toEqual([])
  })
})

describe('findings of a machine', () => {
  it('are those of what is on it now', async () => {
    const machines = (await server.json<Page<MachineRow>>('GET', '/api/v1/machines', viewer)).body.items
    const of = async (name: string) => {
      const { id } = machines.find((row) => row.name === name)!
      return (await server.json<Page<FindingRow>>('GET', `/api/v1/findings?machineId=${id}&state=open,accepted`, viewer)).body.items.map(({ objectName }) => objectName)
    }
    expect(new Set(await of(one.name))).toEqual(new Set(['old.example.com']))
    expect(await of(two.name)).not.toContain('old.example.com')
    server.clock.advance(HOUR_MS)
    await server.see([one, coveredPath('m', '/pki')])
    expect(await of(one.name)).toEqual([])
  })
})
