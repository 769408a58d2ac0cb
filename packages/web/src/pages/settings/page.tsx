import { Link, useParams } from '@tanstack/react-router'
import type { Action } from '@muster/core/api'
import type { ReactNode } from 'react'
import { useMay } from '../../api/query.ts'
import { useChosenInSight } from '../../ui/chosen-in-sight.ts'
import { Page, PageBody } from '../../ui/page.tsx'
import { Failure } from '../../ui/states.tsx'
import { ApiProblem } from '../../api/client.ts'
import { AccountTab } from './account-tab.tsx'
import { AccountsTab } from './accounts-tab.tsx'
import { AlertsTab } from './alerts-tab.tsx'
import { ConnectionsTab } from './connections-tab.tsx'
import { LabelRulesTab } from './label-rules-tab.tsx'
import { PolicyTab } from './policy-tab.tsx'
import { ServerTab } from './server-tab.tsx'
import { TokensTab } from './tokens-tab.tsx'

const tabs: readonly { id: string; label: string; action: Action; panel: () => ReactNode }[] = [
  { id: 'account', label: 'Own account', action: 'account.self', panel: () => <AccountTab /> },
  { id: 'tokens', label: 'API tokens', action: 'token.self', panel: () => <TokensTab /> },
  { id: 'policy', label: 'Policy', action: 'settings.read', panel: () => <PolicyTab /> },
  { id: 'label-rules', label: 'Label rules', action: 'inventory.read', panel: () => <LabelRulesTab /> },
  { id: 'connections', label: 'Connections', action: 'scan.read', panel: () => <ConnectionsTab /> },
  { id: 'alerts', label: 'Alerts', action: 'alert.read', panel: () => <AlertsTab /> },
  { id: 'accounts', label: 'Accounts', action: 'account.manage', panel: () => <AccountsTab /> },
  { id: 'server', label: 'Server', action: 'settings.read', panel: () => <ServerTab /> },
]

/** Everything that can be set, one subject at a time. */
export function SettingsPage(): ReactNode {
  const { tab } = useParams({ from: '/app/settings/$tab' })
  const may = useMay()
  const allowed = tabs.filter((entry) => may(entry.action))
  const row = useChosenInSight<HTMLElement>(tab)
  const current = allowed.find((entry) => entry.id === tab)
  return (
    <Page title={current?.label ?? 'Settings'} crumbs={[{ label: 'Settings', to: '/settings' }]} scroll={false}>
      <div className="flex min-h-0 grow max-[1180px]:flex-col">
        <nav ref={row} aria-label="Settings" className="w-44 shrink-0 overflow-y-auto border-r border-line px-3 py-4 max-[1180px]:flex max-[1180px]:w-full max-[1180px]:gap-1 max-[1180px]:overflow-x-auto max-[1180px]:border-r-0 max-[1180px]:border-b max-[1180px]:py-1.5 max-[1180px]:[scrollbar-width:none]">
          {allowed.map((entry) => (
            <Link key={entry.id} to="/settings/$tab" params={{ tab: entry.id }} className="flex h-7 items-center rounded-md px-2 whitespace-nowrap text-ink-2 hover:bg-hover hover:text-ink" activeProps={{ className: 'bg-selected! text-ink! font-medium' }}>{entry.label}</Link>
          ))}
        </nav>
        <div className="min-h-0 min-w-0 grow overflow-y-auto" tabIndex={0} role="region" aria-label={current?.label ?? 'Settings'}>
          {current === undefined ? <Failure error={new ApiProblem({ status: 404, code: 'object.not-found', message: 'Not found', requestId: null })} /> : <PageBody key={current.id} className="max-w-4xl!">{current.panel()}</PageBody>}
        </div>
      </div>
    </Page>
  )
}
