import { expect, it } from 'vitest'
import { context, credentialSubject, key, keyFile, place, repositoryLine } from '../fixtures.ts'
import { severalMachines } from './several-machines.ts'

it('copies on two machines are found, two copies on one are not', () => {
  const first = place(keyFile())
  expect(severalMachines.check(credentialSubject(key(), [first, place(keyFile({ path: '/b' }))]), context)).toBeNull()
  expect(severalMachines.check(credentialSubject(key(), [first, place(keyFile(), { machineId: 'm2', machineName: 'web-2' })]), context)?.evidence).toBe('on 2 machines: web-1, web-2')
})

it('a copy in a repository is not on a machine', () => {
  expect(severalMachines.check(credentialSubject(key(), [place(keyFile()), repositoryLine({ part: 'private-key' })]), context)).toBeNull()
})
