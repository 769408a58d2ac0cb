import { Toast as Base } from '@base-ui/react/toast'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { ApiProblem } from '../api/client.ts'
import { cx } from './cx.ts'

const manager = Base.createToastManager()

/** Says briefly that something was done. */
export function notify(title: string, description?: string): void {
  manager.add({ title, ...(description === undefined ? {} : { description }), timeout: 4000 })
}

/** Says that something did not work, with the request's id where there is one. */
export function notifyFailure(error: unknown): void {
  const problem = error instanceof ApiProblem ? error : null
  manager.add({
    title: problem?.message ?? 'That did not work',
    ...(problem?.requestId ? { description: `Request ${problem.requestId}` } : {}),
    type: 'failure',
    priority: 'high',
    timeout: 10_000,
  })
}

function List(): ReactNode {
  const { toasts } = Base.useToastManager()
  return toasts.map((toast) => (
    <Base.Root key={toast.id} toast={toast} className="flex w-80 items-start gap-2 rounded-lg bg-raised py-2.5 pr-2 pl-3 shadow-pop">
      <Base.Content className="min-w-0 grow">
        <Base.Title className={cx('text-sm font-medium', toast.type === 'failure' && 'text-critical')} />
        <Base.Description className="mono mt-0.5 break-all text-ink-3" />
      </Base.Content>
      <Base.Close aria-label="Dismiss" className="rounded-sm p-1 text-ink-3 hover:bg-hover"><X className="size-3" aria-hidden /></Base.Close>
    </Base.Root>
  ))
}

/** Where toasts appear; once, around the application. */
export function Toaster({ children }: { children: ReactNode }): ReactNode {
  return (
    <Base.Provider toastManager={manager} limit={4}>
      {children}
      <Base.Portal>
        <Base.Viewport className="fixed right-4 bottom-4 z-50 flex flex-col gap-2"><List /></Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  )
}
