import { createSocket } from 'node:dgram'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { MusterError, type Severity } from '@muster/core'
import { resolveAllowed } from './addresses.ts'
import { type AlertMessage, headline, oneLine } from './message.ts'

export type SyslogSettings = { readonly host: string; readonly port: number; readonly transport: 'udp' | 'tcp' | 'tls' }

const TIMEOUT_MS = 10_000
const FINISH_MS = 2_000
/** RFC 5424 §6.1: every receiver should take 2048 octets. */
const MAX_OCTETS = 2048
/** Facility 10: security and authorization (RFC 5424 §6.2.1). */
const FACILITY = 10
const SEVERITY_NUMBERS = { critical: 2, high: 3, medium: 4, low: 5, info: 6 } as const satisfies Record<Severity, number>

/**
 * Sends one syslog message (RFC 5424): over UDP in a datagram (RFC 5426), over TCP and TLS with octet counting (RFC 6587
 * §3.4.1, RFC 5425 §4.3).
 *
 * @throws MusterError delivery.failed, target.forbidden. Over UDP a loss goes unnoticed.
 */
export async function sendSyslog(settings: SyslogSettings, message: AlertMessage, sender: { readonly hostname: string; readonly processId: number }): Promise<void> {
  const address = await resolveAllowed(settings.host)
  const line = syslogLine(message, sender)
  try {
    if (settings.transport === 'udp') await sendDatagram(address, settings.port, line)
    else await sendStream(address, settings, Buffer.concat([Buffer.from(`${line.length} `), line]))
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'the connection failed'
    throw new MusterError('delivery.failed', `syslog at ${settings.host} port ${settings.port} could not be reached: ${why}`)
  }
}

/** `<PRI>1 TIMESTAMP HOSTNAME APP-NAME PROCID MSGID - BOM MSG` (RFC 5424 §6), cut to 2048 octets between characters. */
export function syslogLine(message: AlertMessage, { hostname, processId }: { readonly hostname: string; readonly processId: number }): Buffer {
  const worst = message.findings[0]?.severity ?? 'info'
  const host = hostname.replaceAll(/[^\x21-\x7e]/g, '').slice(0, 255) || '-'
  const header = `<${FACILITY * 8 + SEVERITY_NUMBERS[worst]}>1 ${message.at} ${host} muster ${processId} ${message.kind} - \uFEFF`
  const items = message.findings.map((finding) => `${finding.severity} ${finding.ruleId} ${oneLine(finding.objectName)}: ${oneLine(finding.evidence)}`)
  let text = Buffer.from(`${header}${[`${headline(message)} delivery=${message.id}`, ...items].join(' | ')}`)
  if (text.length <= MAX_OCTETS) return text
  let end = MAX_OCTETS
  while ((text[end]! & 0xc0) === 0x80) end--
  text = text.subarray(0, end)
  return text
}

function sendDatagram(address: string, port: number, line: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4')
    socket.once('error', reject)
    socket.send(line, port, address, (error) => {
      socket.close()
      if (error === null) resolve()
      else reject(error)
    })
  })
}

function sendStream(address: string, { host, port, transport }: SyslogSettings, frame: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const named = isIP(host) === 0 ? { servername: host } : {}
    const socket: Socket = transport === 'tls' ? connectTls({ host: address, port, minVersion: 'TLSv1.2', ...named }) : connectTcp({ host: address, port })
    socket.setTimeout(TIMEOUT_MS)
    socket.once('timeout', () => socket.destroy(socket.writableFinished ? undefined : Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })))
    socket.once('error', reject)
    socket.once(transport === 'tls' ? 'secureConnect' : 'connect', () => socket.end(frame))
    // Once the peer closes its side too it has everything; one that keeps its side open is not waited for.
    socket.once('finish', () => socket.setTimeout(FINISH_MS))
    socket.once('close', (hadError) => { if (!hadError) resolve() })
    socket.resume()
  })
}
