import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { routeQuery } from '../../api/query.ts'
import { Section } from '../../ui/text.tsx'
import { OwnerSuggestions } from '../credential/owner-suggestions.tsx'
import { SecretPlaces } from './places.tsx'
import { SecretDecision } from './status.tsx'

/** What a finding about a secret is decided by: its lines, where else it is, and what was said of it; nothing for other credentials. */
export function SecretEvidence({ credentialId }: { credentialId: string }): ReactNode {
  const detail = useQuery(routeQuery('getCredential', { params: { id: credentialId } })).data
  if (detail?.credential.kind !== 'secret') return null
  return (
    <>
      <Section title="What it is"><SecretDecision row={detail.row} assessment={detail.assessment} /><OwnerSuggestions row={detail.row} /></Section>
      <Section title="Where this value is"><SecretPlaces id={credentialId} brief /></Section>
    </>
  )
}
