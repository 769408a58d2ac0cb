import type { SecretState } from '@muster/core'
import type { ReactNode } from 'react'
import { secretStateNames } from '../format/secret-names.ts'
import { StateDot } from './state-dot.tsx'

const tones = { new: 'new', confirmed: 'bad', 'false-positive': 'idle', 'test-value': 'idle', accepted: 'warn', rotated: 'good', revoked: 'good' } as const satisfies Record<SecretState, string>

/** What people say of a secret, in words and colour. */
export function SecretStateMark({ state }: { state: SecretState }): ReactNode {
  return <StateDot tone={tones[state]}>{secretStateNames[state]}</StateDot>
}
