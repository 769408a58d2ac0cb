import { credentialKinds, criticalities, environments, type CredentialKind, type Labels } from '@muster/core'
import type { LabelRule } from '@muster/core/api'
import { useQuery } from '@tanstack/react-query'
import { ArrowDown, ArrowUp, Pencil, Plus, Tags, Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { ApiProblem, call } from '../../api/client.ts'
import { routeQuery, useChange, useMay } from '../../api/query.ts'
import { capital, kindNames } from '../../format/names.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Checkbox, Switch } from '../../ui/checkbox.tsx'
import { ConfirmButton, Dialog } from '../../ui/dialog.tsx'
import { Field, Form, Input } from '../../ui/field.tsx'
import { Select } from '../../ui/select.tsx'
import { SimpleTable } from '../../ui/simple-table.tsx'
import { Empty, Failure, SkeletonRows } from '../../ui/states.tsx'
import { Section } from '../../ui/text.tsx'

const KEEP = 'keep'
type Draft = { name: string; match: { name: string; path: string; network: string; kind: CredentialKind[] }; set: { owner: string; criticality: string; environment: string; purpose: string } }
const draftOf = (rule: LabelRule | null): Draft => ({
  name: rule?.name ?? '',
  match: { name: rule?.match.name ?? '', path: rule?.match.path ?? '', network: rule?.match.network ?? '', kind: [...(rule?.match.kind ?? [])] },
  set: { owner: rule?.set.owner ?? '', criticality: rule?.set.criticality ?? KEEP, environment: rule?.set.environment ?? KEEP, purpose: rule?.set.purpose ?? '' },
})

function bodyOf(draft: Draft): { name: string; match: LabelRule['match']; set: LabelRule['set'] } {
  const { match, set } = draft
  return {
    name: draft.name.trim(),
    match: { ...(match.name === '' ? {} : { name: match.name }), ...(match.path === '' ? {} : { path: match.path }), ...(match.network === '' ? {} : { network: match.network }), ...(match.kind.length === 0 ? {} : { kind: match.kind }) },
    set: { ...(set.owner === '' ? {} : { owner: set.owner }), ...(set.criticality === KEEP ? {} : { criticality: set.criticality as Labels['criticality'] }), ...(set.environment === KEEP ? {} : { environment: set.environment as Labels['environment'] }), ...(set.purpose === '' ? {} : { purpose: set.purpose }) },
  }
}

function RuleDialog({ rule, position, onClose }: { rule: LabelRule | null; position: number; onClose: () => void }): ReactNode {
  const [draft, setDraft] = useState(() => draftOf(rule))
  const body = bodyOf(draft)
  const save = useChange<void, LabelRule>({
    change: () => (rule === null ? call('createLabelRule', { body: { ...body, position, enabled: true } }) : call('changeLabelRule', { params: { id: rule.id }, body })),
    stale: ['listLabelRules', 'listCredentials'],
    done: 'Label rule saved',
    onDone: onClose,
    quiet: true,
  })
  const refusal = save.error instanceof ApiProblem ? save.error : null
  const ready = body.name !== '' && Object.keys(body.match).length > 0 && Object.keys(body.set).length > 0
  const match = (patch: Partial<Draft['match']>): void => setDraft({ ...draft, match: { ...draft.match, ...patch } })
  const set = (patch: Partial<Draft['set']>): void => setDraft({ ...draft, set: { ...draft.set, ...patch } })
  return (
    <Dialog open wide onClose={onClose} title={rule === null ? 'Add label rule' : 'Change label rule'} footer={<><Button variant="ghost" onClick={onClose}>Cancel</Button><Button variant="primary" busy={save.isPending} disabled={!ready} onClick={() => save.mutate()}>Save rule</Button></>}>
      <Form onSubmit={() => ready && save.mutate()} className="flex flex-col gap-5">
        <Field label="Name">{(wiring) => <Input {...wiring} autoFocus maxLength={80} value={draft.name} onChange={(event) => setDraft({ ...draft, name: event.target.value })} />}</Field>
        <fieldset className="flex flex-col gap-3">
          <legend className="mb-2 font-medium">Where all of this holds</legend>
          <div className="grid grid-cols-3 gap-4 max-sm:grid-cols-1">
            <Field label="Name" hint="* stands for anything">{(wiring) => <Input {...wiring} className="mono" value={draft.match.name} placeholder="web-*" onChange={(event) => match({ name: event.target.value })} />}</Field>
            <Field label="Path">{(wiring) => <Input {...wiring} className="mono" value={draft.match.path} placeholder="/opt/tomcat/**" onChange={(event) => match({ path: event.target.value })} />}</Field>
            <Field label="Network">{(wiring) => <Input {...wiring} className="mono" value={draft.match.network} placeholder="10.20.0.0/16" onChange={(event) => match({ network: event.target.value })} />}</Field>
          </div>
          <div role="group" aria-label="Kinds" className="flex flex-wrap gap-x-5 gap-y-1.5">
            {credentialKinds.map((kind) => <Checkbox key={kind} label={kindNames[kind][0]} checked={draft.match.kind.includes(kind)} onChange={(on) => match({ kind: on ? [...draft.match.kind, kind] : draft.match.kind.filter((entry) => entry !== kind) })} />)}
          </div>
        </fieldset>
        <fieldset className="flex flex-col gap-3">
          <legend className="mb-2 font-medium">Set</legend>
          <div className="grid grid-cols-3 gap-4 max-sm:grid-cols-1">
            <Field label="Owner">{(wiring) => <Input {...wiring} value={draft.set.owner} onChange={(event) => set({ owner: event.target.value })} />}</Field>
            <Field label="Criticality">{({ id }) => <Select id={id} value={draft.set.criticality} onChange={(criticality) => set({ criticality })} options={[{ value: KEEP, label: 'Leave as it is' }, ...criticalities.map((value) => ({ value: value as string, label: capital(value) }))]} />}</Field>
            <Field label="Environment">{({ id }) => <Select id={id} value={draft.set.environment} onChange={(environment) => set({ environment })} options={[{ value: KEEP, label: 'Leave as it is' }, ...environments.map((value) => ({ value: value as string, label: capital(value) }))]} />}</Field>
          </div>
          <Field label="Purpose">{(wiring) => <Input {...wiring} value={draft.set.purpose} onChange={(event) => set({ purpose: event.target.value })} />}</Field>
        </fieldset>
        {refusal === null ? null : <p role="alert" className="text-critical">{refusal.message}</p>}
      </Form>
    </Dialog>
  )
}

const matchText = (rule: LabelRule): string => [rule.match.name === undefined ? '' : `name ${rule.match.name}`, rule.match.path === undefined ? '' : `path ${rule.match.path}`, rule.match.network === undefined ? '' : `in ${rule.match.network}`, ...(rule.match.kind ?? []).map((kind) => kindNames[kind][0].toLowerCase())].filter(Boolean).join(', ')
const setText = (rule: LabelRule): string => Object.entries(rule.set).filter(([, value]) => value !== undefined && value !== null).map(([name, value]) => `${name} ${value}`).join(', ')

/** Rules that set labels on whatever matches. */
export function LabelRulesTab(): ReactNode {
  const may = useMay()
  const rules = useQuery(routeQuery('listLabelRules'))
  const [editing, setEditing] = useState<LabelRule | 'new' | null>(null)
  const change = useChange({ change: ({ id, ...body }: { id: string; enabled?: boolean; position?: number }) => call('changeLabelRule', { params: { id }, body }), stale: ['listLabelRules'] })
  const remove = useChange({ change: (id: string) => call('deleteLabelRule', { params: { id } }), stale: ['listLabelRules'], done: 'Label rule deleted' })
  const items = (rules.data?.items ?? []).toSorted((a, b) => a.position - b.position)
  const swap = async (from: number, to: number): Promise<void> => {
    const [one, other] = [items[from]!, items[to]!]
    await change.mutateAsync({ id: one.id, position: other.position })
    await change.mutateAsync({ id: other.id, position: one.position })
  }
  const add = may('rule.write') ? <Button onClick={() => setEditing('new')}><Plus aria-hidden />Add rule</Button> : null
  return (
    <Section title="Label rules" note="the first rule that matches sets a label; what is set by hand stays" aside={items.length > 0 ? add : null}>
      {rules.isPending ? <SkeletonRows rows={3} /> : rules.isError ? <Failure error={rules.error} onRetry={() => void rules.refetch()} /> : items.length === 0 ? <Empty icon={Tags} title="No label rules" action={add}>A rule gives owner, criticality and environment to everything that matches, now and at every later scan.</Empty> : (
        <SimpleTable label="Label rules" head={['Name', 'Where', 'Sets', 'On', '']}>
          {items.map((rule, index) => (
            <tr key={rule.id} className={rule.enabled ? '' : 'text-ink-3'}>
              <td className="font-medium">{rule.name}</td>
              <td className="break-words">{matchText(rule)}</td>
              <td>{setText(rule)}</td>
              <td>{may('rule.write') ? <Switch label={`Rule ${rule.name} on`} checked={rule.enabled} onChange={(enabled) => change.mutate({ id: rule.id, enabled })} /> : rule.enabled ? 'Yes' : 'No'}</td>
              <td>
                {may('rule.write') ? (
                  <span className="flex justify-end">
                    <IconButton label={`Move ${rule.name} up`} disabled={index === 0 || change.isPending} onClick={() => void swap(index, index - 1)}><ArrowUp aria-hidden /></IconButton>
                    <IconButton label={`Move ${rule.name} down`} disabled={index === items.length - 1 || change.isPending} onClick={() => void swap(index, index + 1)}><ArrowDown aria-hidden /></IconButton>
                    <IconButton label={`Change ${rule.name}`} onClick={() => setEditing(rule)}><Pencil aria-hidden /></IconButton>
                    <ConfirmButton label={`Delete ${rule.name}`} title="Delete this rule?" description="Labels it has set stay until something else sets them." action="Delete rule" icon={<Trash2 aria-hidden />} onConfirm={() => remove.mutateAsync(rule.id)} />
                  </span>
                ) : null}
              </td>
            </tr>
          ))}
        </SimpleTable>
      )}
      {editing === null ? null : <RuleDialog rule={editing === 'new' ? null : editing} position={(items.at(-1)?.position ?? -1) + 1} onClose={() => setEditing(null)} />}
    </Section>
  )
}
