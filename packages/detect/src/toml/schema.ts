import { z } from 'zod'

/** Names of fields count in any case, as the reader of the format's first implementation takes them. */
export function lowerKeys(value: unknown, depth = 0): unknown {
  if (depth > 20 || value === null || typeof value !== 'object' || value instanceof Date) return value
  if (Array.isArray(value)) return value.map((item) => lowerKeys(item, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.toLowerCase(), lowerKeys(item, depth + 1)]))
}

const texts = z.array(z.string().max(50_000)).max(20_000).default([])

const allowlist = z.object({
  description: z.string().default(''),
  condition: z.string().default('OR'),
  paths: texts, regexes: texts, stopwords: texts, commits: texts, targetrules: texts,
  regextarget: z.string().default('secret'),
})
export type RawAllowlist = z.infer<typeof allowlist>

const required = z.object({ id: z.string(), withinlines: z.number().int().nonnegative().nullish(), withincolumns: z.number().int().nonnegative().nullish() })

const rule = z.object({
  id: z.string().min(1).max(200),
  description: z.string().max(4_000).default(''),
  regex: z.string().nullish(), path: z.string().nullish(),
  keywords: z.array(z.string().max(500)).max(2_000).default([]),
  tags: texts,
  entropy: z.number().min(0).max(8).nullish(),
  secretgroup: z.number().int().min(0).max(100).nullish(),
  allowlist: allowlist.nullish(),
  allowlists: z.array(allowlist).max(1_000).default([]),
  required: z.array(required).max(100).default([]),
  skipreport: z.boolean().nullish(),
  // Ours, and ignored by other readers of the format:
  kind: z.string().max(100).nullish(), structure: z.string().max(100).nullish(), generic: z.boolean().nullish(),
  examples: texts, counterexamples: texts,
})
export type RawRule = z.infer<typeof rule>

/** The gitleaks configuration format with lower-cased field names; fields that are not known are ignored. */
export const configSchema = z.object({
  title: z.string().default(''),
  extend: z.object({ usedefault: z.boolean().default(false), path: z.string().default(''), disabledrules: texts }).nullish(),
  rules: z.array(rule).max(5_000).default([]),
  allowlist: allowlist.nullish(),
  allowlists: z.array(allowlist).max(1_000).default([]),
})
export type RawConfig = z.infer<typeof configSchema>
