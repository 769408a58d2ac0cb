import { createHash } from 'node:crypto'
import { MusterError, type Observation, type ScanBatch, type ScanContext, type ScanProblem } from '@muster/core'
import type { RecogniseOptions, RecogniseResult } from '@muster/pki'
import { accountBook, accountSighting, parseGroup, parsePasswd, parseShadow, type Account, type AccountBook } from '../local/accounts.ts'
import { formatCursor, parseCursor, type HostCursor } from './cursor.ts'
import type { EndpointProber } from './endpoint-prober.ts'
import { scanEndpoints } from './endpoint-scan.ts'
import { exclusion, isBelowAny, isExcludedAnywhere } from '../local/exclusion.ts'
import { FileScanner } from './file-scanner.ts'
import { FileWalk } from './file-walk.ts'
import { machineSighting, rightsOf, THIS_MACHINE } from '../local/machine.ts'
import { isOnSuchMount, parseMountInfo } from '../local/mounts.ts'
import type { HostOptions } from './options.ts'
import { placeJudge } from '../local/places.ts'
import { displayPath, isWithin, rawPath, type RawPath } from '../local/raw-path.ts'
import type { FileCalls } from '../local/file-calls.ts'
import { FileReader } from './read-file.ts'
import { roleFinder } from './roles.ts'
import { defaultPlaces, resolveRoots } from './roots.ts'
import { surveySsh, type SshSurvey } from './ssh-survey.ts'
import type { HostSystem } from '../local/system.ts'
import { configuredDocumentRoots } from '../local/web-roots.ts'

/** What a host scan is made of. */
export type HostScanParts = {
  readonly system: HostSystem
  readonly prober: EndpointProber
  readonly fileCalls: FileCalls
  readonly recognise: (bytes: Uint8Array, options: RecogniseOptions) => RecogniseResult | null
}

/**
 * One scan: the machine and its accounts, then the files below the roots, then the listening sockets. The cursor says how far
 * the files are; everything else is small and is done again after a resume.
 * @throws MusterError usage.invalid for roots that are not absolute
 */
export async function* scanHost(
  parts: HostScanParts,
  options: HostOptions,
  context: ScanContext,
): AsyncGenerator<ScanBatch, void, void> {
  const { signal } = context
  const plan = planOf(parts.system, options)
  const start: HostCursor = {
    scan: plan.id,
    phase: 'files',
    root: 0,
    directory: null,
    name: null,
    files: 0,
    unread: [],
    failed: false,
  }
  const from = parseCursor(context.resumeFrom, plan.id) ?? start
  const rights = rightsOf(parts.system)
  const book = readAccounts(parts.system)
  const ssh = surveySsh(parts.system, book, parts.recognise)
  const known = plan.accounts ? book.accounts : book.accounts.filter((account) => concerns(account, plan.present, ssh))
  const scanner = new FileScanner({
    reader: new FileReader(options.maxFileBytes, parts.fileCalls),
    recognise: parts.recognise,
    passphrases: context.passphrases,
    book,
    judgePlace: placeJudge(configuredDocumentRoots(parts.system)),
    rolesOf: roleFinder(known, ssh.files),
  })
  const mounts = parseMountInfo(parts.system.readText('/proc/self/mountinfo') ?? '')
  const isExcluded = exclusion(plan.exclude)

  const { sighting, problems } = await machineSighting(parts.system, ssh.hostKeys, signal)
  const observations: Observation[] = [
    sighting,
    ...known.map((account) => accountSighting(account, book, THIS_MACHINE, parts.system.platform)),
  ]
  const opening = { observations, problems: [...problems] }
  if (plan.accounts) {
    if (ssh.configuration !== null) observations.push(ssh.configuration)
    opening.problems.push(...ssh.problems)
    const apart = ssh.named.filter(
      (path) => !isBelowAny(path, plan.present) && !isOnSuchMount(mounts, path) && !isExcludedAnywhere(path, isExcluded),
    )
    readApart(apart, scanner, rights, opening)
  }
  yield { ...opening, progress: { done: from.files, total: null, unit: 'files', current: '' }, cursor: formatCursor(from) }

  const files = new FileWalk({
    roots: plan.roots,
    rootsNamed: options.roots !== null,
    mounts,
    isExcluded,
    scanner,
    maxFiles: options.maxFiles,
    rights,
    scanId: plan.id,
    signal,
  })
  if (from.phase === 'files') yield* files.run(from)
  if (!plan.sockets || signal.aborted) return
  const table = await parts.system.listeningSockets(signal)
  yield* scanEndpoints({
    table,
    prober: parts.prober,
    rights,
    timeoutMs: options.probeTimeoutMs,
    profile: options.profile,
    concurrency: options.probeConcurrency,
    signal,
    cursor: formatCursor({ ...start, phase: 'sockets', root: plan.roots.length, files: Math.max(files.files, from.files) }),
  })
}

function planOf(system: HostSystem, options: HostOptions) {
  for (const path of options.roots ?? []) {
    if (!path.startsWith('/') || path.includes('\0'))
      throw new MusterError('usage.invalid', `not an absolute path: ${JSON.stringify(path)}`, { path })
  }
  const defaults = defaultPlaces(system.platform)
  const roots = resolveRoots(options.roots ?? defaults.roots)
  const exclude = options.roots === null ? [...options.exclude, ...defaults.exclude] : options.exclude
  const wholeMachine = options.roots === null
  // Roots resolved anew, so that a cursor is not taken for a place in a different list.
  const id = createHash('sha256')
    .update(JSON.stringify([roots.map((root) => root.named), options.exclude]))
    .digest('hex')
  return {
    id,
    roots,
    exclude,
    present: roots.flatMap((root) => root.path ?? []),
    accounts: options.accounts ?? wholeMachine,
    sockets: options.sockets ?? wholeMachine,
  }
}

function readAccounts(system: HostSystem): AccountBook {
  return accountBook(
    parsePasswd(system.readText('/etc/passwd') ?? ''),
    parseGroup(system.readText('/etc/group') ?? ''),
    parseShadow(system.readText('/etc/shadow') ?? ''),
  )
}

/** True when what is below the roots may be about the account. */
function concerns(account: Account, roots: readonly RawPath[], ssh: SshSurvey): boolean {
  const home = rawPath(account.home)
  if (account.home.length > 1 && roots.some((root) => isWithin(root, home) || isWithin(home, root))) return true
  return [...ssh.files.authorizedKeys].some(([path, names]) => names.includes(account.name) && isBelowAny(path, roots))
}

/** Files the SSH server's settings name outside the roots, each with its own coverage. */
function readApart(
  paths: readonly RawPath[],
  scanner: FileScanner,
  rights: string,
  into: { observations: Observation[]; problems: ScanProblem[] },
): void {
  for (const path of paths) {
    const scan = scanner.scan(path)
    into.observations.push(...scan.observations)
    into.problems.push(...scan.problems)
    const where = displayPath(path).slice(0, 4096)
    into.observations.push({
      observation: 'coverage',
      machine: THIS_MACHINE,
      rights,
      complete: !scan.failed,
      scope: { kind: 'path', path: where, unread: scan.unread ? [where] : [], lookedFor: ['keys'] },
    })
  }
}
