import { expect, it } from 'vitest'
import { context, sshEndpoint } from '../fixtures.ts'
import { sshProtocol1 } from './protocol-1.ts'

it('1.5 and 1.99 are found, 2.0 is not', () => {
  expect(sshProtocol1.check(sshEndpoint({ banner: 'SSH-1.5-old' }), context)).not.toBeNull()
  expect(sshProtocol1.check(sshEndpoint({ banner: 'SSH-1.99-Cisco' }), context)?.evidence).toBe('banner "SSH-1.99-Cisco"')
  expect(sshProtocol1.check(sshEndpoint(), context)).toBeNull()
})
