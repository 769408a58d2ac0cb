import { expect, it } from 'vitest'
import { certificate, context, credentialSubject } from '../fixtures.ts'
import { wildcard } from './wildcard.ts'

const named = (value: string) => certificate({ subjectAltNames: [{ type: 'dns', value }] })

it('a wildcard name is found, and is worse on several machines', () => {
  expect(wildcard.check(credentialSubject(named('*.example.org')), context)).toMatchObject({ severity: 'low', evidence: 'covers *.example.org' })
  expect(wildcard.check(credentialSubject(named('*.example.org'), [], { machineCount: 3 }), context)).toMatchObject({ severity: 'medium' })
})

it('an ordinary name is not', () => {
  expect(wildcard.check(credentialSubject(named('www.example.org')), context)).toBeNull()
})
