import type { ReactNode } from 'react'
import { cx } from '../../ui/cx.ts'
import { Field, Input, Textarea } from '../../ui/field.tsx'
import { Checkbox } from '../../ui/checkbox.tsx'
import { ApiFields, VerifyFields } from './api-fields.tsx'
import { readsApi, type ScanForm, type ScanKind } from './options.ts'

const kinds: readonly { value: ScanKind; label: string; note: string }[] = [
  { value: 'host', label: 'This machine', note: 'Files, keystores, SSH keys and listening sockets' },
  { value: 'secrets', label: 'Secrets', note: 'Repositories with their history, images, directories' },
  { value: 'github', label: 'Code host or cluster', note: 'What GitHub, GitLab, Kubernetes keep' },
  { value: 'tls', label: 'TLS on the network', note: 'Certificates, versions, cipher suites' },
  { value: 'ssh', label: 'SSH on the network', note: 'Host keys and algorithms' },
]

type Props = { form: ScanForm; problems: Partial<Record<keyof ScanForm, string>>; onChange: (form: ScanForm) => void; focused?: boolean }

const isChosen = (form: ScanForm, kind: ScanKind): boolean => form.kind === kind || (readsApi(form.kind) && readsApi(kind))

function KindChoice({ form, onChange, focused = false }: Omit<Props, 'problems'>): ReactNode {
  return (
    <div role="radiogroup" aria-label="What to scan" className="grid grid-cols-2 gap-2 max-sm:grid-cols-1">
      {kinds.map((kind, index) => (
        <label key={kind.value} className={cx(index === 0 && 'col-span-full', 'flex flex-col gap-0.5 rounded-md px-3 py-2 ring-1 ring-inset has-focus-visible:outline-2 has-focus-visible:outline-(--focus)', isChosen(form, kind.value) ? 'bg-selected ring-accent' : 'ring-line-strong hover:bg-hover')}>
          <input type="radio" name="kind" className="sr-only" autoFocus={focused && isChosen(form, kind.value)} checked={isChosen(form, kind.value)} onChange={() => onChange({ ...form, kind: kind.value })} />
          <span className="font-medium">{kind.label}</span>
          <span className="text-xs leading-4 text-ink-2">{kind.note}</span>
        </label>
      ))}
    </div>
  )
}

function HostFields({ form, problems, onChange }: Props): ReactNode {
  return (
    <>
      <div className="flex flex-col gap-2">
        <Checkbox label="The usual places: certificates, keys, SSH, web servers, Java, containers, homes" checked={form.whole} onChange={(whole) => onChange({ ...form, whole })} />
        {form.whole ? null : <Field label="Paths to read" hint="One absolute path per line" error={problems.roots}>{(wiring) => <Textarea {...wiring} rows={3} className="mono" value={form.roots} placeholder={'/etc\n/srv/app'} onChange={(event) => onChange({ ...form, roots: event.target.value })} />}</Field>}
      </div>
      <Field label="Leave out" hint="Absolute paths, or bare names to skip wherever they occur">{(wiring) => <Textarea {...wiring} rows={2} className="mono" value={form.exclude} onChange={(event) => onChange({ ...form, exclude: event.target.value })} />}</Field>
    </>
  )
}

function SecretsFields({ form, problems, onChange }: Props): ReactNode {
  return (
    <>
      <Field label="Where to look" hint="Absolute paths on the server, one per line: git repositories, bare or not, container images (an OCI layout or docker save), directories and files." error={problems.places}>
        {(wiring) => <Textarea {...wiring} rows={4} className="mono" value={form.places} placeholder={'/srv/git/shop.git\n/var/lib/images/shop.tar\n/opt/shop/config'} onChange={(event) => onChange({ ...form, places: event.target.value })} />}
      </Field>
      <Checkbox label="The whole history of repositories, every branch and what no branch holds any more" checked={form.history} onChange={(history) => onChange({ ...form, history })} />
      <Field label="Leave out" hint="Absolute paths, paths within a repository, or bare names to skip wherever they occur">{(wiring) => <Textarea {...wiring} rows={2} className="mono" value={form.exclude} placeholder="node_modules" onChange={(event) => onChange({ ...form, exclude: event.target.value })} />}</Field>
    </>
  )
}

function NetworkFields({ form, problems, onChange }: Props): ReactNode {
  return (
    <>
      <Field label="Addresses" hint="Names, addresses, CIDR blocks, ranges or host:port, one per line. Nothing else is contacted." error={problems.targets}>
        {(wiring) => <Textarea {...wiring} rows={4} className="mono" value={form.targets} placeholder={'10.20.0.0/24\nweb.example.net:8443'} onChange={(event) => onChange({ ...form, targets: event.target.value })} />}
      </Field>
      <div className="grid grid-cols-2 gap-4">
        <Field label="Ports" hint={form.kind === 'ssh' ? 'Empty: 22' : 'Empty: the usual TLS ports'} error={problems.ports}>{(wiring) => <Input {...wiring} className="mono" value={form.ports} placeholder={form.kind === 'ssh' ? '22' : '443, 8443, 9000-9010'} onChange={(event) => onChange({ ...form, ports: event.target.value })} />}</Field>
        <Field label="New connections a second" hint="Empty: no limit" error={problems.rate}>{(wiring) => <Input {...wiring} inputMode="decimal" value={form.rate} onChange={(event) => onChange({ ...form, rate: event.target.value })} />}</Field>
      </div>
      {form.kind === 'tls' ? <Checkbox label="Versions, cipher suites and key exchange too: about a hundred connections to each endpoint" checked={form.profile} onChange={(profile) => onChange({ ...form, profile })} /> : null}
      {form.kind === 'tls' ? <Field label="Names to ask for (SNI)" hint="Tried at every address, one per line">{(wiring) => <Textarea {...wiring} rows={2} className="mono" value={form.sni} onChange={(event) => onChange({ ...form, sni: event.target.value })} />}</Field> : null}
      <Field label="Never contact">{(wiring) => <Textarea {...wiring} rows={2} className="mono" value={form.exclude} placeholder="10.20.0.13" onChange={(event) => onChange({ ...form, exclude: event.target.value })} />}</Field>
    </>
  )
}

/** What to scan, as a form; shared by new scans and schedules. `focused` puts the keyboard on the kind. */
export function ScanFields(props: Props): ReactNode {
  return (
    <>
      <KindChoice form={props.form} onChange={props.onChange} focused={props.focused ?? false} />
      {props.form.kind === 'host' ? <HostFields {...props} /> : props.form.kind === 'secrets' ? <SecretsFields {...props} /> : readsApi(props.form.kind) ? <ApiFields {...props} kind={props.form.kind} /> : <NetworkFields {...props} />}
      {props.form.kind === 'secrets' || readsApi(props.form.kind) ? <VerifyFields form={props.form} onChange={props.onChange} /> : null}
    </>
  )
}
