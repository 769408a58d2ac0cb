import { expect, it } from 'vitest'
import { context, credentialSubject, fileLine, secret } from '../fixtures.ts'
import { knownLive } from './known-live.ts'

const found = (facts: Record<string, string>, places = [fileLine()]) => knownLive.check(credentialSubject(secret({ facts }), places), context)

it('a secret that was accepted is found, by whom and when', () => {
  expect(found({ verified: 'live', verifiedBy: 'github', verifiedAt: '2026-05-30T10:00:00Z' })?.evidence).toBe('accepted by github on 2026-05-30, at web-1:/etc/app/database.yml')
})

it('one that was refused, that nobody asked about, or that is nowhere any more, is not', () => {
  expect([found({ verified: 'dead' }), found({})]).toEqual([null, null])
  expect(found({ verified: 'live' }, [])).toBeNull()
})
