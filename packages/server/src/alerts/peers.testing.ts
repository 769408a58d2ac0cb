import { createSocket } from 'node:dgram'
import { createServer as createHttp, type IncomingHttpHeaders } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'

export type Peer<Received> = { readonly port: number; readonly received: Received[]; close(): Promise<void> }

const listen = (server: Server) => new Promise<number>((resolve) => { server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)) })
const closing = (server: Server, sockets: Set<Socket>) => () => new Promise<void>((resolve) => {
  for (const socket of sockets) socket.destroy()
  server.close(() => resolve())
})

export type ReceivedMail = { readonly from: string; readonly to: readonly string[]; readonly data: string; readonly auth: string | null }

/** A mail server that plays RFC 5321's part; `script` replaces the answer to a verb. */
export async function smtpPeer(script: Readonly<Record<string, string>> = {}): Promise<Peer<ReceivedMail>> {
  const received: ReceivedMail[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    let [from, to, data, auth, inData, buffer] = ['', [] as string[], '', null as string | null, false, '']
    const answer = (verb: string, usual: string) => socket.write(`${script[verb] ?? usual}\r\n`)
    const onLine = (line: string) => {
      if (inData) {
        if (line !== '.') { data += `${line}\n`; return }
        inData = false
        if (script['.'] === undefined) received.push({ from, to, data, auth })
        answer('.', '250 queued')
        return
      }
      const verb = line.split(/[ :]/)[0]!.toUpperCase()
      if (verb === 'EHLO') answer(verb, '250-peer\r\n250 AUTH PLAIN')
      else if (verb === 'AUTH') { auth = line; answer(verb, '235 welcome') }
      else if (verb === 'MAIL') { from = line; to = []; data = ''; answer(verb, '250 ok') }
      else if (verb === 'RCPT') { to.push(line); answer(verb, '250 ok') }
      else if (verb === 'DATA') { inData = true; answer(verb, '354 go on') }
      else if (verb === 'QUIT') { answer(verb, '221 bye'); socket.end() }
      else answer(verb, '250 ok')
    }
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      buffer += chunk.toString()
      for (let at = buffer.indexOf('\r\n'); at !== -1; at = buffer.indexOf('\r\n')) {
        const line = buffer.slice(0, at)
        buffer = buffer.slice(at + 2)
        onLine(line)
      }
    })
    answer('', '220 peer ready')
  })
  return { port: await listen(server), received, close: closing(server, sockets) }
}

export type ReceivedPost = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string }

/** A web server that takes posts and answers with the statuses in turn, the last one from then on. */
export async function httpPeer(...statuses: readonly number[]): Promise<Peer<ReceivedPost>> {
  const received: ReceivedPost[] = []
  const sockets = new Set<Socket>()
  const server = createHttp((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => { body += chunk.toString() })
    request.on('end', () => {
      const status = statuses[Math.min(received.length, statuses.length - 1)] ?? 200
      received.push({ path: request.url ?? '', headers: request.headers, body })
      response.writeHead(status, { location: `http://127.0.0.1:${(server.address() as AddressInfo).port}/elsewhere` }).end('thanks')
    })
  })
  server.on('connection', (socket) => sockets.add(socket))
  return { port: await listen(server), received, close: closing(server, sockets) }
}

/** A syslog receiver over TCP: collects the bytes of each connection. */
export async function syslogTcpPeer(): Promise<Peer<string>> {
  const received: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    let text = ''
    socket.on('data', (chunk) => { text += chunk.toString() })
    socket.on('end', () => received.push(text))
  })
  return { port: await listen(server), received, close: closing(server, sockets) }
}

/** A syslog receiver over UDP; `next` resolves with the next datagram. */
export async function syslogUdpPeer(): Promise<{ readonly port: number; readonly next: () => Promise<string>; close(): Promise<void> }> {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => { socket.bind(0, '127.0.0.1', resolve) })
  return {
    port: socket.address().port,
    next: () => new Promise((resolve) => { socket.once('message', (message) => resolve(message.toString())) }),
    close: () => new Promise((resolve) => { socket.close(resolve) }),
  }
}
