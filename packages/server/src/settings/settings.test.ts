import { defaultPolicy, type Policy } from '@muster/core/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testServer, type TestServer } from '../test-support/server.ts'

describe('settings', () => {
  let server: TestServer
  let admin: string
  beforeAll(async () => {
    server = await testServer()
    admin = await server.token('administrator')
  })
  afterAll(() => server.close())

  const read = async () => (await (await server.call('GET', '/api/v1/settings', { token: admin })).json()) as Policy
  const write = (policy: Policy) => server.call('PUT', '/api/v1/settings', { token: admin, body: policy })

  it('are the default until they are changed, and then what was set, audited by what changed', async () => {
    expect(await read()).toEqual(defaultPolicy)
    const changed = { ...defaultPolicy, staleAfterDays: 7, disabledRules: Array.from({ length: 500 }, (_, i) => `${'rule-'.repeat(20)}${i}`) }
    expect((await write(changed)).status).toBe(200)
    expect(await read()).toEqual(changed)
    const { items } = (await (await server.call('GET', '/api/v1/audit?action=policy.changed', { token: admin })).json()) as { items: { detail: object; actorKind: string }[] }
    expect(items).toMatchObject([{ actorKind: 'api-token', detail: { staleAfterDays: 7, disabledRules: { count: 500, begins: expect.stringContaining('rule-') } } }])
  })

  it('refuse a threshold that is urgent before it warns, naming the place', async () => {
    const before = await read()
    for (const [urgentDays, status] of [[29, 200], [30, 400], [31, 400]] as const) {
      const response = await write({ ...before, expiryDefault: { warnDays: 30, urgentDays } })
      expect([urgentDays, response.status]).toEqual([urgentDays, status])
      if (status === 400) expect(await response.json()).toMatchObject({ errors: [{ path: 'body.expiryDefault.urgentDays' }] })
    }
    expect((await read()).expiryDefault.urgentDays).toBe(29)
  })

  it('tell the server’s version and store', async () => {
    expect(await (await server.call('GET', '/api/v1/server', { token: admin })).json()).toMatchObject({ version: '0.0.0', store: { kind: 'embedded' }, listen: server.url })
  })
})
