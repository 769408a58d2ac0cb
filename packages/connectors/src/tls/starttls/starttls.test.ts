import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { createSecureContext, TLSSocket } from 'node:tls'
import { createTestCertificate } from '@muster/testkit'
import { afterEach, expect, test } from 'vitest'
import { serve } from '../../network/loopback.fixture.ts'
import type { LoopbackServer } from '../../network/loopback.fixture.ts'
import type { StarttlsProtocol } from '../../network/schemes.ts'
import { probeTls } from '../probe.ts'
import type { TlsProbe } from '../probe.ts'

const leaf = createTestCertificate({ subject: 'CN=starttls.example', sans: ['dns:starttls.example'] })
const secureContext = createSecureContext({ cert: leaf.pem, key: leaf.privateKeyPem })

let server: LoopbackServer | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

/** One side of a dialogue: bytes the server says of its own accord, or bytes it waits for before it says more. */
type Step = { readonly say: string | Uint8Array } | { readonly expect: RegExp | Uint8Array; readonly say: string | Uint8Array }

function upgrade(socket: Duplex): void {
  const secure = new TLSSocket(socket as Socket, { isServer: true, secureContext })
  secure.on('error', () => {})
}

/** Plays the dialogue and then starts TLS (or stays in the clear). */
async function play(steps: readonly Step[], end: (socket: Socket) => void = upgrade): Promise<number> {
  server = await serve((socket) => {
    let at = 0
    let input = Buffer.alloc(0)
    const speak = (): void => {
      for (let step = steps[at]; step !== undefined && !('expect' in step); step = steps[++at]) socket.write(step.say)
      if (at === steps.length) {
        socket.removeListener('data', hear)
        socket.pause()
        end(socket)
      }
    }
    const hear = (bytes: Buffer): void => {
      input = Buffer.concat([input, bytes])
      const step = steps[at]
      if (step === undefined || !('expect' in step)) return
      const heard = step.expect instanceof RegExp ? step.expect.test(input.toString('latin1')) : input.length >= step.expect.length
      if (!heard) return
      // A ClientHello instead: the probe found out by it what is spoken here, and comes back.
      if (input[0] === 22) return
      if (!(step.expect instanceof RegExp)) expect(input.subarray(0, step.expect.length)).toEqual(Buffer.from(step.expect))
      const rest = step.expect instanceof RegExp ? Buffer.alloc(0) : Buffer.from(input.subarray(step.expect.length))
      input = Buffer.alloc(0)
      socket.write(step.say)
      at++
      speak()
      if (rest.length > 0) socket.unshift(rest)
    }
    socket.on('data', hear)
    speak()
  })
  return server.port
}

const mysqlGreeting = (capabilities: number): Buffer => {
  const payload = Buffer.concat([Uint8Array.of(10), Buffer.from('8.0.36\0'), Buffer.alloc(4), Buffer.alloc(8, 0x41), Uint8Array.of(0, capabilities & 255, capabilities >> 8), Buffer.alloc(30)])
  return Buffer.concat([Uint8Array.of(payload.length, 0, 0, 0), payload])
}
const ldapResponse = (code: number): Uint8Array => Uint8Array.of(0x30, 12, 0x02, 1, 1, 0x78, 7, 0x0a, 1, code, 4, 0, 4, 0)
const rdpConfirm = (type: number, value: number): Uint8Array => Uint8Array.of(3, 0, 0, 19, 14, 0xd0, 0, 0, 0x12, 0x34, 0, type, 0, 8, 0, value, 0, 0, 0)
const ldapRequest = Buffer.concat([Uint8Array.of(0x30, 29, 2, 1, 1, 0x77, 24, 0x80, 22), Buffer.from('1.3.6.1.4.1.1466.20037')])
const streamOpen = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='1' version='1.0'>"
const tlsFeature = "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>"

const accepting: Partial<Record<StarttlsProtocol, readonly Step[]>> = {
  smtp: [{ say: '220-mail.example ESMTP\r\n220 ready\r\n' }, { expect: /^EHLO \S+\r\n/, say: '250-mail.example\r\n250-STARTTLS\r\n250 SIZE\r\n' }, { expect: /^STARTTLS\r\n/, say: '220 go\r\n' }],
  lmtp: [{ say: '220 mail.example LMTP\r\n' }, { expect: /^LHLO \S+\r\n/, say: '250-mail.example\r\n250 STARTTLS\r\n' }, { expect: /^STARTTLS\r\n/, say: '220 go\r\n' }],
  imap: [{ say: '* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n' }, { expect: /^m1 STARTTLS\r\n/, say: '* 1 EXISTS\r\nm1 OK begin\r\n' }],
  pop3: [{ say: '+OK ready\r\n' }, { expect: /^STLS\r\n/, say: '+OK begin\r\n' }],
  ftp: [{ say: '120 wait\r\n220-welcome\r\n hello\r\n220 FTP ready\r\n' }, { expect: /^AUTH TLS\r\n/, say: '234 go\r\n' }],
  nntp: [{ say: '201 news.example\r\n' }, { expect: /^STARTTLS\r\n/, say: '382 go\r\n' }],
  ldap: [{ expect: ldapRequest, say: ldapResponse(0) }],
  'xmpp': [{ expect: /to='127\.0\.0\.1' xmlns='jabber:client'.*>$/, say: streamOpen }, { say: tlsFeature }, { expect: /<starttls /, say: "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" }],
  'xmpp-server': [{ expect: /xmlns='jabber:server'.*>$/, say: streamOpen + tlsFeature }, { expect: /<starttls /, say: "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" }],
  postgres: [{ expect: Uint8Array.of(0, 0, 0, 8, 4, 210, 22, 47), say: 'S' }],
  mysql: [{ say: mysqlGreeting(0xffff) }, { expect: new Uint8Array(Buffer.from('20000001008a0800' + '00000001' + '21' + '00'.repeat(23), 'hex')), say: '' }],
  rdp: [{ expect: Uint8Array.of(3, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 11, 0, 0, 0), say: rdpConfirm(2, 2) }],
  sieve: [{ say: '"IMPLEMENTATION" "x"\r\n"STARTTLS"\r\nOK ready\r\n' }, { expect: /^STARTTLS\r\n/, say: 'OK begin\r\n' }],
}

const probe = (port: number, scheme: StarttlsProtocol | null): Promise<TlsProbe> => probeTls({ host: '127.0.0.1', port, scheme }, { depth: 'certificates', timeoutMs: 4000 })

test.each(Object.entries(accepting) as [StarttlsProtocol, readonly Step[]][])('%s is brought to TLS', async (protocol, steps) => {
  const result = await probe(await play(steps), protocol)
  expect(result.problems).toEqual([])
  expect(result).toMatchObject({ status: 'tls', starttls: protocol })
  expect(result.bindings[0]!.chains[0]![0]!.fingerprint).toBe(leaf.cert.fingerprint)
})

test('xmpp asks for the domain the operator named, not for the address', async () => {
  const steps: readonly Step[] = [{ expect: /to='chat\.example' xmlns='jabber:client'.*>$/, say: streamOpen + tlsFeature }, { expect: /<starttls /, say: "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" }]
  const port = await play(steps)
  const result = await probeTls({ host: '127.0.0.1', port, scheme: 'xmpp', sni: ['chat.example'] }, { depth: 'certificates', timeoutMs: 4000 })
  expect(result).toMatchObject({ status: 'tls', starttls: 'xmpp', problems: [] })
})

/** What SQL Server does: the handshake inside PRELOGIN packets. */
class TdsServerStream extends Duplex {
  readonly #socket: Socket
  #input = Buffer.alloc(0)

  constructor(socket: Socket) {
    super()
    this.#socket = socket
    socket.on('data', (bytes: Buffer) => {
      this.#input = Buffer.concat([this.#input, bytes])
      while (this.#input.length >= 8 && this.#input.length >= this.#input.readUInt16BE(2)) {
        const length = this.#input.readUInt16BE(2)
        this.push(this.#input.subarray(8, length))
        this.#input = this.#input.subarray(length)
      }
    })
    socket.on('close', () => this.push(null))
    socket.resume()
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    for (let at = 0; at < chunk.length; at += 1000) {
      const piece = chunk.subarray(at, at + 1000)
      this.#socket.write(Buffer.concat([Uint8Array.of(0x12, at + 1000 >= chunk.length ? 1 : 0, (piece.length + 8) >> 8, (piece.length + 8) & 255, 0, 0, 0, 0), piece]))
    }
    done()
  }
}

const tdsAnswer = (encryption: number): Uint8Array => Uint8Array.of(4, 1, 0, 26, 0, 0, 1, 0, 0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 16, 0, 0, 0, 0, 0, encryption)

test('mssql carries the handshake in TDS packets, however the server cuts them', async () => {
  const port = await play([{ expect: new Uint8Array(Buffer.from('1201001a00000000' + '00000b0006' + '0100110001' + 'ff' + '100000000000' + '01', 'hex')), say: tdsAnswer(1) }], (socket) => upgrade(new TdsServerStream(socket)))
  const result = await probe(port, 'mssql')
  expect(result).toMatchObject({ status: 'tls', starttls: 'mssql', problems: [] })
  expect(result.bindings[0]!.chains[0]![0]!.fingerprint).toBe(leaf.cert.fingerprint)
})

const refusing: readonly (readonly [StarttlsProtocol, readonly Step[]])[] = [
  ['smtp', [{ say: '220 mail ESMTP\r\n' }, { expect: /^EHLO/, say: '250 mail\r\n' }, { expect: /^STARTTLS/, say: '502 no\r\n' }]],
  ['smtp', [{ say: '554 go away\r\n' }]],
  ['imap', [{ say: '* OK ready\r\n' }, { expect: /STARTTLS/, say: 'm1 BAD no\r\n' }]],
  ['pop3', [{ say: '+OK\r\n' }, { expect: /STLS/, say: '-ERR no\r\n' }]],
  ['ftp', [{ say: '220 FTP\r\n' }, { expect: /AUTH/, say: '530 no\r\n' }]],
  ['nntp', [{ say: '200 news\r\n' }, { expect: /STARTTLS/, say: '500 what\r\n' }]],
  ['ldap', [{ expect: ldapRequest, say: ldapResponse(2) }]],
  ['xmpp', [{ expect: /stream/, say: `${streamOpen}<stream:features></stream:features>` }]],
  ['postgres', [{ expect: Uint8Array.of(0), say: 'N' }]],
  ['mysql', [{ say: mysqlGreeting(0xf7ff) }]],
  ['mssql', [{ expect: Uint8Array.of(0x12), say: tdsAnswer(2) }]],
  ['rdp', [{ expect: Uint8Array.of(3), say: rdpConfirm(3, 2) }]],
  ['rdp', [{ expect: Uint8Array.of(3), say: Uint8Array.of(3, 0, 0, 11, 6, 0xd0, 0, 0, 0x12, 0x34, 0) }]],
  ['sieve', [{ say: '"IMPLEMENTATION" "x"\r\nOK\r\n' }, { expect: /STARTTLS/, say: 'NO "off"\r\n' }]],
]

test.each(refusing)('%s without TLS is reported as refusing it', async (protocol, steps) => {
  const result = await probe(await play(steps, () => {}), protocol)
  expect(result).toMatchObject({ status: 'unknown', starttls: null, bindings: [], problems: [{ code: 'starttls.refused' }] })
})

test.each(['smtp', 'imap', 'pop3', 'ftp', 'nntp', 'sieve', 'mysql'] as const)('%s on an unusual port is recognised by its greeting', async (protocol) => {
  expect(await probe(await play(accepting[protocol]!), null)).toMatchObject({ status: 'tls', starttls: protocol, problems: [] })
})

test.each(Object.keys(accepting) as StarttlsProtocol[])('a server that speaks something else is not taken for %s', async (protocol) => {
  const result = await probe(await play([{ say: 'HTTP/1.1 400 Bad Request\r\n\r\n' }], () => {}), protocol)
  expect(result).toMatchObject({ status: 'unknown', bindings: [], problems: [{ code: 'tls.protocol' }] })
})
