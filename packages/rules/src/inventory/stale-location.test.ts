import { expect, it } from 'vitest'
import { at, context, credentialSubject, key, keyFile, place } from '../fixtures.ts'
import { staleLocation } from './stale-location.ts'

const seen = (seconds: number) => staleLocation.check(credentialSubject(key(), [place(keyFile(), { lastSeen: new Date(at(seconds)) })]), context)

it('thirty days to the second are not stale, one more is', () => {
  expect(seen(-30 * 86_400)).toBeNull()
  expect(seen(-30 * 86_400 - 1)?.evidence).toContain('web-1:/etc/ssl/private/web.key')
})
