import { useRouter, type ErrorComponentProps } from '@tanstack/react-router'
import { Compass } from 'lucide-react'
import type { ReactNode } from 'react'
import { ButtonLink } from '../ui/button.tsx'
import { Page } from '../ui/page.tsx'
import { Empty, Failure, SkeletonRows } from '../ui/states.tsx'

/** While a page's code or session is on the way. */
export function RoutePending(): ReactNode {
  return <main id="main" className="grow pt-12"><SkeletonRows rows={12} /></main>
}

/** A page that failed as a whole. */
export function RouteFailure({ error, reset }: ErrorComponentProps): ReactNode {
  const router = useRouter()
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
