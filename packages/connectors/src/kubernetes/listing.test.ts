import { Secret, systemClock } from '@muster/core'
import { expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { fakeServer } from '../api/fake-server.testing.ts'
import { apiOptions, openClient } from '../api/index.ts'
import { listObjects } from './listing.ts'

it('ends a list whose pages are empty and never the last', async () => {
  let count = 0
  const server = await fakeServer(() => ({ json: { metadata: { continue: `page-${++count}` }, items: [] } }))
  onTestFinished(() => server.close())
  const options = z.strictObject(apiOptions).parse({ ratePerSecond: 1000, egress: ['127.0.0.1'] })
  const opened = openClient(options, {}, { baseUrl: server.url, token: Secret.fromText('synthetic'), authorize: () => ({}), clock: systemClock, signal: new AbortController().signal })
  onTestFinished(() => opened.close())
  const listing = await listObjects(opened.client, { path: '/api/v1/secrets', item: z.unknown() })
  expect(listing).toMatchObject({ items: [], complete: false, problems: [{ code: 'input.limit', message: expect.stringContaining('without an entry') }] })
  expect(count).toBe(50)
})
