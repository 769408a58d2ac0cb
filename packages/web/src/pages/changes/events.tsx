import type { Change, ChangeEvent } from '@muster/core/api'
import type { ReactNode } from 'react'
import { StateDot } from '../../ui/state-dot.tsx'

const events = {
  'first-seen': { name: 'New', tone: 'new' },
  'location-added': { name: 'New place', tone: 'new' },
  'location-gone': { name: 'Left a place', tone: 'idle' },
  'location-returned': { name: 'Back at a place', tone: 'new' },
  gone: { name: 'Gone', tone: 'idle' },
  returned: { name: 'Seen again', tone: 'new' },
  'labels-changed': { name: 'Labels', tone: 'idle' },
  'state-changed': { name: 'State', tone: 'idle' },
  'finding-opened': { name: 'Finding opened', tone: 'warn' },
  'finding-accepted': { name: 'Finding accepted', tone: 'idle' },
  'finding-closed': { name: 'Finding closed', tone: 'good' },
} as const satisfies Record<ChangeEvent, { name: string; tone: 'new' | 'idle' | 'warn' | 'good' }>

/** Whether the word names something that can happen. */
export function isEvent(word: string): word is ChangeEvent {
  return word in events
}

/** What happened, in two words. */
export function eventName(event: ChangeEvent): string {
  return events[event].name
}

/** What happened, in words with a dot. */
export function EventMark({ event }: { event: Change['event'] }): ReactNode {
  return <StateDot tone={events[event].tone}>{events[event].name}</StateDot>
}
