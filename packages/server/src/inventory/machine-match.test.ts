import { describe, expect, it } from 'vitest'
import { type Identifier, type KnownMachine, recognise, tellingIdentifiers } from './machine-match.ts'

const host = (value: string): Identifier => ({ type: 'host-id', value })
const key = (value: string): Identifier => ({ type: 'ssh-host-key', value })
const name = (value: string): Identifier => ({ type: 'dns-name', value })
const address = (value: string): Identifier => ({ type: 'address', value })
const known = (id: string, identifiers: Identifier[], lastSeen = '2026-01-01'): KnownMachine => ({ id, identifiers, lastSeen: new Date(lastSeen) })

describe('a machine is recognised', () => {
  it('by its host id whatever else changed', () => {
    expect(recognise([host('h'), key('new'), name('renamed'), address('10.0.0.9')], [known('a', [host('h'), key('old'), name('old')])])).toMatchObject({ machineId: 'a', merge: [], conflicts: [] })
  })

  it('by its host key without a host id', () => {
    expect(recognise([key('k'), address('10.0.0.9')], [known('a', [host('h'), key('k')])]).machineId).toBe('a')
  })

  it('by its name, then by its address alone', () => {
    expect(recognise([name('web1'), address('10.0.0.2')], [known('a', [name('web1'), address('10.0.0.1')])]).machineId).toBe('a')
    expect(recognise([address('10.0.0.1')], [known('a', [address('10.0.0.1')])]).machineId).toBe('a')
  })

  it('as new when only an address ties it and the host keys differ: the address moved on', () => {
    const found = recognise([key('new'), address('10.0.0.1')], [known('a', [key('old'), address('10.0.0.1')])])
    expect(found).toMatchObject({ machineId: null, merge: [], conflicts: [{ machineId: 'a', identifier: address('10.0.0.1') }] })
  })

  it('as another one when the host ids differ, though a cloned image gave both the same host key', () => {
    const found = recognise([host('h2'), key('cloned')], [known('a', [host('h1'), key('cloned')])])
    expect(found).toMatchObject({ machineId: null, merge: [], conflicts: [{ machineId: 'a', identifier: key('cloned') }] })
  })

  it('among clones by the address, and as neither when nothing singles one out', () => {
    const clones = [known('a', [host('h1'), key('cloned'), address('10.0.0.1')]), known('b', [host('h2'), key('cloned'), address('10.0.0.2')])]
    expect(recognise([key('cloned'), address('10.0.0.2')], clones)).toMatchObject({ machineId: 'b', merge: [] })
    expect(recognise([key('cloned'), address('10.0.0.3')], clones)).toMatchObject({ machineId: null, merge: [] })
  })

  it('as two known machines in one when a sighting carries both their identifiers', () => {
    const found = recognise([host('h'), key('k'), address('10.0.0.1')], [known('local', [host('h')]), known('network', [key('k'), address('10.0.0.1')])])
    expect(found).toMatchObject({ machineId: 'local', merge: ['network'], conflicts: [] })
  })

  it('as one of two that share a contested key, without drawing in a third that has only that key', () => {
    const found = recognise([host('h1'), key('cloned')], [known('a', [host('h1'), key('cloned')]), known('b', [host('h2'), key('cloned')]), known('c', [key('cloned'), address('10.0.0.7')])])
    expect(found).toMatchObject({ machineId: 'a', merge: [] })
  })

  it('never as a merger of two different host ids', () => {
    const found = recognise([name('web'), address('10.0.0.1')], [known('a', [host('h1'), name('web')]), known('b', [host('h2'), address('10.0.0.1')])])
    expect(found).toMatchObject({ machineId: 'a', merge: [] })
  })
})

it('what names every machine names none', () => {
  expect(tellingIdentifiers([name('localhost'), name('LOCALHOST.localdomain.'), address('127.0.0.1'), address('::1'), address('0.0.0.0'), address('169.254.3.4'), address('fe80::1'), name('Web1.'), address('10.0.0.1')]))
    .toEqual([name('web1'), address('10.0.0.1')])
})
