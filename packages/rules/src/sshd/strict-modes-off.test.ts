import { expect, it } from 'vitest'
import { context, sshdConfig } from '../fixtures.ts'
import { strictModesOff } from './strict-modes-off.ts'

it('only an explicit no is found', () => {
  expect(strictModesOff.check(sshdConfig({ strictmodes: ['no'] }), context)).not.toBeNull()
  expect(strictModesOff.check(sshdConfig({ strictmodes: ['yes'] }), context)).toBeNull()
  expect(strictModesOff.check(sshdConfig({}), context)).toBeNull()
})
