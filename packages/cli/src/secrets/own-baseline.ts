import { instantSchema, MusterError, Secret, secretStates } from '@muster/core'
import { keyedFingerprint, secretDigest } from '@muster/detect/inspect'
import { z } from 'zod'

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`))
const headSchema = z.object({ muster: z.literal('secrets baseline'), version: z.literal(1), salt: hex(32) })
const entrySchema = z.object({ fingerprint: hex(32), rule: z.string().max(200), state: z.enum(secretStates), reason: z.string().max(1000), until: instantSchema.optional() })

/** A value that is known, by its fingerprint under the baseline's salt; with `until` only up to then. */
export type BaselineEntry = z.infer<typeof entrySchema>

/** Values that are known: a salt of its own and one entry a value, without place or line. */
export type OwnBaseline = { readonly salt: string; readonly entries: ReadonlyMap<string, BaselineEntry> }

/** Where two branches say different things of one value, the first of these that either says. */
const byCaution = ['confirmed', 'accepted', 'revoked', 'rotated', 'test-value', 'false-positive', 'new'] as const satisfies readonly (typeof secretStates)[number][]

/** True for a text that begins as a baseline of ours does. */
export function isOwnBaseline(text: string): boolean {
  return text.startsWith('{"muster":"secrets baseline"')
}

/**
 * Reads a baseline: a head and a line an entry. A value may have two lines, as a merge of two branches leaves them; the more alarming state holds, and of two ends the earlier.
 *
 * @throws MusterError input.unrecognised, naming the line and quoting nothing of it.
 */
export function parseOwnBaseline(text: string, name: string): OwnBaseline {
  const [first = '', ...lines] = text.split('\n')
  const head = headSchema.safeParse(parsed(first))
  if (!head.success) throw damaged(name, 1, 'the head is not one of this version')
  const entries = new Map<string, BaselineEntry>()
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '' || line === first) continue
    const entry = entrySchema.safeParse(parsed(line))
    if (!entry.success) throw damaged(name, i + 2, headSchema.safeParse(parsed(line)).success ? 'two baselines with different salts were merged; write it anew' : 'it is no entry')
    entries.set(entry.data.fingerprint, moreAlarming(entries.get(entry.data.fingerprint), entry.data))
  }
  return { salt: head.data.salt, entries }
}

/** The baseline as text: sorted by fingerprint, a line an entry, so that the same content is the same text. */
export function formatOwnBaseline({ salt, entries }: OwnBaseline): string {
  const sorted = [...entries.values()].sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1))
  return [{ muster: 'secrets baseline', version: 1, salt }, ...sorted.map(({ fingerprint, rule, state, reason, until }) => ({ fingerprint, rule, state, reason, until }))]
    .map((line) => `${JSON.stringify(line)}\n`).join('')
}

/** The fingerprint of a value in a baseline with this salt. */
export function baselineFingerprint(salt: string, secret: Secret): string {
  return keyedFingerprint(new Secret(Buffer.from(salt, 'hex')), secretDigest(secret))
}

function moreAlarming(a: BaselineEntry | undefined, b: BaselineEntry): BaselineEntry {
  if (a === undefined || byCaution.indexOf(b.state) < byCaution.indexOf(a.state)) return b
  return a.state === b.state && b.until !== undefined && (a.until === undefined || b.until < a.until) ? b : a
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

function damaged(name: string, line: number, why: string): MusterError {
  return new MusterError('input.unrecognised', `the baseline ${name} cannot be used: line ${line}: ${why}`, { name, line })
}
