import { expect, it } from 'vitest'
import { authorizedKey, context, credentialSubject, key, place } from '../fixtures.ts'
import { authorizedManyAccounts } from './authorized-many-accounts.ts'

const on = (machine: string, account = 'deploy') => place(authorizedKey({ account }), { machineId: machine, machineName: machine })

it('three accounts are many, two are not, and the same account twice is one', () => {
  const subject = (...places: ReturnType<typeof on>[]) => credentialSubject(key({ kind: 'ssh-key' }), places)
  expect(authorizedManyAccounts.check(subject(on('a'), on('b')), context)).toBeNull()
  expect(authorizedManyAccounts.check(subject(on('a'), on('b'), on('b')), context)).toBeNull()
  expect(authorizedManyAccounts.check(subject(on('a'), on('b'), on('c')), context)?.evidence).toBe('lets its holder in as 3 accounts: deploy@a, deploy@b, deploy@c')
})
