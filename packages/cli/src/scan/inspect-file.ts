import { open, stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { type CredentialSighting, type FileFacts, type Location, MusterError, type Secret } from '@muster/core'
import { type FoundItem, recognise } from '@muster/pki'
import type { Environment } from '../environment.ts'
import { LocalInventory } from './local-inventory.ts'

const MAX_BYTES = 64 * 1024 * 1024

/**
 * Everything in the file, or in standard input for `-`.
 *
 * @throws MusterError file.unreadable, input.limit, input.unrecognised.
 */
export async function inspectFile(path: string, passphrases: readonly Secret[], environment: Environment): Promise<LocalInventory> {
  const { bytes, file } = path === '-' ? await fromStdin(environment) : await fromFile(path)
  const { findings, problems } = recognise(bytes, { passphrases, ...(path === '-' ? {} : { name: basename(path) }) })
  if (findings.length === 0 && problems.length === 0) throw new MusterError('input.unrecognised', `${path} holds no certificate, key, keystore or SSH material that is known`, { path })
  const inventory = new LocalInventory()
  const name = path === '-' ? 'standard input' : resolve(path)
  inventory.add(findings.map((item) => sighting(item, name, file)), problems.map((problem) => ({ code: problem.code, where: problem.part === null ? path : `${path}: ${problem.part}`, message: problem.message })))
  return inventory
}

function sighting(item: FoundItem, path: string, file: FileFacts): CredentialSighting {
  return { observation: 'sighting', of: 'credential', machine: 'here', credential: item.credential, location: locationOf(item, path, file) }
}

function locationOf(item: FoundItem, path: string, file: FileFacts): Location {
  const { part, protection } = item
  // What lies about in a file that somebody looks at says nothing of where it will be used: no directory is judged.
  const place = { path, part, protection, file, inWebRoot: false, inServiceDirectory: true, trustStore: false }
  if (item.authorizedKey !== undefined) return { kind: 'authorized-key', path, part, file, account: '', comment: item.comment, ...item.authorizedKey, options: [...item.authorizedKey.options] }
  if (item.knownHost !== undefined) return { kind: 'known-host', path, part, file, ...item.knownHost, hosts: [...item.knownHost.hosts] }
  if (item.storeType !== undefined) return { kind: 'keystore-entry', storeType: item.storeType, alias: item.alias ?? String(item.entry), ...place }
  return { kind: 'file', entry: item.entry, format: item.format, comment: item.comment, ...place }
}

async function fromStdin(environment: Environment): Promise<{ bytes: Uint8Array; file: FileFacts }> {
  const bytes = await environment.readStdin()
  if (bytes.length > MAX_BYTES) throw new MusterError('input.limit', `standard input has more than ${MAX_BYTES} bytes`)
  return { bytes, file: { mode: 0o600, ownerUid: 0, ownerName: null, groupName: null, sizeBytes: bytes.length, modifiedAt: environment.clock.now().toISOString() } }
}

async function fromFile(path: string): Promise<{ bytes: Uint8Array; file: FileFacts }> {
  try {
    const facts = await stat(path)
    if (!facts.isFile()) throw new MusterError('file.unreadable', `${path} is not a regular file`, { path })
    if (facts.size > MAX_BYTES) throw new MusterError('input.limit', `${path} has ${facts.size} bytes; at most ${MAX_BYTES} are read`, { path })
    const handle = await open(path)
    try {
      return {
        bytes: await handle.readFile(),
        file: { mode: facts.mode & 0o7777, ownerUid: facts.uid, ownerName: null, groupName: null, sizeBytes: facts.size, modifiedAt: facts.mtime.toISOString() },
      }
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (error instanceof MusterError) throw error
    const code = (error as NodeJS.ErrnoException).code
    throw new MusterError('file.unreadable', `cannot read ${path}: ${code === 'ENOENT' ? 'there is no such file' : (code ?? 'unknown error')}`, { path }, { cause: error })
  }
}
