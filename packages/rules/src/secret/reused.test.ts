import { expect, it } from 'vitest'
import { ciVariable, context, credentialSubject, fileLine, repositoryLine, secret } from '../fixtures.ts'
import { reused } from './reused.ts'

const found = (places: Parameters<typeof credentialSubject>[1], change = {}) => reused.check(credentialSubject(secret(change), places), context)

it('two repositories and a machine are found, with their names', () => {
  expect(found([repositoryLine(), repositoryLine({}, 'git.example.com/other'), fileLine()])).toMatchObject({ severity: 'medium', evidence: 'in 2 sources and on 1 machine: git.example.com/shop, git.example.com/other, web-1' })
})

it('many places in one of them are not, and a name shared is not a value shared', () => {
  expect(found([repositoryLine(), repositoryLine({ path: 'b' })])).toBeNull()
  expect(found([ciVariable(), ciVariable({}, 'other')], { valueKnown: false })).toBeNull()
})

it('a cloud’s key reused is high, and no worse', () => {
  expect(found([repositoryLine(), fileLine()], { secretType: 'aws-secret-access-key', facts: { verified: 'live' } })?.severity).toBe('high')
})
