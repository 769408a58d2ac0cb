import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { LogOut, UserRound } from 'lucide-react'
import type { ReactNode } from 'react'
import { call } from '../api/client.ts'
import { sessionQuery } from '../api/query.ts'
import { capital } from '../format/names.ts'
import { Menu, MenuGroup, MenuItem, MenuRadio, MenuSeparator } from '../ui/menu.tsx'
import { notifyFailure } from '../ui/toast.tsx'
import { themes, useTheme } from './theme.ts'

/** Who is signed in, the theme, and the way out. */
export function AccountMenu(): ReactNode {
  const { account } = useSuspenseQuery(sessionQuery).data
  const client = useQueryClient()
  const navigate = useNavigate()
  const [theme, setTheme] = useTheme()
  const leave = async (): Promise<void> => {
    try {
      await call('signOut')
      client.clear()
      await navigate({ to: '/sign-in' })
    } catch (error) {
      notifyFailure(error)
    }
  }
  if (account === null) return null
  return (
    <div className="border-t border-line p-2 max-sm:border-t-0 max-sm:p-1">
      <Menu
        align="start"
        side="top"
        trigger={
          <button type="button" className="flex w-full items-center gap-2 rounded-md px-1.5 py-1 text-left hover:bg-hover data-popup-open:bg-hover max-lg:justify-center">
            <span aria-hidden className="flex size-6 shrink-0 items-center justify-center rounded-full bg-accent-wash text-2xs font-semibold text-accent">{initials(account.name)}</span>
            <span className="min-w-0 max-lg:sr-only">
              <span className="block truncate text-xs leading-4 font-medium">{account.name}</span>
              <span className="block truncate text-2xs leading-4 text-ink-3">{capital(account.role)}</span>
            </span>
          </button>
        }
      >
        <MenuItem onClick={() => void navigate({ to: '/settings/$tab', params: { tab: 'account' } })}><UserRound aria-hidden />Own account</MenuItem>
        <MenuSeparator />
        <MenuGroup title="Theme"><MenuRadio value={theme} onChange={setTheme} options={themes.map((value) => ({ value, label: capital(value) }))} /></MenuGroup>
        <MenuSeparator />
        <MenuItem onClick={() => void leave()}><LogOut aria-hidden />Sign out</MenuItem>
      </Menu>
    </div>
  )
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/)
  return `${words[0]?.[0] ?? '?'}${words.length > 1 ? words.at(-1)![0] : ''}`.toUpperCase()
}
