import type { DetectionRule } from '@muster/core/api'
import { Link } from '@tanstack/react-router'
import { Check, Minus } from 'lucide-react'
import type { ReactNode } from 'react'
import { secretTypeName } from '../../format/secret-names.ts'
import { SidePanel } from '../../ui/dialog.tsx'
import { Fact, Facts, Mono, Section, Tag } from '../../ui/text.tsx'
import { Hits } from './detection-columns.tsx'

function Examples({ texts, found }: { texts: readonly string[]; found: boolean }): ReactNode {
  if (texts.length === 0) return <p className="text-ink-3">None.</p>
  return (
    <ul className="flex flex-col gap-1.5">
      {texts.map((text, index) => (
        <li key={index} className="flex items-start gap-2 rounded-md bg-sunken px-2.5 py-1.5">
          {found ? <Check className="mt-1 size-3 shrink-0 text-good" aria-hidden /> : <Minus className="mt-1 size-3 shrink-0 text-ink-3" aria-hidden />}
          <code className="min-w-0 leading-5 break-all whitespace-pre-wrap">{text}</code>
        </li>
      ))}
    </ul>
  )
}

function Body({ rule }: { rule: DetectionRule }): ReactNode {
  return (
    <div className="flex flex-col gap-7 px-5 py-5">
      <div>
        <p className="text-lg font-semibold">{rule.description === '' ? rule.id : rule.description}</p>
        <p className="mt-1 flex flex-wrap gap-1.5">{rule.origin === 'custom' ? <Tag tone="accent">Own rule</Tag> : <Tag>Built in</Tag>}{rule.tags.map((tag) => <Tag key={tag}>{tag}</Tag>)}</p>
      </div>
      <Facts>
        <Fact name="Rule"><Mono copy="rule id">{rule.id}</Mono></Fact>
        <Fact name="Type">{secretTypeName(rule.kind)}</Fact>
        <Fact name="Found"><Hits rule={rule} worded /></Fact>
        <Fact name="Keywords">{rule.keywords.length === 0 ? 'None, so every text is read' : <span className="mono break-all">{rule.keywords.join(' ')}</span>}</Fact>
      </Facts>
      <Section title="Finds"><Examples texts={rule.examples.matches} found /></Section>
      <Section title="Leaves alone"><Examples texts={rule.examples.others} found={false} /></Section>
      {rule.origin === 'custom' ? <p><Link to="/rules" search={{ tab: 'own' }} className="text-accent hover:underline">Change own rules</Link></p> : <p className="text-xs text-ink-3">Values in examples are drawn from the pattern and open nothing.</p>}
    </div>
  )
}

/** A detection rule with its examples, beside the list; `id` alone where what told a secret is no rule. */
export function DetectionPanel({ id, rule, onClose }: { id: string | null; rule: DetectionRule | null; onClose: () => void }): ReactNode {
  return (
    <SidePanel open={id !== null} onClose={onClose} title="Detection rule">
      {rule !== null ? <Body key={rule.id} rule={rule} /> : id === null ? null : <p className="px-5 py-5 text-ink-2"><span className="mono text-ink">{id}</span> is no rule in use: a file format whose structure tells where its secrets are, or a rule that was removed.</p>}
    </SidePanel>
  )
}
