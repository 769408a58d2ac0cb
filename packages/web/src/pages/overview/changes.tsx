import type { Overview } from '@muster/core/api'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Section } from '../../ui/text.tsx'
import { When } from '../../ui/time.tsx'
import { EventMark, isEvent } from '../changes/events.tsx'

/** What changed last in the inventory. */
export function Changes({ changes }: { changes: Overview['changes'] }): ReactNode {
  if (changes.length === 0) return null
  return (
    <Section title="Newest changes" aside={<Link to="/changes" className="text-xs text-accent hover:underline">All changes</Link>}>
      <ul className="border-t border-line">
        {changes.slice(0, 12).map((change, index) => (
          <li key={`${change.at}${change.credentialId}${index}`} className="grid h-8 grid-cols-[128px_minmax(0,2fr)_minmax(0,3fr)_104px] max-sm:grid-cols-[minmax(0,2fr)_minmax(0,3fr)] items-center gap-4 border-b border-line">
            <span className="max-sm:hidden">{isEvent(change.event) ? <EventMark event={change.event} /> : null}</span>
            <Link to="/inventory/$id" params={{ id: change.credentialId }} className="truncate font-medium hover:underline">{change.credentialName}</Link>
            <span className="truncate text-ink-2">{change.summary}</span>
            <When at={change.at} className="text-right text-xs text-ink-3 max-sm:hidden" />
          </li>
        ))}
      </ul>
    </Section>
  )
}
