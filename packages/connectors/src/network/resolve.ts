import { lookup } from 'node:dns/promises'
import { networkInterfaces } from 'node:os'
import { MusterError } from '@muster/core'
import { startDeadline } from './deadline.ts'

/** Addresses of a host name in the order to try. @throws MusterError target.unresolved when it has none */
export type Resolver = (name: string) => Promise<readonly string[]>

const RESOLVE_TIMEOUT_MS = 10_000
const MAX_ADDRESSES = 8
const MAX_REMEMBERED = 10_000

/** The system's resolver: asks nobody the machine would not ask, so internal names stay inside. Answers are kept for one scan. */
export function systemResolver(): Resolver {
  const known = new Map<string, Promise<readonly string[]>>()
  return (name) => {
    const before = known.get(name)
    if (before !== undefined) return before
    if (known.size >= MAX_REMEMBERED) known.clear()
    const answer = resolveName(name)
    known.set(name, answer)
    return answer
  }
}

async function resolveName(name: string): Promise<readonly string[]> {
  let disarm = (): void => {}
  const timeout = new Promise<never>((_, reject) => {
    disarm = startDeadline(RESOLVE_TIMEOUT_MS, () => reject(new MusterError('target.unresolved', `${name} could not be resolved in time`)))
  })
  try {
    const answers = await Promise.race([lookup(name, { all: true }), timeout])
    return answers.slice(0, MAX_ADDRESSES).map(({ address }) => address)
  } catch (error) {
    if (error instanceof MusterError) throw error
    throw new MusterError('target.unresolved', `${name} does not resolve to an address`)
  } finally {
    disarm()
  }
}

/** Every address of this machine's interfaces. */
export function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((entries) => (entries ?? []).map(({ address }) => address.replace(/%.*$/, '')))
}
