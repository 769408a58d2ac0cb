import { manualClock } from '@muster/core'
import { expect, it } from 'vitest'
import type { Client } from '../api/client.ts'
import { leakOf, randomText } from './leak.testing.ts'
import { sendStates } from './send-states.ts'

it('tells the server acceptances with their end, and leaves out those that end in more than a year or never', async () => {
  const sent: unknown[] = []
  const client = { call: (_: string, { body }: { body: unknown }) => { sent.push(body); return Promise.resolve({ changed: 1 }) } } as unknown as Client
  const leaks = ['2026-05-01T00:00:00.000Z', '2029-01-01T00:00:00.000Z', undefined].map((until) => ({ ...leakOf(randomText(20)), known: { state: 'accepted', reason: 'moved soon', by: 'baseline', until } as const }))
  const all = leaks.map((leak, index) => ({ ...leak, fingerprint: String(index).repeat(64) }))
  const said = await sendStates(client, all, manualClock('2026-01-01T00:00:00Z'))
  expect(sent).toEqual([{ select: { fingerprints: ['0'.repeat(64)] }, state: 'accepted', reason: 'moved soon', until: '2026-05-01T00:00:00.000Z' }])
  expect(said).toEqual([expect.stringContaining('told the server the states of 1'), expect.stringContaining('2 accepted ones were not told')])
})
