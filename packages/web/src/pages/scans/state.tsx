import type { ScanRow } from '@muster/core/api'
import type { ReactNode } from 'react'
import { capital } from '../../format/names.ts'
import { StateDot } from '../../ui/state-dot.tsx'

const tones = { queued: 'idle', running: 'busy', complete: 'good', incomplete: 'warn', cancelled: 'idle', failed: 'bad' } as const
export const scanKindNames = { host: 'Host', tls: 'TLS', ssh: 'SSH', secrets: 'Secrets', github: 'GitHub', gitlab: 'GitLab', kubernetes: 'Kubernetes' } as const

/** The state of a scan in words and colour; one that came to its end without reading anything has not done what it was to. */
export function ScanState({ scan: { state, counts } }: { scan: Pick<ScanRow, 'state' | 'counts'> }): ReactNode {
  if (state === 'complete' && counts.problems > 0 && counts.sightings === 0) return <StateDot tone="warn">Read nothing</StateDot>
  return <StateDot tone={tones[state]}>{capital(state)}</StateDot>
}

/** True while it may still change. */
export function isLive(scan: ScanRow): boolean {
  return scan.state === 'running' || scan.state === 'queued'
}
