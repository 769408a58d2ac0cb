import type { CredentialConsumer } from '@muster/core/api'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Tag } from '../../ui/text.tsx'
import { When } from '../../ui/time.tsx'

/** Who renews the credential, and who reads it to prove itself: what breaks when it changes. */
export function Consumers({ consumers }: { consumers: readonly CredentialConsumer[] }): ReactNode {
  if (consumers.length === 0) return <p className="text-ink-3">No pipeline, machine or account is known to use it.</p>
  return (
    <ul className="border-t border-line">
      {consumers.map((consumer) => (
        <li key={`${consumer.does}${consumer.of}${consumer.name}${consumer.source}`} className="flex items-baseline gap-4 border-b border-line py-2">
          <span className="min-w-0 grow">
            <Link to="/machines/$id" params={{ id: consumer.machineId }} className="font-medium hover:underline">{consumer.name}</Link>
            {consumer.does === 'renews' ? <Tag>Renews it</Tag> : null}
            {consumer.of === 'identity' ? <span className="ml-2 text-ink-2">account on {consumer.machineName}</span> : null}
            <span className="mono block break-all text-ink-3">{consumer.source}</span>
          </span>
          <When at={consumer.lastSeen} className="shrink-0 text-xs text-ink-3" />
        </li>
      ))}
    </ul>
  )
}
