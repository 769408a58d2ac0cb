import { expect, it } from 'vitest'
import { at, context, credentialSubject, fileLine, secret } from '../fixtures.ts'
import { secretExpired } from './expired.ts'

const found = (seconds: number) => secretExpired.check(credentialSubject(secret({ notAfter: at(seconds) }), [fileLine()]), context)

it('the last second is valid, the one after is not', () => {
  expect([found(1), found(0)]).toEqual([null, null])
  expect(found(-1)).toMatchObject({ evidence: 'expired less than a day ago, still at web-1:/etc/app/database.yml', due: at(-1) })
  expect(found(-86_400)?.evidence).toContain('1 day ago')
})

it('a secret without an end does not expire', () => {
  expect(secretExpired.check(credentialSubject(secret(), [fileLine()]), context)).toBeNull()
})
