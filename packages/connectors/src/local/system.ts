import { execFile } from 'node:child_process'
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { hostname, networkInterfaces, userInfo } from 'node:os'
import type { ListeningSocket } from './sockets.ts'
import { listeningSockets } from './sockets.ts'

/**
 * What the scan asks of the machine beside walking files, so that tests can be another machine. Nothing here throws: what is
 * not there or may not be read is null or empty.
 */
export type HostSystem = {
  readonly platform: NodeJS.Platform
  /** A small text file such as `/etc/passwd`. */
  readText(path: string): string | null
  readonly hostname: () => string
  /** Addresses of interfaces that other machines can reach, without those of container bridges. */
  readonly addresses: () => readonly string[]
  /** Numeric user the scan runs as; null where the system has none. */
  readonly effectiveUid: () => number | null
  readonly userName: () => string
  /** Standard output of a system tool; null when it is missing, fails or takes longer than a few seconds. */
  run(command: string, args: readonly string[], signal: AbortSignal): Promise<string | null>
  /** The TCP sockets in state LISTEN. `complete` is false when some owners could not be seen. */
  listeningSockets(
    signal: AbortSignal,
  ): Promise<{ readonly sockets: readonly ListeningSocket[]; readonly complete: boolean; readonly available: boolean }>
}

const MAX_TEXT_BYTES = 16 * 1024 * 1024
const COMMAND_TIMEOUT_MS = 10_000
/** Interfaces whose addresses are the same on every machine that runs the same software. */
const SHARED_INTERFACES =
  /^(?:docker|br-|veth|virbr|cni|flannel|cali|podman|lxcbr|lxdbr|kube-|nodelocaldns|dummy|tun|tap|utun|awdl|llw|vmnet)/

/** The machine this process runs on. */
export function localSystem(): HostSystem {
  const system: HostSystem = {
    platform: process.platform,
    readText: readSmallText,
    hostname,
    addresses: () =>
      Object.entries(networkInterfaces())
        .filter(([name]) => !SHARED_INTERFACES.test(name))
        .flatMap(([, addresses]) => addresses ?? [])
        .filter((address) => !address.internal && !/^(?:fe80:|169\.254\.)/i.test(address.address))
        .map((address) => address.address),
    effectiveUid: () => process.geteuid?.() ?? null,
    userName: () => {
      try {
        return userInfo().username
      } catch {
        return String(process.geteuid?.() ?? 'unknown')
      }
    },
    run,
    listeningSockets: (signal) => listeningSockets(system, signal),
  }
  return system
}

function readSmallText(path: string): string | null {
  let handle: number
  try {
    handle = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch {
    return null
  }
  try {
    if (!fstatSync(handle).isFile()) return null
    // Files of /proc have size 0 and any length.
    const chunks: Buffer[] = []
    for (let total = 0; total < MAX_TEXT_BYTES;) {
      const chunk = Buffer.allocUnsafe(64 * 1024)
      const count = readSync(handle, chunk, 0, chunk.length, null)
      if (count === 0) break
      chunks.push(chunk.subarray(0, count))
      total += count
    }
    return Buffer.concat(chunks).toString('utf8')
  } catch {
    return null
  } finally {
    closeSync(handle)
  }
}

async function run(command: string, args: readonly string[], signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(
      command,
      [...args],
      { signal, timeout: COMMAND_TIMEOUT_MS, maxBuffer: MAX_TEXT_BYTES, encoding: 'utf8' },
      (error, stdout) => {
        // lsof ends with status 1 when it could not see everything, and still prints what it saw.
        resolve(error !== null && stdout === '' ? null : stdout)
      },
    )
  })
}
