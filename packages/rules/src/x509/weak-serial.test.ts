import { expect, it } from 'vitest'
import { certificate, context, credentialSubject } from '../fixtures.ts'
import { weakSerial } from './weak-serial.ts'

const numbered = (serialNumber: string) => weakSerial.check(credentialSubject(certificate({ serialNumber })), context)

it('zero and negative serial numbers are worse than short ones', () => {
  expect(numbered('0')).toMatchObject({ severity: 'medium' })
  expect(numbered('-1')).toMatchObject({ severity: 'medium' })
  expect(numbered('1000')?.evidence).toContain('fewer than 56 bits')
})

it('the boundary of length is 20 octets', () => {
  expect(numbered('1'.repeat(40))).toBeNull()
  expect(numbered('1'.repeat(41))?.evidence).toContain('21 octets')
  expect(numbered('1'.repeat(14))).toBeNull()
})
