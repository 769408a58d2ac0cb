import type { CredentialRow } from '@muster/core/api'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { call } from '../../api/client.ts'
import { routeQuery, useChange, useMay } from '../../api/query.ts'
import { Button } from '../../ui/button.tsx'

const confidence = { high: 'likely', medium: 'perhaps', low: 'a guess' } as const

/** Who may answer for a credential that nobody owns yet, each with the reason and a button that sets them. */
export function OwnerSuggestions({ row }: { row: CredentialRow }): ReactNode {
  const may = useMay()
  const unowned = row.labels.owner === null
  const suggestions = useQuery({ ...routeQuery('suggestOwners', { params: { id: row.id } }), enabled: unowned }).data?.items ?? []
  const set = useChange({
    change: (owner: string) => call('labelCredential', { params: { id: row.id }, body: { owner } }),
    stale: ['getCredential', 'listCredentials', 'listCredentialHistory', 'getFinding', 'listFindings'],
    done: ({ labels }) => `${labels.owner ?? 'Nobody'} owns it now`,
  })
  if (!unowned || suggestions.length === 0) return null
  return (
    <div className="mt-3 rounded-md bg-sunken px-4 py-3">
      <h3 className="text-xs text-ink-3">Who may own it</h3>
      <ul>
        {suggestions.map((suggestion) => (
          <li key={suggestion.owner} className="flex items-start gap-3 py-1.5">
            <span className="min-w-0 grow">
              <span className="font-medium break-all">{suggestion.owner}</span> <span className="text-xs text-ink-3">{confidence[suggestion.confidence]}</span>
              <span className="block text-xs break-words text-ink-2">{suggestion.reason}</span>
            </span>
            {may('inventory.label') ? <Button aria-label={`Set owner: ${suggestion.owner}`} busy={set.isPending && set.variables === suggestion.owner} onClick={() => set.mutate(suggestion.owner)}>Set owner</Button> : null}
          </li>
        ))}
      </ul>
    </div>
  )
}
