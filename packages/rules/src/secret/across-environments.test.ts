import { expect, it } from 'vitest'
import { ciVariable, context, credentialSubject, fileLine, secret } from '../fixtures.ts'
import type { Environment } from '@muster/core'
import { acrossEnvironments } from './across-environments.ts'

const on = (environment: Environment | null, name: string) => ({ ...fileLine(), machineId: name, machineName: name, machineLabels: { owner: null, criticality: null, environment, purpose: null } })
const found = (...places: ReturnType<typeof on>[]) => acrossEnvironments.check(credentialSubject(secret(), places), context)

it('production’s secret on a test machine is high; without production it is low', () => {
  expect(found(on('production', 'p1'), on('test', 't1'))).toMatchObject({ severity: 'high', evidence: 'production: p1; test: t1' })
  expect(found(on('development', 'd1'), on('test', 't1'))).toMatchObject({ severity: 'low' })
})

it('several machines of one environment, or of none, say nothing', () => {
  expect(found(on('production', 'p1'), on('production', 'p2'), on(null, 'x'))).toBeNull()
})

it('a CI variable’s own environment counts before its project’s label', () => {
  const places = ['prod-eu', 'dev'].map((environment) => ciVariable({ environment }))
  expect(acrossEnvironments.check(credentialSubject(secret(), places), context)?.severity).toBe('high')
})
