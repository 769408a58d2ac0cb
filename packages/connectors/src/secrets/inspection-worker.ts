import { parentPort } from 'node:worker_threads'
import { type Clock, systemClock } from '@muster/core/basis'
import type { PreparedRules } from '@muster/detect/inspect'
import { type InspectorSettings, JobInspector, saysSomething } from './inspection-job.ts'
import { LifeSigns } from './life-signs.ts'
import { type ItemMessage, type JobMessage, type ThreadMessage, toMessage } from './thread-messages.ts'

/** What a thread is told first. The rules come prepared: compiling them takes longer than looking at a thousand files. */
export type ThreadSettings = { readonly settings: InspectorSettings; readonly rules: PreparedRules; readonly signs: SharedArrayBuffer }

parentPort!.once('message', ({ settings, rules, signs: memory }: ThreadSettings) => {
  const signs = new LifeSigns(memory)
  // Whoever asks for the time is at work.
  const clock: Clock = { now: () => { signs.beat(); return systemClock.now() } }
  const inspector = new JobInspector(settings, rules, clock)
  const say = (message: ThreadMessage): void => parentPort!.postMessage(message)
  parentPort!.on('message', ({ job, from, atOnce }: JobMessage) => {
    let bytesRead = 0
    const items: ItemMessage[] = []
    signs.beginsJob()
    signs.beginsItem(from)
    for (const result of inspector.each(job, from)) {
      bytesRead += result.bytesRead
      if (saysSomething(result)) items.push(toMessage(result))
      if (atOnce && items.length > 0) say({ items: items.splice(0), bytesRead: null })
      signs.beginsItem(result.item + 1)
    }
    signs.endsJob()
    say({ items, bytesRead })
  })
})
