import { type Clock, isMusterError } from '@muster/core'
import type { DetectionTrial } from '@muster/core/api'
import { FileInspector, type FoundSecret, type RuleSet } from '@muster/detect'
import { ownRuleCount, ruleSetWith } from './rule-set.ts'

/** What to look at with which rules; without a text the rules alone are checked. */
export type TrialInput = { readonly toml: string; readonly sample: { readonly path: string; readonly text: string } | null }
export type Trial = DetectionTrial & { readonly ruleCount: number }

const MAX_FINDINGS = 1000

/** Compiles the rules and tries them on a text as a scan would, all in memory. Answers offsets; never a value. */
export function tryRules({ toml, sample }: TrialInput, clock: Clock): Trial {
  let rules: RuleSet
  try {
    rules = ruleSetWith(toml)
  } catch (error) {
    if (!isMusterError(error, 'config.invalid')) throw error
    return { problems: error.message.split('\n'), findings: [], ruleCount: 0 }
  }
  return { problems: [], findings: sample === null ? [] : findingsIn(rules, sample, clock), ruleCount: ownRuleCount(rules) }
}

function findingsIn(rules: RuleSet, { path, text }: NonNullable<TrialInput['sample']>, clock: Clock): Trial['findings'] {
  const bytes = Buffer.from(text, 'utf8')
  const { found } = new FileInspector(rules, { clock, maxFound: MAX_FINDINGS }).inspect({ bytes, path })
  // A reference holds no secret, and what was unpacked stands nowhere in the text.
  const shown = found.filter(({ reference, path: within }) => reference === null && within === path)
  const ranges = rangesOf(bytes, shown)
  const position = utf16Positions(bytes, ranges.flatMap(({ start, end }) => [start, end]))
  return shown.map(({ ruleId, kind, line, suppressedBy, facts }, i) => {
    const start = position.get(ranges[i]!.start)!
    return { ruleId, kind, line, column: start - (start === 0 ? 0 : text.lastIndexOf('\n', start - 1) + 1) + 1, start, end: position.get(ranges[i]!.end)!, suppressedBy, facts: { ...facts } }
  })
}

type ByteRange = { readonly start: number; readonly end: number }

/** Byte offsets of findings, which tell lines and columns; a finding by the path alone stands at the beginning. */
function rangesOf(bytes: Buffer, findings: readonly FoundSecret[]): ByteRange[] {
  const lineStarts = [0]
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) lineStarts.push(at + 1)
  const offset = (line: number, column: number) => Math.max(0, Math.min(bytes.length, (lineStarts[line - 1] ?? bytes.length) + column - 1))
  return findings.map(({ line, column, endLine, endColumn }) => {
    const start = offset(line, column)
    return { start, end: Math.max(start, offset(endLine, endColumn + 1)) }
  })
}

/** Byte offsets as offsets into the JavaScript string, each byte decoded once. */
function utf16Positions(bytes: Buffer, offsets: readonly number[]): ReadonlyMap<number, number> {
  const positions = new Map<number, number>()
  let byte = 0
  let unit = 0
  for (const offset of [...new Set(offsets)].sort((a, b) => a - b)) {
    unit += bytes.toString('utf8', byte, offset).length
    byte = offset
    positions.set(offset, unit)
  }
  return positions
}
