import type { TextInspection } from '@muster/connectors'
import type { Clock } from '@muster/core'
import { FileInspector } from '@muster/detect/inspect'
import type { ChosenRules } from './rule-choice.ts'

/** Looks at one text after the other; null when the time was up. A text that rules of somebody else do not come back from is left unfinished. */
export type TextInspector = { readonly inspect: (bytes: Buffer, path: string) => Promise<TextInspection | null>; readonly close: () => Promise<void> }

export type TextRules = Pick<ChosenRules, 'ruleSet' | 'config' | 'formats'>

/**
 * Rules that are not ours may take as long as they like and are tried in a thread that can be ended; ours are measured, and starting a thread would take
 * longer than they do. `inThread` has it all the same: for texts as long as anybody likes.
 *
 * @throws MusterError config.invalid
 */
export async function textInspector({ ruleSet, config, formats }: TextRules, { decode, clock, signal, inThread }: { readonly decode: boolean; readonly clock: Clock; readonly signal: AbortSignal; readonly inThread: boolean }): Promise<TextInspector> {
  if (config === null && !inThread) {
    const inspector = new FileInspector(ruleSet, { clock, decode, formats })
    return { inspect: (bytes, path) => Promise.resolve(signal.aborted ? null : inspector.inspect({ bytes, path, signal })), close: () => Promise.resolve() }
  }
  // Most hooks do without.
  const { TextThread } = await import('@muster/connectors')
  const thread = await TextThread.of({ config, formats, decode }, clock, signal)
  return { inspect: (bytes, path) => thread.inspect(bytes, path), close: () => thread.close() }
}
