import { z } from 'zod'

export const ruleTabs = ['findings', 'detection', 'own'] as const
export type RuleTab = (typeof ruleTabs)[number]

/** What the rules page keeps in its address. */
export const rulesSearchSchema = z.object({
  tab: z.enum(ruleTabs).default('findings'),
  /** The rule that is open. */
  rule: z.string().max(128).optional(),
  q: z.string().max(200).optional(),
  provider: z.string().max(64).optional(),
  origin: z.enum(['built-in', 'custom']).optional(),
  /** Only rules that found something. */
  found: z.stringbool().optional(),
})
