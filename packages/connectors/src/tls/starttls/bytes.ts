import { MusterError } from '@muster/core'
import type { Channel } from '../../network/connection.ts'
import type { StarttlsProtocol } from '../../network/schemes.ts'

/** At least `count` bytes from the channel, and whatever came with them. @throws MusterError tls.protocol when the peer closes first */
export async function readAtLeast(channel: Channel, count: number, protocol: StarttlsProtocol): Promise<Buffer> {
  let input: Buffer = Buffer.alloc(0)
  while (input.length < count) {
    const chunk = await channel.read()
    if (chunk === null) throw notSpoken(channel, protocol, 'it closed the connection')
    input = input.length === 0 ? chunk : Buffer.concat([input, chunk])
  }
  return input
}

/** The peer does not speak the protocol at all. */
export function notSpoken(channel: Channel, protocol: StarttlsProtocol, why: string): MusterError {
  return new MusterError('tls.protocol', `${channel.where} does not speak ${protocol}: ${why}`)
}

/** The peer speaks the protocol and does not offer TLS. */
export function refused(channel: Channel, protocol: StarttlsProtocol, why: string): MusterError {
  return new MusterError('starttls.refused', `${channel.where} speaks ${protocol} and refuses TLS: ${why}`)
}
