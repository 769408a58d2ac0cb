import type { Known, Leak } from './leak.ts'

/** What is looked at to know a leak again. */
export type Recognisable = Pick<Leak, 'ruleId' | 'kind' | 'secret' | 'file' | 'line' | 'endLine' | 'commit'>

/** Values that somebody has said something of: a baseline, an ignore file. */
export type KnownValues = {
  /** Entries. */
  readonly count: number
  /** Null for a value nothing is said of. */
  look(leak: Recognisable): Known | null
}

/** The first of `all` that knows a leak answers. */
export function firstOf(all: readonly KnownValues[]): KnownValues {
  return {
    count: all.reduce((sum, { count }) => sum + count, 0),
    look: (leak) => {
      for (const each of all) {
        const known = each.look(leak)
        if (known !== null) return known
      }
      return null
    },
  }
}
