import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Button, IconButton } from './button.tsx'
import { cx } from './cx.ts'

type Props = { open: boolean; onClose: () => void; title: string; children: ReactNode }

/** A modal dialog; `footer` holds its actions. */
export function Dialog({ open, onClose, title, description, footer, children, wide = false }: Props & { description?: ReactNode; footer?: ReactNode; wide?: boolean }): ReactNode {
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-30 bg-scrim transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup className={cx('fixed top-[10vh] left-1/2 z-30 flex max-h-[80vh] w-[calc(100vw-32px)] -translate-x-1/2 flex-col rounded-lg bg-raised shadow-pop outline-none transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0', wide ? 'max-w-2xl' : 'max-w-md')}>
          <header className="flex items-start gap-4 px-5 pt-4 pb-3">
            <div className="min-w-0 grow">
              <Base.Title className="text-lg font-semibold">{title}</Base.Title>
              {description === undefined ? null : <Base.Description className="mt-0.5 text-sm text-ink-2">{description}</Base.Description>}
            </div>
            <IconButton label="Close" tip={false} onClick={onClose}><X aria-hidden /></IconButton>
          </header>
          <div className="min-h-0 grow overflow-y-auto px-5 pt-1 pb-4">{children}</div>
          {footer === undefined ? null : <footer className="flex items-center justify-end gap-2 border-t border-line px-5 py-3">{footer}</footer>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

/** A panel from the right edge that leaves the page usable behind it. */
export function SidePanel({ open, onClose, title, actions, children }: Props & { actions?: ReactNode }): ReactNode {
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()} modal={false} disablePointerDismissal>
      <Base.Portal>
        <Base.Popup data-side-panel initialFocus={false} className="fixed top-0 right-0 bottom-0 z-20 flex w-[520px] max-w-[calc(100vw-56px)] flex-col border-l max-sm:bottom-12 max-sm:w-full max-sm:max-w-full border-line bg-canvas shadow-pop outline-none transition-transform duration-150 ease-out data-ending-style:translate-x-full data-starting-style:translate-x-full">
          <header className="flex h-12 shrink-0 items-center gap-2 border-b border-line pr-3 pl-5">
            <Base.Title className="min-w-0 grow truncate text-sm font-semibold">{title}</Base.Title>
            {actions}
            <IconButton label="Close panel" tip={false} onClick={onClose}><X aria-hidden /></IconButton>
          </header>
          <div className="min-h-0 grow overflow-y-auto" tabIndex={0} role="region" aria-label={title}>{children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

/** Asks once more before something that cannot be taken back. */
export function ConfirmButton({ label, title, description, action, onConfirm, icon }: {
  label: string
  title: string
  description: string
  action: string
  onConfirm: () => Promise<unknown> | void
  /** Shows an icon button with `label` as its name. */
  icon?: ReactNode
}): ReactNode {
  const [open, setOpen] = useState(false)
  const [busy, setBusy] = useState(false)
  const confirm = async (): Promise<void> => {
    setBusy(true)
    try {
      await onConfirm()
      setOpen(false)
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      {icon === undefined ? <Button onClick={() => setOpen(true)}>{label}</Button> : <IconButton label={label} onClick={() => setOpen(true)}>{icon}</IconButton>}
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={title}
        footer={
          <>
            <Button variant="ghost" onClick={() => setOpen(false)}>Keep</Button>
            <Button variant="danger" busy={busy} onClick={() => void confirm()}>{action}</Button>
          </>
        }
      >
        <p className="text-ink-2">{description}</p>
      </Dialog>
    </>
  )
}
