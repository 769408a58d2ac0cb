import type { Stats } from 'node:fs'
import type { Observation, ScanProblem, Secret } from '@muster/core'
import { foundAuthorizedKeys, foundKnownHosts, type FoundItem, type RecogniseOptions, type RecogniseResult } from '@muster/pki'
import type { AccountBook } from '../local/accounts.ts'
import type { PlaceFacts } from '../local/places.ts'
import { baseName, displayPath, type RawPath } from '../local/raw-path.ts'
import type { FileReader } from './read-file.ts'
import type { FileRoles } from './roles.ts'
import { fileFacts } from '../local/file-facts.ts'
import { credentialSighting, isTrustBundle, relationsOf } from './sightings.ts'

/** What looking at one file gave. */
export type FileScan = {
  readonly observations: readonly Observation[]
  readonly problems: readonly ScanProblem[]
  /** Something in the file may have been missed: nothing known to be there may be retired. */
  readonly unread: boolean
  /** The file could not be opened or read at all. */
  readonly failed: boolean
  readonly bytesRead: number
}

export type FileScannerParts = {
  readonly reader: FileReader
  /** Finds credentials in bytes; `null` when there are none of a known format. */
  readonly recognise: (bytes: Uint8Array, options: RecogniseOptions) => RecogniseResult | null
  readonly passphrases: readonly Secret[]
  readonly book: AccountBook
  readonly judgePlace: (path: RawPath) => PlaceFacts
  readonly rolesOf: (path: RawPath) => FileRoles
}

const NOTHING: FileScan = { observations: [], problems: [], unread: false, failed: false, bytesRead: 0 }
/** A file with thousands of broken parts is one broken file. */
const MAX_PROBLEMS_PER_FILE = 20
const MAX_PATH_CHARACTERS = 4096
/** Hard-linked files remembered so that their other names are not parsed again. */
const MAX_REMEMBERED = 10_000

/** Files ssh(1) and sshd(8) read as known hosts. */
const KNOWN_HOSTS_NAME = /^(?:ssh_)?known_hosts2?$/

/** Turns files into observations, one at a time. */
export class FileScanner {
  readonly #parts: FileScannerParts
  readonly #parsed = new Map<string, RecogniseResult>()

  constructor(parts: FileScannerParts) {
    this.#parts = parts
  }

  /** Reads the file and reports the credentials in it. Never throws for what is in the file. */
  scan(path: RawPath): FileScan {
    const where = displayPath(path)
    if (where.length > MAX_PATH_CHARACTERS)
      return trouble(where.slice(0, MAX_PATH_CHARACTERS), 'input.limit', 'path longer than 4096 characters')
    const name = baseName(path)
    const reading = this.#parts.reader.read(path, name)
    if (reading.outcome === 'unreadable') return trouble(where, reading.code, reading.message)
    if (reading.outcome === 'nothing') return { ...NOTHING, bytesRead: reading.bytesRead }
    try {
      const roles = this.#parts.rolesOf(path)
      const result = this.#parse(reading.bytes, reading.stats, name, roles)
      const scan = this.#report(path, where, reading.stats, roles, isMention(result, reading.bytes, name) ? NO_RESULT : result)
      if (!reading.truncated) return { ...scan, bytesRead: reading.bytesRead }
      const cut: ScanProblem = {
        code: 'input.limit',
        where,
        message: `${reading.stats.size} bytes long; only the first ${reading.bytes.length} were read`,
      }
      return { ...scan, problems: [cut, ...scan.problems], unread: true, bytesRead: reading.bytesRead }
    } finally {
      this.#parts.reader.wipe()
    }
  }

  #parse(bytes: Buffer, stats: Stats, name: string, roles: FileRoles): RecogniseResult {
    const inode = stats.nlink > 1 ? `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeMs}:${roles.letsIn}:${name}` : null
    const known = inode === null ? undefined : this.#parsed.get(inode)
    if (known !== undefined) return known
    const result = this.#recognise(bytes, name, roles)
    if (inode !== null && this.#parsed.size < MAX_REMEMBERED) this.#parsed.set(inode, result)
    return result
  }

  #recognise(bytes: Buffer, name: string, roles: FileRoles): RecogniseResult {
    try {
      // What the SSH server reads as authorized keys is just that, whatever it looks like.
      if (roles.letsIn) return foundAuthorizedKeys(bytes.toString('utf8'))
      if (KNOWN_HOSTS_NAME.test(name) || isHashedKnownHosts(bytes)) return foundKnownHosts(bytes.toString('utf8'))
      return this.#parts.recognise(bytes, { passphrases: this.#parts.passphrases, name }) ?? { findings: [], problems: [] }
    } catch {
      // A parser that throws has a bug; the scan of everything else must not end with it, and its message may quote the file.
      return { findings: [], problems: [{ code: 'internal', message: 'the parser failed on this file', part: null }] }
    }
  }

  #report(path: RawPath, where: string, stats: Stats, roles: FileRoles, result: RecogniseResult): FileScan {
    const context = { path: where, facts: fileFacts(stats, this.#parts.book), place: this.#parts.judgePlace(path), roles }
    const bundle = isTrustBundle(result.findings)
    const observations: Observation[] = []
    const problems: ScanProblem[] = result.problems.slice(0, MAX_PROBLEMS_PER_FILE).map((problem) => ({
      code: problem.code,
      where,
      message: (problem.part === null ? problem.message : `${problem.part}: ${problem.message}`).slice(0, 1024),
    }))
    for (const item of result.findings) {
      const sighting = credentialSighting(item, context, bundle)
      if (sighting === null)
        problems.push({
          code: 'input.limit',
          where,
          message: `entry ${item.entry} (${item.format}) is larger than the inventory keeps`,
        })
      else observations.push(sighting, ...relationsOf(item, context))
    }
    return {
      observations: dedupe(result.findings, observations),
      problems,
      unread: problems.length > 0,
      failed: false,
      bytesRead: 0,
    }
  }
}

/** A first line with a hashed host name (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
function isHashedKnownHosts(bytes: Buffer): boolean {
  return bytes.subarray(0, 3).toString('latin1') === '|1|'
}

const CREDENTIAL_NAME =
  /\.(?:pem|crt|cer|cert|der|key|csr|crl|p7[bcs]|p12|pfx|pub|asc|gpg|pgp|ppk|chain|bundle|ca)$|^id_|^authorized_keys|^known_hosts|_key$/i

/** True for names that credentials usually have. */
export function isCredentialName(name: string): boolean {
  return CREDENTIAL_NAME.test(name)
}

const NO_RESULT: RecogniseResult = { findings: [], problems: [] }
const BLOCK_START = /^\s*-----BEGIN /

/**
 * True when the file only talks about PEM: programs and manuals quote boundary lines by the hundred. A file that begins with
 * a block, is called like a credential or holds a readable one is taken at its word, and what is broken in it is reported.
 */
function isMention(result: RecogniseResult, bytes: Buffer, name: string): boolean {
  if (result.findings.length > 0 || isCredentialName(name) || BLOCK_START.test(bytes.subarray(0, 64).toString('latin1')))
    return false
  return result.problems.every((problem) => problem.code === 'pem.invalid' || problem.code === 'pgp.invalid')
}

/** Relations of a file repeat when a key stands on several lines; one edge is enough. */
function dedupe(items: readonly FoundItem[], observations: readonly Observation[]): readonly Observation[] {
  if (items.length < 2) return observations
  const seen = new Set<string>()
  return observations.filter((observation) => {
    if (observation.observation !== 'relation') return true
    const key = JSON.stringify(observation)
    return !seen.has(key) && seen.add(key)
  })
}

function trouble(where: string, code: ScanProblem['code'], message: string): FileScan {
  return {
    observations: [],
    problems: [{ code, where, message }],
    unread: true,
    failed: code === 'file.unreadable',
    bytesRead: 0,
  }
}
