import type { RuleRow } from '@muster/core/api'
import { ExternalLink } from 'lucide-react'
import type { ReactNode } from 'react'

/** What a rule means, what to do, and where it comes from. */
export function RuleText({ rule }: { rule: Pick<RuleRow, 'meaning' | 'remedy' | 'sources'> }): ReactNode {
  return (
    <div className="flex max-w-prose flex-col gap-3">
      <p>{rule.meaning}</p>
      <p><span className="font-medium">What to do.</span> {rule.remedy}</p>
      <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-2">
        {rule.sources.map((source) => (
          <li key={source.citation}>
            {source.url === null ? source.citation : <a href={source.url} target="_blank" rel="noreferrer" className="inline-flex items-center gap-1 text-accent underline">{source.citation}<ExternalLink className="size-3" aria-hidden /></a>}
          </li>
        ))}
      </ul>
    </div>
  )
}
