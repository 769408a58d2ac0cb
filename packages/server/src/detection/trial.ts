import { type Clock, isMusterError } from '@muster/core'
import type { DetectionTrial } from '@muster/core/api'
import { type DetectFinding, type RuleSet, SecretScanner } from '@muster/detect'
import { ownRuleCount, ruleSetWith } from './rule-set.ts'

/** What to look at with which rules; without a text the rules alone are checked. */
export type TrialInput = { readonly toml: string; readonly sample: { readonly path: string; readonly text: string } | null }
export type Trial = DetectionTrial & { readonly ruleCount: number }

const MAX_FINDINGS = 1000

/** Compiles the rules and tries them on a text, all in memory. Answers offsets; never a value. */
export function tryRules({ toml, sample }: TrialInput, clock: Clock): Trial {
  let rules: RuleSet
  try {
    rules = ruleSetWith(toml)
  } catch (error) {
    if (!isMusterError(error, 'config.invalid')) throw error
    return { problems: error.message.split('\n'), findings: [], ruleCount: 0 }
  }
  const findings = sample === null ? [] : findingsIn(rules, sample, clock)
  return { problems: [], findings, ruleCount: ownRuleCount(rules) }
}

function findingsIn(rules: RuleSet, { path, text }: NonNullable<TrialInput['sample']>, clock: Clock): Trial['findings'] {
  const bytes = Buffer.from(text, 'utf8')
  const { findings } = new SecretScanner(rules).scan({ bytes, path }, clock)
  const shown = findings.slice(0, MAX_FINDINGS)
  const position = utf16Positions(bytes, shown)
  return shown.map((finding) => {
    const start = position.get(finding.start)!
    return {
      ruleId: finding.ruleId, kind: finding.kind, line: finding.line, column: start - (text.lastIndexOf('\n', start - 1) + 1) + 1, start, end: position.get(finding.end)!,
      suppressedBy: finding.suppressedBy, facts: { ...finding.facts },
    }
  })
}

/** Byte offsets as offsets into the JavaScript string, each byte decoded once. */
function utf16Positions(bytes: Buffer, findings: readonly DetectFinding[]): ReadonlyMap<number, number> {
  const asked = [...new Set(findings.flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b)
  const positions = new Map<number, number>()
  let byte = 0
  let unit = 0
  for (const offset of asked) {
    unit += bytes.toString('utf8', byte, offset).length
    byte = offset
    positions.set(offset, unit)
  }
  return positions
}
