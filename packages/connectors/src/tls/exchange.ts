import { MusterError } from '@muster/core'
import type { TlsVersion } from '@muster/core'
import type { Channel } from '../network/connection.ts'
import { certificateSuites, ecdheSuites } from './cipher-suites.ts'
import { writeClientHello } from './client-hello.ts'
import type { ClientHello } from './client-hello.ts'
import { extensionType, handshakeType, signatureSchemes, versionCodes } from './codes.ts'
import { commonGroups } from './groups.ts'
import { HandshakeReader } from './handshake-reader.ts'
import type { HandshakeLimits, Incoming } from './handshake-reader.ts'
import { computableGroups, handshakeOpener, keyShareOf, messageHash, openableSuites } from './key-schedule.ts'
import {
  holdsOcspResponse, readAlpn, readCertificate13, readCertificateList, readEncryptedExtensions, readKeyShare, readServerCurve, readServerHello,
} from './messages.ts'
import type { ServerHello } from './messages.ts'
import { withoutStackTraces } from './stack-traces.ts'

/** What a server answered to one hello. Fields the exchange did not go far enough to see are null. */
export type HelloAnswer = {
  readonly kind: 'server-hello'
  readonly version: TlsVersion
  readonly suite: number
  /** Group of the key exchange, where the server named one. */
  readonly group: number | null
  readonly isRetryRequest: boolean
  readonly alpn: string | null
  /** DER, leaf first; null when the exchange stopped before the Certificate message. */
  readonly certificates: readonly Buffer[] | null
  readonly ocspStapled: boolean | null
  readonly clientCertificateRequested: boolean | null
}

/** Any end of an exchange: an answer, an alert, a closed connection, or a peer that does not speak TLS. */
export type HelloOutcome = HelloAnswer | Exclude<Incoming, { kind: 'message' }>

/** How far to read up to TLS 1.2. `certificate` goes on only as far as bytes are already there. */
export type StopAfter = 'server-hello' | 'certificate' | 'key-exchange' | 'flight'

/** A hello up to TLS 1.2 as an ordinary client would send it; `change` says what is special about it. */
export function legacyHello(change: Partial<ClientHello> = {}): ClientHello {
  return {
    clientVersion: versionCodes['TLSv1.2'], supportedVersions: null, suites: certificateSuites, groups: commonGroups,
    signatureSchemes: signatureSchemes.any, serverName: null, alpn: [], keyShares: null, cookie: null, plain: false, ...change,
  }
}

/** A TLS 1.3 hello whose handshake this reader can follow to the Certificate message. */
export function tls13Hello(change: Partial<ClientHello> = {}): ClientHello {
  const share = keyShareOf(computableGroups[0]!)!
  return {
    clientVersion: versionCodes['TLSv1.2'], supportedVersions: [versionCodes['TLSv1.3']], suites: openableSuites, groups: computableGroups,
    signatureSchemes: signatureSchemes.any, serverName: null, alpn: [], keyShares: [share], cookie: null, plain: false, ...change,
  }
}

/**
 * Sends a hello of up to TLS 1.2 and reads the answer in the clear; nothing is computed and the handshake is never finished.
 * @throws MusterError tls.protocol, input.limit, and what the channel throws
 */
export async function exchangeLegacy(channel: Channel, hello: ClientHello, stop: StopAfter, limits?: HandshakeLimits): Promise<HelloOutcome> {
  channel.write(writeClientHello(hello).record)
  const reader = new HandshakeReader(channel, limits)
  const first = await reader.next()
  if (first.kind !== 'message') return first
  const answer = answerOf(channel, expectServerHello(channel, first))
  return stop === 'server-hello' ? answer : readLegacyFlight(reader, answer, stop)
}

function expectServerHello(channel: Channel, incoming: Extract<Incoming, { kind: 'message' }>): ServerHello {
  if (incoming.type !== handshakeType.serverHello) {
    throw new MusterError('tls.protocol', `${channel.where} broke the TLS protocol: handshake message ${incoming.type} instead of ServerHello`)
  }
  return readServerHello(incoming.body)
}

type Draft = { -readonly [Field in keyof HelloAnswer]: HelloAnswer[Field] } & { expectsStatus: boolean }

function answerOf(channel: Channel, hello: ServerHello): Draft {
  if (hello.version === null) throw new MusterError('tls.protocol', `${channel.where} broke the TLS protocol: it chose an unknown version`)
  const expectsStatus = hello.extensions.has(extensionType.statusRequest)
  return {
    kind: 'server-hello', version: hello.version, suite: hello.suite, group: null, isRetryRequest: hello.isRetryRequest,
    alpn: readAlpn(hello.extensions), certificates: null, ocspStapled: null, clientCertificateRequested: null, expectsStatus,
  }
}

async function readLegacyFlight(reader: HandshakeReader, answer: Draft, stop: StopAfter): Promise<HelloOutcome> {
  for (;;) {
    const enough = stop === 'certificate' && answer.certificates !== null && (!answer.expectsStatus || answer.ocspStapled !== null)
    const incoming = enough ? reader.poll() : await reader.next()
    if (incoming === null) return finished(answer)
    // An alert or a close after ServerHello ends what can be seen; what was seen stands.
    if (incoming.kind !== 'message') return answer.certificates === null ? incoming : finished(answer)
    switch (incoming.type) {
      case handshakeType.certificate:
        answer.certificates = readCertificateList(incoming.body)
        break
      case handshakeType.certificateStatus:
        answer.ocspStapled = holdsOcspResponse(incoming.body)
        break
      case handshakeType.serverKeyExchange:
        if (ecdheSuites.has(answer.suite)) answer.group = readServerCurve(incoming.body)
        if (stop === 'key-exchange') return finished(answer)
        break
      case handshakeType.certificateRequest:
        answer.clientCertificateRequested = true
        break
      case handshakeType.serverHelloDone:
        answer.clientCertificateRequested ??= false
        return finished(answer)
      default:
    }
  }
}

function finished(draft: Draft): HelloAnswer {
  const { expectsStatus: _, ...answer } = draft
  // Everything after the certificate has been passed: a staple would have come directly behind it.
  return { ...answer, ocspStapled: answer.ocspStapled ?? (answer.certificates === null ? null : false) }
}

/**
 * Sends a TLS 1.3 hello and reads the answer up to the Certificate message, through a HelloRetryRequest if need be. With an
 * empty key share it stops at the server's choice of group.
 * @throws MusterError tls.protocol, input.limit, and what the channel throws
 */
export async function exchangeTls13(channel: Channel, hello: ClientHello, stop: 'server-hello' | 'certificate' | 'flight', limits?: HandshakeLimits): Promise<HelloOutcome> {
  const reader = new HandshakeReader(channel, limits)
  const written = writeClientHello(hello)
  channel.write(written.record)
  const first = await reader.next()
  if (first.kind !== 'message') return first
  const serverHello = expectServerHello(channel, first)
  const answer = answerOf(channel, serverHello)
  answer.group = readKeyShare(serverHello)?.group ?? null
  if (answer.version !== 'TLSv1.3') return stop === 'server-hello' ? finished(answer) : readLegacyFlight(reader, answer, stop)
  if (stop === 'server-hello') return finished(answer)
  if (!serverHello.isRetryRequest) return readEncrypted(reader, answer, serverHello, [written.message, first.raw])
  return retry(channel, reader, hello, written.message, first.raw, serverHello)
}

/** Answers a HelloRetryRequest: the same hello again with the share and cookie it asks for (RFC 8446 §4.1.4). */
async function retry(channel: Channel, reader: HandshakeReader, hello: ClientHello, firstHello: Buffer, rawRequest: Buffer, request: ServerHello): Promise<HelloOutcome> {
  const group = readKeyShare(request)?.group ?? null
  const share = group === null ? null : keyShareOf(group)
  if (group !== null && share === null) return finished(answerOf(channel, request))
  const cookieExtension = request.extensions.get(extensionType.cookie)
  const cookie = cookieExtension === undefined ? null : cookieExtension.subarray(2)
  const reuse = { random: firstHello.subarray(6, 38), sessionId: firstHello.subarray(39, 39 + firstHello[38]!) }
  const again = writeClientHello({ ...hello, keyShares: share === null ? hello.keyShares : [share], cookie }, reuse)
  channel.write(again.record)
  const second = await reader.next()
  if (second.kind !== 'message') return second
  const serverHello = expectServerHello(channel, second)
  if (serverHello.isRetryRequest) throw new MusterError('tls.protocol', `${channel.where} broke the TLS protocol: a second HelloRetryRequest`)
  const transcript = [messageHash(serverHello.suite, firstHello), rawRequest, again.message, second.raw]
  return readEncrypted(reader, answerOf(channel, serverHello), serverHello, transcript)
}

async function readEncrypted(reader: HandshakeReader, answer: Draft, hello: ServerHello, transcript: readonly Buffer[]): Promise<HelloOutcome> {
  const keyShare = readKeyShare(hello)
  const share = keyShare === null ? null : keyShareOf(keyShare.group)
  if (keyShare?.publicKey == null || share === null) throw new MusterError('tls.protocol', 'the server sent no usable key share')
  answer.group = keyShare.group
  const { publicKey } = keyShare
  const opener = withoutStackTraces(() => handshakeOpener(hello.suite, share.sharedSecret(publicKey), transcript))
  reader.protectWith((header, fragment) => withoutStackTraces(() => opener(header, fragment)))
  answer.clientCertificateRequested = false
  for (;;) {
    const incoming = await reader.next()
    if (incoming.kind !== 'message') return incoming
    if (incoming.type === handshakeType.encryptedExtensions) answer.alpn = readAlpn(readEncryptedExtensions(incoming.body))
    else if (incoming.type === handshakeType.certificateRequest) answer.clientCertificateRequested = true
    else if (incoming.type === handshakeType.certificate) {
      const { certificates, ocspStapled } = readCertificate13(incoming.body)
      return finished({ ...answer, certificates, ocspStapled })
    }
  }
}
