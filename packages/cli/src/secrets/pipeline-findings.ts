import { realpathSync } from 'node:fs'
import { join, normalize } from 'node:path'
import { Secret, type Severity, severityRank } from '@muster/core'
import { defaultPolicy } from '@muster/core/api'
import { evaluate, isPipelineFile, type Rule, rules, staticCloudKeyInPipeline, staticCloudOf, type Subject } from '@muster/rules'
import type { LocalInventory } from '../scan/local-inventory.ts'
import type { Recognisable } from './known-values.ts'

/** Something wrong with how pipelines prove themselves: a policy that lets in too many, a key where a token of each job could serve. It is no secret. */
export type PipelineFinding = {
  readonly ruleId: string
  readonly title: string
  readonly severity: Severity
  /** As {@link Leak.file}. */
  readonly file: string
  /** Null for the whole file. */
  readonly line: number | null
  /** What it is called there: a resource's address, a job; empty for the file. */
  readonly entry: string
  readonly evidence: string
  readonly remedy: string
}

/** Rules about what a scan for secrets sees besides secrets. */
export const pipelineRules: readonly Rule[] = rules.filter((rule) => rule.id === staticCloudKeyInPipeline.id || (rule.object === 'configuration' && (rule.format === 'federated-trust' || rule.format === 'workflow')))

/** The name reports give to a file of a machine or source. */
export type FileName = (machineName: string, path: string) => string

/** What `pipelineRules` say, worst first, then by place. */
export function pipelineFindings(inventory: LocalInventory, nameOf: FileName, now: Date): readonly PipelineFinding[] {
  const subjects = inventory.subjects(now)
  const keys = Map.groupBy(subjects.flatMap((subject) => [...staticKeys(subject, inventory, nameOf)]), ({ cloud, file }) => `${cloud}\0${file}`)
  const findings = [...[...keys.values()].map(staticKeyFinding), ...subjects.flatMap((subject) => configurationFindings(subject, nameOf, now))]
  return findings.sort((a, b) => severityRank(a.severity) - severityRank(b.severity) || compare(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0) || compare(a.ruleId, b.ruleId))
}

type StaticKey = { readonly cloud: string; readonly file: string; readonly line: number | null; readonly name: string }

function* staticKeys(subject: Subject, inventory: LocalInventory, nameOf: FileName): Generator<StaticKey> {
  const cloud = subject.type === 'credential' && subject.credential.kind === 'secret' ? staticCloudOf(subject.credential) : null
  if (subject.type !== 'credential' || cloud === null) return
  for (const { location, machineId, machineName } of subject.locations) {
    if (location.kind === 'ci-variable') for (const path of inventory.usersOf(machineId, subject.id)) yield { cloud, file: nameOf(machineName, path), line: null, name: location.name }
    else if ((location.kind === 'repository-line' || location.kind === 'file-line') && isPipelineFile(location.path)) yield { cloud, file: nameOf(machineName, location.path), line: location.line, name: `${location.line}` }
  }
}

/** One for a file and a cloud, whatever the key consists of. */
function staticKeyFinding(keys: readonly StaticKey[]): PipelineFinding {
  const { id, title, severity, remedy } = staticCloudKeyInPipeline
  const { cloud, file, line } = keys[0]!
  const names = [...new Set(keys.map(({ name, line: at }) => (at === null ? name : `the one in line ${name}`)))].sort()
  return { ruleId: id, title, severity, file, line, entry: '', evidence: `takes a static key of ${cloud}: ${names.join(', ')}`, remedy }
}

function configurationFindings(subject: Subject, nameOf: FileName, now: Date): readonly PipelineFinding[] {
  if (subject.type !== 'configuration') return []
  const file = nameOf(subject.machineName, subject.path)
  const line = Number(subject.settings['line']?.[0] ?? Number.NaN)
  return evaluate(subject, { now, policy: defaultPolicy }).verdicts.map(({ rule, severity, violation }) => ({
    ruleId: rule.id, title: rule.title, severity, file, line: Number.isSafeInteger(line) ? line : null, entry: subject.name.slice(`${subject.machineName}:${subject.path}#`.length), evidence: violation.evidence, remedy: rule.remedy,
  }))
}

/** Names as reports of secrets give them: below the target as it was given for files, the path there for a repository or image, with the target before it where there are several. */
export function namesOf(targets: readonly string[]): FileName {
  const roots = targets.map((target) => ({ target, root: realpathSync(target) }))
  return (machineName, path) => {
    if (!path.startsWith('/')) return targets.length < 2 ? path : `${normalize(targets.find((target) => machineName === target || realpathSync(target).endsWith(`/${machineName}`)) ?? machineName)}/${path}`
    const at = roots.find(({ root }) => path === root || path.startsWith(`${root}!`) || path.startsWith(root.endsWith('/') ? root : `${root}/`))
    if (at === undefined) return path
    const rest = path.slice(at.root.length)
    return rest.startsWith('!') || rest === '' ? `${normalize(at.target)}${rest}` : join(at.target, rest)
  }
}

/** What an ignore file is asked about. */
export function recognisable({ ruleId, file, line }: PipelineFinding): Recognisable {
  return { ruleId, kind: '', secret: Secret.fromText(''), file, line: line ?? 1, endLine: line ?? 1, commit: null }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
