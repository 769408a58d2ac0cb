import { criticalities, type Criticality, severityRank } from '@muster/core'
import type { Policy } from '@muster/core/api'
import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { call } from '../../api/client.ts'
import { routeQuery, useChange, useMay } from '../../api/query.ts'
import { capital } from '../../format/names.ts'
import { Button } from '../../ui/button.tsx'
import { Switch } from '../../ui/checkbox.tsx'
import { Form, Input } from '../../ui/field.tsx'
import { SeverityMark } from '../../ui/severity.tsx'
import { SimpleTable } from '../../ui/simple-table.tsx'
import { Failure, SkeletonRows } from '../../ui/states.tsx'
import { Section } from '../../ui/text.tsx'

type Threshold = Policy['expiryDefault']
const isDays = (value: number, least: number): boolean => Number.isInteger(value) && value >= least && value <= 3650
const isSound = (threshold: Threshold): boolean => isDays(threshold.warnDays, 1) && isDays(threshold.urgentDays, 0) && threshold.urgentDays <= threshold.warnDays

function Days({ label, value, disabled, onChange }: { label: string; value: number; disabled: boolean; onChange: (value: number) => void }): ReactNode {
  return <span className="flex items-center gap-2"><Input aria-label={label} type="number" min={0} max={3650} disabled={disabled} className="w-20! text-right" value={Number.isNaN(value) ? '' : value} onChange={(event) => onChange(event.target.valueAsNumber)} /><span className="text-ink-3">days</span></span>
}

function Thresholds({ name, label, threshold, disabled, onChange }: { name: string; label: string; threshold: Threshold; disabled: boolean; onChange: (threshold: Threshold) => void }): ReactNode {
  return (
    <tr>
      <td className="font-medium">{label}</td>
      <td><Days label={`${name}: warn`} disabled={disabled} value={threshold.warnDays} onChange={(warnDays) => onChange({ ...threshold, warnDays })} /></td>
      <td><Days label={`${name}: urgent`} disabled={disabled} value={threshold.urgentDays} onChange={(urgentDays) => onChange({ ...threshold, urgentDays })} /></td>
      <td>{isSound(threshold) ? null : <span role="alert" className="text-xs text-critical">Urgent comes after the warning: at most as many days</span>}</td>
    </tr>
  )
}

function RuleSwitches({ policy, disabled, onChange }: { policy: Policy; disabled: boolean; onChange: (policy: Policy) => void }): ReactNode {
  const rules = useQuery(routeQuery('listRules'))
  if (rules.isPending) return <SkeletonRows rows={5} />
  if (rules.isError) return <Failure error={rules.error} onRetry={() => void rules.refetch()} />
  return (
    <ul className="border-t border-line">
      {rules.data.items.toSorted((a, b) => severityRank(a.severity) - severityRank(b.severity)).map((rule) => {
        const on = !policy.disabledRules.includes(rule.id)
        return (
          <li key={rule.id} className="flex h-9 items-center gap-4 border-b border-line">
            <span className="w-20 shrink-0"><SeverityMark severity={rule.severity} /></span>
            <span className="min-w-0 grow truncate">{rule.title} <span className="mono ml-2 text-ink-3">{rule.id}</span></span>
            <Switch label={`Rule ${rule.id} on`} checked={on} disabled={disabled} onChange={(next) => onChange({ ...policy, disabledRules: next ? policy.disabledRules.filter((id) => id !== rule.id) : [...policy.disabledRules, rule.id] })} />
          </li>
        )
      })}
    </ul>
  )
}

function Editor({ stored }: { stored: Policy }): ReactNode {
  const may = useMay()
  const [policy, setPolicy] = useState(stored)
  const locked = !may('settings.write')
  const changed = JSON.stringify(policy) !== JSON.stringify(stored)
  const sound = isSound(policy.expiryDefault) && criticalities.every((level) => isSound(policy.expiry[level])) && isDays(policy.staleAfterDays, 1) && isDays(policy.secretMaxAgeDays, 1)
  const save = useChange({ change: () => call('changeSettings', { body: policy }), stale: ['getSettings', 'listRules', 'listFindings', 'getOverview'], done: 'Policy saved' })
  const setLevel = (level: Criticality, threshold: Threshold): void => setPolicy({ ...policy, expiry: { ...policy.expiry, [level]: threshold } })
  return (
    <Form onSubmit={() => sound && save.mutate(undefined)} className="flex flex-col gap-10">
      <Section title="Expiry" note="how many days before the end something becomes a finding">
        <SimpleTable label="Expiry thresholds" head={['Criticality', 'Warn (medium)', 'Urgent (high)', '']}>
          {criticalities.map((level) => <Thresholds key={level} name={level} label={capital(level)} threshold={policy.expiry[level]} disabled={locked} onChange={(threshold) => setLevel(level, threshold)} />)}
          <Thresholds name="not set" label="Not set" threshold={policy.expiryDefault} disabled={locked} onChange={(expiryDefault) => setPolicy({ ...policy, expiryDefault })} />
        </SimpleTable>
      </Section>
      <Section title="Stale places" note="not seen for so long, though never found to be gone"><Days label="Stale after" disabled={locked} value={policy.staleAfterDays} onChange={(staleAfterDays) => setPolicy({ ...policy, staleAfterDays })} /></Section>
      <Section title="Old secrets" note="without an expiry, and older than this"><Days label="Long-lived after" disabled={locked} value={policy.secretMaxAgeDays} onChange={(secretMaxAgeDays) => setPolicy({ ...policy, secretMaxAgeDays })} /></Section>
      <Section title="Rules in force"><RuleSwitches policy={policy} disabled={locked} onChange={setPolicy} /></Section>
      {changed ? (
        <div className="sticky bottom-4 flex items-center gap-3 self-start rounded-lg bg-raised py-2 pr-2 pl-4 shadow-pop">
          <span>Changes are not saved yet</span>
          <Button onClick={() => setPolicy(stored)}>Undo</Button>
          <Button submit variant="primary" busy={save.isPending} disabled={!sound}>Save policy</Button>
        </div>
      ) : null}
    </Form>
  )
}

/** When things become findings. */
export function PolicyTab(): ReactNode {
  const settings = useQuery(routeQuery('getSettings'))
  if (settings.isPending) return <SkeletonRows rows={8} />
  if (settings.isError) return <Failure error={settings.error} onRetry={() => void settings.refetch()} />
  return <Editor key={JSON.stringify(settings.data)} stored={settings.data} />
}
