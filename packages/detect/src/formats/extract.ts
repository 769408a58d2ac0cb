import { Collector, type ExtractedSecret, type ExtractProblem } from './found.ts'
import { type Format, FormatInput } from './input.ts'
import { formats } from './formats.ts'

/** Largest file whose structure is read, in bytes; a larger one is left to the byte-wise rules and reported. */
export const maxFormatBytes = 32 * 1024 * 1024

/**
 * What the structure of one file gives away: every secret at the place its format keeps it, with who it belongs to, and every
 * reference to a secret kept elsewhere. `path` chooses formats by name and is not opened. Work is linear in the size; a
 * file beyond the limits yields what was read and a problem. `among`: the formats asked, in their order. Never throws for what a file contains.
 */
export function extractSecrets(bytes: Uint8Array, file: { readonly path: string }, among: readonly Format[] = formats): { readonly found: readonly ExtractedSecret[]; readonly problems: readonly ExtractProblem[] } {
  let limited = false
  const input = new FormatInput(bytes, file.path, () => { limited = true })
  const into = new Collector(bytes, file.path, input.base)
  if (bytes.byteLength > maxFormatBytes) {
    into.problem('input.limit', `larger than ${maxFormatBytes} bytes; its structure was not read`)
    return { found: [], problems: into.problems }
  }
  for (const format of among) {
    if (into.full || !format.matches(input)) continue
    into.settle()
    format.extract(input, into)
  }
  if (limited) into.problem('input.limit', 'nested too deeply or too many values; only a part of the structure was read')
  return { found: into.found.sort((a, b) => a.start - b.start), problems: into.problems }
}
