import { expect, it } from 'vitest'
import { certificate, context, credentialSubject, key } from '../fixtures.ts'
import { severalOwners } from './several-owners.ts'

const other = (owner: string | null) => ({ id: 'c2', kind: 'certificate', name: 'api', owner }) as const

it('two owners of one key are found', () => {
  expect(severalOwners.check(credentialSubject(certificate(), [], { sameKey: [other('payments')] }), context)?.evidence).toBe('owners: payments, platform')
})

it('one owner twice, or an unknown one, is not', () => {
  expect(severalOwners.check(credentialSubject(certificate(), [], { sameKey: [other('platform'), other(null)] }), context)).toBeNull()
  expect(severalOwners.check(credentialSubject(key()), context)).toBeNull()
})
