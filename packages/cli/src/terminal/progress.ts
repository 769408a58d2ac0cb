import type { ScanProgress } from '@muster/core'
import type { Terminal } from '../environment.ts'
import { visible } from './table.ts'

const EVERY_MS = 100

/** A line that is drawn over itself on a terminal and does not exist elsewhere. */
export type ProgressLine = { update(progress: ScanProgress, problems: number): void; end(): void }

/** Draws at most ten times a second, by `now`. */
export function progressLine(terminal: Terminal, now: () => Date, write: (text: string) => void = (text) => process.stderr.write(text)): ProgressLine {
  if (!terminal.interactive) return { update: () => {}, end: () => {} }
  let drawn = 0
  return {
    update(progress, problems) {
      const time = now().getTime()
      if (time - drawn < EVERY_MS) return
      drawn = time
      const share = progress.total === null || progress.total === 0 ? '' : ` of ${progress.total} (${Math.floor((100 * progress.done) / progress.total)} %)`
      const troubled = problems === 0 ? '' : `, ${problems} problems`
      const text = `${progress.done}${share} ${progress.unit}${troubled}  ${visible(progress.current)}`
      write(`\r\u001b[2K${text.slice(0, Math.max(20, terminal.columns - 1))}`)
    },
    end() {
      if (drawn > 0) write('\r\u001b[2K')
    },
  }
}
