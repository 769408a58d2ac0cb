import { useQuery } from '@tanstack/react-query'
import { FlaskConical } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { ApiProblem, call } from '../../api/client.ts'
import { routeQuery, useChange, useMay } from '../../api/query.ts'
import { pluralText } from '../../format/names.ts'
import { lineOfProblem, ruleChanges, type RuleChanges } from '../../format/toml-rules.ts'
import { Button } from '../../ui/button.tsx'
import { PageBody } from '../../ui/page.tsx'
import { Empty, Failure, SkeletonRows } from '../../ui/states.tsx'
import { Section } from '../../ui/text.tsx'
import { When } from '../../ui/time.tsx'
import { goToLine, RuleEditor } from './rule-editor.tsx'
import { Trial, type TrialResult } from './trial.tsx'

const EDITOR = 'own-rules'
const example = `[[rules]]
id = "shop-token"
description = "Token of the shop"
regex = '''shop_[0-9a-f]{32}'''
keywords = ["shop_"]
`

function Problems({ problems, toml }: { problems: readonly string[]; toml: string }): ReactNode {
  if (problems.length === 0) return null
  return (
    <div role="alert"><ul className="flex flex-col gap-1 text-critical">
      {problems.slice(0, 50).map((problem, index) => {
        const line = lineOfProblem(problem, toml)
        return <li key={index} className="flex gap-2">{line === null ? null : <button type="button" className="shrink-0 underline" onClick={() => goToLine(EDITOR, line)}>Line {line}</button>}<span className="break-words whitespace-pre-wrap">{problem}</span></li>
      })}
    </ul></div>
  )
}

function Changes({ changes }: { changes: RuleChanges }): ReactNode {
  const parts = [['Adds', changes.added], ['Changes', changes.changed], ['Removes', changes.removed]] as const
  return (
    <ul aria-label="What saving changes" className="flex flex-wrap gap-x-5 gap-y-1 text-ink-2">
      {parts.map(([verb, ids]) => ids.length === 0 ? null : <li key={verb}>{verb} <span className="mono text-ink">{ids.slice(0, 8).join(', ')}</span>{ids.length > 8 ? ` and ${ids.length - 8} more` : ''}</li>)}
      {changes.rest ? <li>Changes what is outside of the rules</li> : null}
    </ul>
  )
}

type Draft = { readonly toml: string | null; readonly text: string; readonly path: string }
export const emptyDraft: Draft = { toml: null, text: '', path: 'pasted.txt' }

/** The installation's own rules: written, tried on pasted text, and saved by administrators. */
export function OwnRules({ draft, onDraft }: { draft: Draft; onDraft: (draft: Draft) => void }): ReactNode {
  const may = useMay()
  const config = useQuery(routeQuery('getDetectionConfig'))
  const [result, setResult] = useState<TrialResult | null>(null)
  const saved = config.data?.toml ?? ''
  const toml = draft.toml ?? saved
  const trial = useChange({ change: async () => ({ text: draft.text, trial: await call('tryDetection', { body: { toml, path: draft.path.trim() === '' ? 'pasted.txt' : draft.path.trim(), text: draft.text } }) }), stale: [], onDone: setResult })
  const save = useChange({ change: () => call('changeDetectionConfig', { body: { toml } }), stale: ['getDetectionConfig', 'listDetectionRules'], done: ({ ruleCount }) => `Saved: ${pluralText(ruleCount, 'own rule')}`, onDone: () => onDraft({ ...draft, toml: null }), quiet: true })
  if (config.isPending) return <SkeletonRows rows={10} />
  if (config.isError) return <Failure error={config.error} onRetry={() => void config.refetch()} />
  if (toml === '' && !may('rule.write')) return <Empty icon={FlaskConical} title="No own rules">Secrets are told by the built-in rules alone. Administrators can add others.</Empty>
  const refusal = save.error instanceof ApiProblem ? save.error : null
  const problems = refusal === null ? result?.trial.problems ?? [] : Object.values(refusal.fields).length > 0 ? Object.values(refusal.fields).flatMap((message) => message.split('\n')) : [refusal.message]
  const dirty = toml !== saved
  const edit = (next: string): void => { save.reset(); onDraft({ ...draft, toml: next }) }
  const run = (): void => { if (may('rule.write') && !trial.isPending) trial.mutate(undefined) }
  return (
    <div className="min-h-0 grow overflow-y-auto" tabIndex={0} role="region" aria-label="Own rules">
      <PageBody className="grid max-w-[1440px]! grid-cols-[minmax(0,3fr)_minmax(0,2fr)] gap-x-10 gap-y-8 max-xl:grid-cols-1">
        <Section title="Own rules" note="gitleaks format, used beside the built-in ones" aside={toml.trim() === '' && may('settings.write') ? <Button onClick={() => edit(example)}>Begin with an example</Button> : null}>
          <RuleEditor id={EDITOR} label="Own rules" className="h-[52vh] min-h-64" value={toml} readOnly={!may('rule.write')} marked={new Set(problems.flatMap((problem) => lineOfProblem(problem, toml) ?? []))} onChange={edit} onRun={run} />
          <div className="mt-3 flex flex-col gap-2">
            <Problems problems={problems} toml={toml} />
            {dirty ? <Changes changes={ruleChanges(saved, toml)} /> : null}
            <div className="flex flex-wrap items-center gap-2">
              <span className="text-xs text-ink-3">{config.data.changedAt === null ? 'Never saved' : <>{pluralText(config.data.ruleCount, 'rule')}, saved by {config.data.changedBy} <When at={config.data.changedAt} /></>}</span>
              <span className="ml-auto flex gap-2">
                {dirty ? <Button variant="ghost" onClick={() => { save.reset(); onDraft({ ...draft, toml: null }) }}>Discard</Button> : null}
                {may('settings.write') ? <Button variant="primary" disabled={!dirty} busy={save.isPending} onClick={() => save.mutate(undefined)}>Save rules</Button> : <span className="text-xs text-ink-3">Administrators can save.</span>}
              </span>
            </div>
          </div>
        </Section>
        {may('rule.write') ? <Section title="Try"><Trial path={draft.path} text={draft.text} result={result} busy={trial.isPending} onPath={(path) => onDraft({ ...draft, path })} onText={(text) => onDraft({ ...draft, text })} onTry={run} /></Section> : null}
      </PageBody>
    </div>
  )
}
