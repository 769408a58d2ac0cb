import { expect, it } from 'vitest'
import { authorizedKey, context, credentialSubject, key, place } from '../fixtures.ts'
import { rootWithoutFrom } from './root-without-from.ts'

const found = (change: Parameters<typeof authorizedKey>[0]) => rootWithoutFrom.check(credentialSubject(key({ kind: 'ssh-key' }), [place(authorizedKey(change))]), context)

it("root's key without from= is found, even with other options", () => {
  expect(found({})?.evidence).toBe('no from= at web-1:/root/.ssh/authorized_keys line 1')
  expect(found({ options: ['restrict', 'command=/bin/backup'] })).not.toBeNull()
})

it('with from=, or for another account, it is not', () => {
  expect(found({ options: ['from=10.0.0.0/8'] })).toBeNull()
  expect(found({ account: 'deploy' })).toBeNull()
})
