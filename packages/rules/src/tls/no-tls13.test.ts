import { expect, it } from 'vitest'
import { context, tlsEndpoint } from '../fixtures.ts'
import { noTls13 } from './no-tls13.ts'

it('names the newest version', () => {
  expect(noTls13.check(tlsEndpoint([], { versions: ['TLSv1.2'] }), context)?.evidence).toBe('newest version is TLSv1.2')
  expect(noTls13.check(tlsEndpoint([]), context)).toBeNull()
  expect(noTls13.check(tlsEndpoint([], { versions: [] }), context)).toBeNull()
})
