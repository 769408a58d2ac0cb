/** Peers for tests: scripted TCP servers and real daemons on loopback ports. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createTestCertificate, testCa } from '@muster/testkit'
import type { TestKeyType } from '@muster/testkit'

export type LoopbackServer = { readonly port: number; readonly connections: () => number; readonly close: () => Promise<void> }

/** A TCP server on a free loopback port that treats each connection with `script`. */
export async function serve(script: (socket: Socket) => void): Promise<LoopbackServer> {
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer((socket) => {
    connections++
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    script(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(() => resolve()))
  }
  return { port: (server.address() as AddressInfo).port, connections: () => connections, close }
}

/** A loopback port nothing listens on (it was free a moment ago). */
export async function freePort(): Promise<number> {
  const server = await serve(() => {})
  await server.close()
  return server.port
}

/** A leaf and its key in files, chained to a test CA. */
export type TestIdentity = { readonly certFile: string; readonly keyFile: string; readonly fingerprint: string; readonly intermediate: string; readonly pem: string; readonly key: string }

/** A directory for a daemon under test, with certificates; removed by `remove`. */
export class Workshop {
  readonly directory = mkdtempSync(join(tmpdir(), 'muster-test-'))
  readonly #ca = testCa({ name: 'Loopback' })

  file(name: string, text: string, mode = 0o600): string {
    const path = join(this.directory, name)
    writeFileSync(path, text, { mode })
    return path
  }

  identity(name: string, keyType: TestKeyType = 'P-256'): TestIdentity {
    const leaf = createTestCertificate({ issuer: this.#ca.intermediate, keyType, subject: `CN=${name}`, sans: [`dns:${name}`] })
    const pem = leaf.pem + this.#ca.intermediate.pem
    return {
      certFile: this.file(`${name}.pem`, pem), keyFile: this.file(`${name}.key`, leaf.privateKeyPem),
      fingerprint: leaf.cert.fingerprint, intermediate: this.#ca.intermediate.cert.fingerprint, pem, key: leaf.privateKeyPem,
    }
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true })
  }
}

async function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/** Starts a daemon in the foreground and waits until it listens. */
export async function startDaemon(command: string, args: readonly string[], port: number): Promise<{ readonly stop: () => Promise<void> }> {
  const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'pipe'] })
  let errors = ''
  let failed = false
  child.stderr.setEncoding('utf8').on('data', (text: string) => { errors += text })
  child.once('error', () => { failed = true })
  child.once('exit', () => { failed = true })
  for (let tries = 0; tries < 200 && !failed; tries++) {
    if (await listens(port)) {
      const stop = async (): Promise<void> => {
        const ended = new Promise((resolve) => child.once('exit', resolve))
        if (child.exitCode !== null) return
        child.kill('SIGTERM')
        await ended
      }
      return { stop }
    }
    await delay(50)
  }
  child.kill('SIGKILL')
  throw new Error(`${command} did not start: ${errors.slice(0, 500)}`)
}
