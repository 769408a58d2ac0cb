import { createHash } from 'node:crypto'
import type { Observation, ScanProgress } from '@muster/core'
import { parseJson } from './cursor.ts'
import type { ScanMemory } from './memory.ts'

/** A step of a scan as it is told again: values stand in it by their fingerprints, as in the inventory. */
export type ToldStep = { readonly observations: readonly Observation[]; readonly position: string; readonly progress: Omit<ScanProgress, 'done'>; readonly done: number }

/** Outcomes with more than this are not kept; whoever has so many has other troubles than the time of a second scan. */
const MAX_OBSERVATIONS = 50_000

/** What a whole scan of a target told, for as long as the target stays as it was. */
export class OutcomeMemory {
  readonly #memory: ScanMemory
  readonly #key: string

  /** `about`: all that the outcome depends on beside the state of the target. */
  constructor(memory: ScanMemory, about: readonly unknown[]) {
    this.#memory = memory
    this.#key = createHash('sha256').update(JSON.stringify(['outcome', 1, ...about])).digest('hex')
  }

  /** What was told of the target in this state; null when that is not known, or the note is damaged. */
  recall(state: string): readonly ToldStep[] | null {
    const [digest = '', ...rest] = (this.#memory.recall(this.#key) ?? '').split('\n')
    const text = rest.join('\n')
    if (digest !== digestOf(text)) return null
    // What this program wrote, whole: the digest says so.
    const note = parseJson(text) as { readonly state: string; readonly steps: readonly ToldStep[] }
    return note.state === state ? note.steps : null
  }

  note(state: string, steps: readonly ToldStep[]): void {
    if (steps.reduce((sum, { observations }) => sum + observations.length, 0) > MAX_OBSERVATIONS) return
    const text = JSON.stringify({ state, steps })
    this.#memory.note(this.#key, `${digestOf(text)}\n${text}`)
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(`muster scan outcome v1\0${text}`).digest('hex')
}
