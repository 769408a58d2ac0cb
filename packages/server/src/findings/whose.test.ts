import { expect, it } from 'vitest'
import { labelsOf } from './whose.ts'

it('somebody is meant by their address, by what stands before its @ and by their name, whatever the case', () => {
  expect(labelsOf([' Ann@Example.com', 'Ann Smith'])).toEqual(['ann@example.com', 'ann', 'ann smith'])
  expect(labelsOf(['deploy-token', ''])).toEqual(['deploy-token'])
})
