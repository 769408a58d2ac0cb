import { expect, it } from 'vitest'
import { context, credentialSubject, fileLine, secret } from '../fixtures.ts'
import { inConfigurationReadableByOthers } from './in-configuration-readable-by-others.ts'

const found = (mode: number, group = 'staff') => inConfigurationReadableByOthers.check(credentialSubject(secret(), [fileLine({}, mode, group)]), context)?.severity ?? null

it.each([
  [0o600, 'staff', null], [0o640, 'staff', 'medium'], [0o640, 'app', null], [0o640, 'shadow', null], [0o644, 'app', 'high'], [0o604, 'app', 'high'], [0o620, 'staff', null],
] as const)('mode %o, group %s gives %s', (mode, group, severity) => {
  expect(found(mode, group)).toBe(severity)
})
