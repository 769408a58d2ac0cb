import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { routeQuery } from '../../api/query.ts'
import { Failure, SkeletonRows } from '../../ui/states.tsx'
import { Fact, Facts, Mono, Section } from '../../ui/text.tsx'
import { When } from '../../ui/time.tsx'

/** What the server says of itself. */
export function ServerTab(): ReactNode {
  const server = useQuery(routeQuery('getServerInfo'))
  if (server.isPending) return <SkeletonRows rows={4} />
  if (server.isError) return <Failure error={server.error} onRetry={() => void server.refetch()} />
  const { version, store, listen, startedAt } = server.data
  return (
    <Section title="Server">
      <Facts>
        <Fact name="Version">{version}</Fact>
        <Fact name="Store">PostgreSQL {store.version}, {store.kind === 'embedded' ? 'run by Muster' : 'run elsewhere'}</Fact>
        <Fact name="Listens on"><Mono>{listen}</Mono></Fact>
        <Fact name="Running since"><When at={startedAt} /></Fact>
      </Facts>
    </Section>
  )
}
