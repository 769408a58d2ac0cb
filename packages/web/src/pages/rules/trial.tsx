import type { DetectionTrial } from '@muster/core/api'
import { FlaskConical } from 'lucide-react'
import type { ReactNode } from 'react'
import { piecesOf } from '../../format/highlight.ts'
import { pluralText } from '../../format/names.ts'
import { secretTypeName } from '../../format/secret-names.ts'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import { Field, Input, Textarea } from '../../ui/field.tsx'
import { Tag } from '../../ui/text.tsx'

export type TrialResult = { readonly text: string; readonly trial: DetectionTrial }
type Finding = DetectionTrial['findings'][number]
const MOST_SHOWN = 20_000

/** The pasted text as it was tried, with what was found and what was held back marked. */
function Marked({ text, findings }: TrialResult['trial'] & { text: string }): ReactNode {
  const first = findings.toSorted((a, b) => Number(a.suppressedBy !== null) - Number(b.suppressedBy !== null))
  return (
    <pre tabIndex={0} aria-label="Text as it was tried" className="max-h-64 overflow-auto rounded-md bg-sunken px-3 py-2 leading-5 break-all whitespace-pre-wrap">
      {piecesOf<Finding>(text.slice(0, MOST_SHOWN), first).map((piece, index) => piece.span === null ? piece.text : (
        <mark key={index} className={cx('rounded-[3px]', piece.span.suppressedBy === null ? 'bg-critical-wash text-critical' : 'bg-transparent text-ink-2 underline decoration-dashed underline-offset-3')}>{piece.text}</mark>
      ))}
      {text.length > MOST_SHOWN ? '…' : null}
    </pre>
  )
}

function FindingLine({ finding }: { finding: Finding }): ReactNode {
  return (
    <li className="flex items-baseline gap-3 border-b border-line py-1.5">
      <span className="tabular w-16 shrink-0 text-xs text-ink-3">{finding.line}:{finding.column}</span>
      <span className="min-w-0 grow">
        <span className="block font-medium">{secretTypeName(finding.kind)}</span>
        <span className="mono block break-words text-ink-3">{finding.ruleId}</span>
        {finding.suppressedBy === null ? null : <span className="block text-xs text-ink-2">Held back by {finding.suppressedBy.filter}: {finding.suppressedBy.reason}</span>}
      </span>
      {finding.suppressedBy === null ? <Tag tone="bad">Found</Tag> : <Tag>Held back</Tag>}
    </li>
  )
}

function Result({ result }: { result: TrialResult }): ReactNode {
  const { trial, text } = result
  const found = trial.findings.filter((finding) => finding.suppressedBy === null).length
  const held = trial.findings.length - found
  if (trial.problems.length > 0) return <p role="status" className="text-critical">The rules do not compile, so nothing was tried.</p>
  return (
    <div className="flex flex-col gap-3">
      <p role="status" className="font-medium">{found === 0 ? 'Nothing found' : `${pluralText(found, 'secret')} found`}{held === 0 ? '' : `, ${held} held back`}</p>
      {trial.findings.length === 0 ? null : (
        <>
          <Marked {...trial} text={text} />
          <ul className="border-t border-line">{trial.findings.slice(0, 200).map((finding, index) => <FindingLine key={index} finding={finding} />)}</ul>
        </>
      )}
    </div>
  )
}

type Props = { path: string; text: string; result: TrialResult | null; busy: boolean; onPath: (path: string) => void; onText: (text: string) => void; onTry: () => void }

/** Tries the rules in the editor, saved or not, on pasted text. */
export function Trial({ path, text, result, busy, onPath, onText, onTry }: Props): ReactNode {
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <Field label="Text to try the rules on" hint="Looked at in memory and kept nowhere.">
        {(wiring) => (
          <Textarea {...wiring} rows={8} className="mono" autoComplete="off" maxLength={1_000_000} value={text} placeholder="Paste a file, or the line a rule should find"
            onChange={(event) => onText(event.target.value)}
            onKeyDown={(event) => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); onTry() } }} />
        )}
      </Field>
      <div className="flex items-end gap-3">
        <Field label="As if the file were called" className="grow">{(wiring) => <Input {...wiring} className="mono" maxLength={4096} value={path} onChange={(event) => onPath(event.target.value)} />}</Field>
        <Button busy={busy} disabled={text === ''} onClick={onTry}><FlaskConical aria-hidden />Try</Button>
      </div>
      {result === null ? null : <Result result={result} />}
    </div>
  )
}
