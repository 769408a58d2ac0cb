import { expect, it } from 'vitest'
import { ciVariable, context, credentialSubject, secret } from '../fixtures.ts'
import { ciVariableUnprotected } from './ci-variable-unprotected.ts'

const found = (change: object) => ciVariableUnprotected.check(credentialSubject(secret(), [ciVariable(change)]), context)

it.each([
  [{}, null], [{ protected: false }, 'medium'], [{ masked: false }, 'low'], [{ protected: false, masked: false }, 'medium'], [{ protected: null, masked: null }, null],
])('%j gives %s', (change, severity) => {
  expect(found(change)?.severity ?? null).toBe(severity)
})

it('says which is which', () => {
  expect(found({ protected: false, masked: false })?.evidence).toBe('not protected: gitlab.example.com/shop:shop DEPLOY_TOKEN; not masked: gitlab.example.com/shop:shop DEPLOY_TOKEN')
})
