import { expect, it } from 'vitest'
import { context, tlsEndpoint } from '../fixtures.ts'
import { oldVersionsOffered } from './old-versions.ts'

it('is worse when nothing newer is offered', () => {
  expect(oldVersionsOffered.check(tlsEndpoint([], { versions: ['TLSv1.0', 'TLSv1.1', 'TLSv1.2'] }), context)).toMatchObject({ severity: 'medium', evidence: 'accepts TLSv1.0 and TLSv1.1' })
  expect(oldVersionsOffered.check(tlsEndpoint([], { versions: ['TLSv1.0'] }), context)).toMatchObject({ severity: 'high' })
  expect(oldVersionsOffered.check(tlsEndpoint([]), context)).toBeNull()
})
