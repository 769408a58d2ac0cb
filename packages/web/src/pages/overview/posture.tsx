import type { Overview } from '@muster/core/api'
import { Link } from '@tanstack/react-router'
import { ShieldCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import { capital, countText } from '../../format/names.ts'
import { SeverityGlyph, severityFill } from '../../ui/severity.tsx'
import { Empty } from '../../ui/states.tsx'
import { Section } from '../../ui/text.tsx'
import { FindingsTrend } from '../../viz/findings-trend.tsx'

/** Open findings by severity now, and how they developed. */
export function OpenFindings({ overview }: { overview: Overview }): ReactNode {
  const total = overview.openBySeverity.reduce((sum, entry) => sum + entry.count, 0)
  return (
    <Section title="Open findings" note={`${countText(total)} in all`}>
      {total === 0 && overview.trend.length < 2 ? <Empty icon={ShieldCheck} title="Nothing wrong was found" /> : (
        <div className="flex gap-8 max-sm:flex-col">
          <ul className="w-40 shrink-0">
            {overview.openBySeverity.map((entry) => (
              <li key={entry.severity}>
                <Link to="/findings" search={{ severity: [entry.severity] }} className="-mx-2 flex h-7 items-center gap-2.5 rounded-md px-2 hover:bg-hover">
                  <SeverityGlyph severity={entry.severity} />
                  {capital(entry.severity)}
                  <span className="ml-auto font-medium">{countText(entry.count)}</span>
                </Link>
              </li>
            ))}
          </ul>
          <div className="min-w-0 grow">{overview.trend.length < 2 ? <p className="pt-1 text-ink-3">The trend begins with the second day.</p> : <FindingsTrend trend={overview.trend} />}</div>
        </div>
      )}
    </Section>
  )
}

/** The rules that most often do not hold. */
export function TopRules({ overview }: { overview: Overview }): ReactNode {
  const most = Math.max(1, ...overview.topRules.map((rule) => rule.count))
  return (
    <Section title="Most frequent" aside={<Link to="/rules" className="text-xs text-accent hover:underline">All rules</Link>}>
      <ul>
        {overview.topRules.map((rule) => (
          <li key={rule.ruleId}>
            <Link to="/findings" search={{ rule: rule.ruleId }} className="-mx-2 grid h-7 grid-cols-[14px_minmax(0,1fr)_96px_40px] items-center gap-2.5 rounded-md px-2 hover:bg-hover">
              <SeverityGlyph severity={rule.severity} />
              <span className="truncate">{rule.title}</span>
              <span aria-hidden className="h-1.5"><span className={`block h-full rounded-sm opacity-60 ${severityFill[rule.severity]}`} style={{ width: `${(rule.count / most) * 100}%` }} /></span>
              <span className="text-right font-medium">{countText(rule.count)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  )
}
