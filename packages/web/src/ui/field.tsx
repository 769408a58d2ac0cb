import { useId, type ComponentProps, type KeyboardEvent, type ReactNode } from 'react'
import { cx } from './cx.ts'

export const inputClass =
  'h-7 w-full min-w-0 rounded-md bg-raised px-2 text-sm text-ink ring-1 ring-inset ring-line-strong placeholder:text-ink-3 hover:ring-ink-3 focus:outline-2 focus:-outline-offset-1 focus:outline-(--focus) disabled:opacity-50 aria-invalid:ring-critical'

/** A single-line input in the house look. */
export function Input({ className, ...rest }: ComponentProps<'input'>): ReactNode {
  return <input autoComplete="off" spellCheck={false} className={cx(inputClass, className)} {...rest} />
}

function sendForm(event: KeyboardEvent<HTMLTextAreaElement>): void {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
  event.preventDefault()
  event.currentTarget.form?.requestSubmit()
}

/** A multi-line input in the house look; Ctrl+Enter sends the form it is in. */
export function Textarea({ className, ...rest }: ComponentProps<'textarea'>): ReactNode {
  return <textarea spellCheck={false} onKeyDown={sendForm} className={cx(inputClass, 'h-auto min-h-16 py-1.5', className)} {...rest} />
}

type Wiring = { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }

/** A label above its control, with a hint or the error below; `children` receives the ids to wire. */
export function Field({ label, hint, error, children, className }: {
  label: string
  hint?: ReactNode
  error?: string | undefined
  className?: string
  children: (wiring: Wiring) => ReactNode
}): ReactNode {
  const id = useId()
  const note = error ?? hint
  return (
    <div className={cx('flex min-w-0 flex-col gap-1', className)}>
      <label htmlFor={id} className="text-xs font-medium text-ink-2">{label}</label>
      {children({ id, ...(note === undefined ? {} : { 'aria-describedby': `${id}-note` }), ...(error === undefined ? {} : { 'aria-invalid': true as const }) })}
      {note === undefined ? null : (
        <div id={`${id}-note`} role={error === undefined ? undefined : 'alert'} className={cx('text-xs', error === undefined ? 'text-ink-3' : 'text-critical')}>{note}</div>
      )}
    </div>
  )
}

/** A form that never reloads the page. */
export function Form({ onSubmit, ...rest }: Omit<ComponentProps<'form'>, 'onSubmit'> & { onSubmit: () => void }): ReactNode {
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit()
      }}
      {...rest}
    />
  )
}
