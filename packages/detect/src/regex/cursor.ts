import { MusterError } from '@muster/core/basis'

/** The refusal of a pattern; says what is wrong and where, by character position. */
export function patternError(what: string, at: number): MusterError {
  return new MusterError('config.invalid', `the regular expression is not valid: ${what} at character ${at}`, { at })
}

/** A pattern being read. */
export type Cursor = { readonly text: string; at: number }
