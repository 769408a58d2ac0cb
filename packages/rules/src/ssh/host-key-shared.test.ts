import { expect, it } from 'vitest'
import { context, credentialSubject, key, keyFile, place, served } from '../fixtures.ts'
import { hostKeyShared } from './host-key-shared.ts'

const host = place(served({ protocol: 'ssh', part: 'public-key', port: 22 }))
const stored = keyFile({ path: '/etc/ssh/ssh_host_ed25519_key' })
const sshKey = key({ kind: 'ssh-key' })

it('one machine seen from outside and inside is one host', () => {
  expect(hostKeyShared.check(credentialSubject(sshKey, [host, place(stored)]), context)).toBeNull()
})

it('two machines are two', () => {
  expect(hostKeyShared.check(credentialSubject(sshKey, [host, place(stored, { machineId: 'm2', machineName: 'web-2' })]), context)?.evidence).toBe('2 hosts have it: web-1, web-2')
})

it("a user's key on two machines is not a host key", () => {
  const user = keyFile({ path: '/home/a/.ssh/id_ed25519' })
  expect(hostKeyShared.check(credentialSubject(sshKey, [place(user), place(user, { machineId: 'm2' })]), context)).toBeNull()
})
