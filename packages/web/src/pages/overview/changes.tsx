import type { Overview } from '@muster/core/api'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Section } from '../../ui/text.tsx'
import { When } from '../../ui/time.tsx'

/** What changed last in the inventory. */
export function Changes({ changes }: { changes: Overview['changes'] }): ReactNode {
  if (changes.length === 0) return null
  return (
    <Section title="Newest changes">
      <ul className="border-t border-line">
        {changes.slice(0, 12).map((change, index) => (
          <li key={`${change.at}${change.credentialId}${index}`} className="grid h-8 grid-cols-[minmax(0,2fr)_minmax(0,3fr)_104px] items-center gap-4 border-b border-line">
            <Link to="/inventory/$id" params={{ id: change.credentialId }} className="truncate font-medium hover:underline">{change.credentialName}</Link>
            <span className="truncate text-ink-2">{change.summary}</span>
            <When at={change.at} className="text-right text-xs text-ink-3" />
          </li>
        ))}
      </ul>
    </Section>
  )
}
