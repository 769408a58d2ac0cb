import type { Channel } from '../../network/connection.ts'
import type { Preamble } from '../../network/session.ts'
import { notSpoken, refused } from './bytes.ts'

const MAX_STREAM_CHARS = 64 * 1024

/** Reads until the stream holds one of the patterns; gives the text so far. */
async function readUntil(channel: Channel, protocol: 'xmpp' | 'xmpp-server', pattern: RegExp): Promise<string> {
  let text = ''
  while (!pattern.test(text)) {
    const chunk = await channel.read()
    if (chunk === null) throw notSpoken(channel, protocol, 'it closed the stream')
    text += chunk.toString('latin1')
    if (text.length > MAX_STREAM_CHARS || !/^\s*</.test(text)) throw notSpoken(channel, protocol, 'its answer is no XML stream')
  }
  return text
}

async function stream(channel: Channel, domain: string, protocol: 'xmpp' | 'xmpp-server'): Promise<Channel> {
  const namespace = protocol === 'xmpp' ? 'jabber:client' : 'jabber:server'
  channel.write(Buffer.from(`<?xml version='1.0'?><stream:stream to='${domain.replaceAll(/[<>&'"]/g, '')}' xmlns='${namespace}' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>`))
  const features = await readUntil(channel, protocol, /<\/(?:stream:)?features>|<(?:stream:)?features\s*\/>|<stream:error|<\/stream:stream>/)
  if (!/<starttls[\s/>]/.test(features)) throw refused(channel, protocol, 'it does not offer starttls')
  channel.write(Buffer.from(`<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>`))
  const answer = await readUntil(channel, protocol, /<(?:proceed|failure)\b[^>]*>/)
  if (!/<proceed\b/.test(answer)) throw refused(channel, protocol, 'it answered failure')
  return channel
}

/** XMPP between client and server, RFC 6120 §5. */
export const xmpp: Preamble = (channel, domain) => stream(channel, domain, 'xmpp')

/** XMPP between servers, RFC 6120 §5. */
export const xmppServer: Preamble = (channel, domain) => stream(channel, domain, 'xmpp-server')
