import type { DetectionRule } from '@muster/core/api'

/** Whose credentials a detection rule finds: its first tag, or the first word of what the value is. */
export function providerOf(rule: Pick<DetectionRule, 'tags' | 'kind'>): string {
  return rule.tags[0] ?? rule.kind.split('-')[0]!
}
