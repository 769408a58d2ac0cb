import { useRouter, type ErrorComponentProps } from '@tanstack/react-router'
import { Compass } from 'lucide-react'
import { useEffect, type ReactNode } from 'react'
import { ApiProblem } from '../api/client.ts'
import { ButtonLink } from '../ui/button.tsx'
import { Page } from '../ui/page.tsx'
import { Empty, Failure, SkeletonRows } from '../ui/states.tsx'

const RETRY_MS = 5000

/** While a page's code or session is on the way. */
export function RoutePending(): ReactNode {
  return <main id="main" className="grow pt-12"><SkeletonRows rows={12} /></main>
}

/** A page that failed as a whole. */
export function RouteFailure({ error, reset }: ErrorComponentProps): ReactNode {
  const router = useRouter()
  const unreachable = error instanceof ApiProblem && error.status === 0
  useEffect(() => {
    if (!unreachable) return undefined
    // A server that is being restarted is back in seconds; nobody should have to press for it.
    const timer = setInterval(() => { reset(); void router.invalidate() }, RETRY_MS)
    return () => clearInterval(timer)
  }, [unreachable, reset, router])
  return (
    <main id="main" className="grow">
      <Failure error={error} onRetry={() => { reset(); void router.invalidate() }} />
    </main>
  )
}

/** No such address. */
export function NotFoundPage(): ReactNode {
  return (
    <Page title="Not found">
      <Empty icon={Compass} title="There is no such page" action={<ButtonLink to="/">Overview</ButtonLink>}>The address may be from another version, or mistyped.</Empty>
    </Page>
  )
}
