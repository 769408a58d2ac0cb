import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { CopyButton } from './text.tsx'

/** Shows something that cannot be shown again. */
export function ShownOnce({ title, description, value, what, onClose }: { title: string; description: string; value: string; what: string; onClose: () => void }): ReactNode {
  return (
    <Dialog open onClose={onClose} title={title} description={description} footer={<Button variant="primary" onClick={onClose}>I have kept it</Button>}>
      <div className="flex items-start gap-2 rounded-md bg-sunken p-3">
        <code className="min-w-0 grow break-all" data-testid="shown-once">{value}</code>
        <CopyButton text={value} what={what} />
      </div>
    </Dialog>
  )
}
