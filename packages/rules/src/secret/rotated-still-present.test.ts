import { expect, it } from 'vitest'
import { secretStates } from '@muster/core'
import { context, credentialSubject, repositoryLine, secret } from '../fixtures.ts'
import { rotatedStillPresent } from './rotated-still-present.ts'

const found = (secretState: (typeof secretStates)[number], places = [repositoryLine()]) => rotatedStillPresent.check(credentialSubject(secret(), places, { secretState }), context)

it.each(secretStates)('a secret that is %s', (state) => {
  expect(found(state)?.severity ?? null).toBe(state === 'rotated' || state === 'revoked' ? 'low' : null)
})

it('left in history alone it is worth a note, and nowhere it is worth none', () => {
  expect(found('revoked', [repositoryLine({ presence: 'history' })])?.severity).toBe('info')
  expect(found('revoked', [repositoryLine({ presence: 'history' }), repositoryLine()])?.severity).toBe('low')
  expect(found('revoked', [])).toBeNull()
})
