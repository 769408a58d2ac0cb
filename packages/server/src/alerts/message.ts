import { severities, type Severity, severityRank } from '@muster/core'
import type { AlertFinding } from './channel.ts'

/** What a channel is told: the worst findings in full, the rest as counts. */
export type AlertMessage = {
  /** The delivery's id: the same on every attempt, so that a receiver can tell a repetition. */
  readonly id: string
  readonly kind: 'findings' | 'digest' | 'test'
  readonly at: string
  /** Where people look at the findings. */
  readonly url: string
  readonly total: number
  readonly bySeverity: Readonly<Partial<Record<Severity, number>>>
  readonly findings: readonly Omit<AlertFinding, 'state'>[]
}

const MAX_LISTED = 50

/** One message about the findings, worst and soonest first. */
export function composeMessage(about: Pick<AlertMessage, 'id' | 'kind' | 'at' | 'url'>, findings: readonly AlertFinding[]): AlertMessage {
  const ordered = findings.toSorted((a, b) => severityRank(a.severity) - severityRank(b.severity) || compareText(a.due ?? '9', b.due ?? '9') || compareText(a.id, b.id))
  const bySeverity: Partial<Record<Severity, number>> = {}
  for (const { severity } of findings) bySeverity[severity] = (bySeverity[severity] ?? 0) + 1
  return { ...about, total: findings.length, bySeverity, findings: ordered.slice(0, MAX_LISTED).map(({ state: _state, ...shown }) => shown) }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** `3 findings: 1 critical, 2 high`, or that it is a test. One line. */
export function headline(message: AlertMessage): string {
  if (message.kind === 'test') return 'Muster test message'
  const counts = severities.flatMap((severity) => (message.bySeverity[severity] === undefined ? [] : [`${message.bySeverity[severity]} ${severity}`]))
  const noun = message.total === 1 ? 'finding' : 'findings'
  return `Muster: ${message.total} ${message.kind === 'digest' ? `${noun} in today's digest` : `new ${noun}`}: ${counts.join(', ')}`
}

/** The message as plain text. Text that came from outside is kept to one line each. */
export function plainText(message: AlertMessage): string {
  if (message.kind === 'test') return `This is a test message. Alerts of this channel arrive.\n\n${message.url}\n`
  const lines = message.findings.map((finding) => {
    const facts = [finding.due === null ? null : `due ${finding.due.slice(0, 10)}`, finding.owner === null ? null : `owner ${oneLine(finding.owner)}`].filter((fact) => fact !== null)
    return `[${finding.severity}] ${oneLine(finding.title)}: ${oneLine(finding.objectName)}\n    ${oneLine(finding.evidence)}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`
  })
  const rest = message.total - message.findings.length
  return `${lines.join('\n')}\n${rest > 0 ? `\n… and ${rest} more.\n` : ''}\n${message.url}/findings\n`
}

/** `text` without line breaks and other control characters, at most 300 characters. */
export function oneLine(text: string): string {
  const flat = text.toWellFormed().replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
  return flat.length > 300 ? `${flat.slice(0, 299)}…` : flat
}
