import type { SecretState, Severity, Violation } from '@muster/core'
import { rules } from './registry.ts'
import type { Rule, RuleContext } from './rule.ts'
import type { Subject } from './subject.ts'

/** A rule that does not hold for a subject; `severity` is decided. */
export type Verdict = { readonly rule: Rule; readonly severity: Severity; readonly violation: Violation }

/** A rule that failed to decide; the others were evaluated all the same. */
export type RuleFailure = { readonly ruleId: string; readonly error: unknown }

const settled: ReadonlySet<SecretState> = new Set(['false-positive', 'test-value', 'accepted'])

/**
 * Evaluates every enabled rule for the subject. Public trust anchors that merely ship with a system are nobody's
 * credentials, and a secret that people called a false positive or a test value, or accepted, is settled: nothing is said of them.
 */
export function evaluate(subject: Subject, context: RuleContext): { readonly verdicts: readonly Verdict[]; readonly failures: readonly RuleFailure[] } {
  if (subject.type === 'credential' && subject.trustStoreOnly) return { verdicts: [], failures: [] }
  if (subject.type === 'credential' && subject.secretState !== null && settled.has(subject.secretState)) return { verdicts: [], failures: [] }
  const disabled = new Set(context.policy.disabledRules)
  const verdicts: Verdict[] = []
  const failures: RuleFailure[] = []
  for (const rule of rules) {
    if (rule.object !== subject.type || disabled.has(rule.id)) continue
    if (rule.object === 'configuration' && subject.type === 'configuration' && rule.format !== subject.format) continue
    try {
      const violation = (rule.check as (subject: Subject, context: RuleContext) => Violation | null)(subject, context)
      if (violation !== null) verdicts.push({ rule, severity: violation.severity ?? rule.severity, violation })
    } catch (error) {
      failures.push({ ruleId: rule.id, error })
    }
  }
  return { verdicts, failures }
}
