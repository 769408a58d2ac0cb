import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react'
import { routeQuery, sessionQuery, useMay } from '../api/query.ts'
import { useChosenInSight } from '../ui/chosen-in-sight.ts'
import { cx } from '../ui/cx.ts'
import { ProgressBar } from '../ui/progress.tsx'
import { Kbd } from '../ui/text.tsx'
import { AccountMenu } from './account-menu.tsx'
import { Mark } from './mark.tsx'
import { navigation } from './nav.ts'
import { useShortcuts } from './shortcuts.ts'

const loadPalette = () => import('./palette.tsx')
const Palette = lazy(() => loadPalette().then((module) => ({ default: module.Palette })))
const ShortcutHelp = lazy(() => import('./shortcut-help.tsx').then((module) => ({ default: module.ShortcutHelp })))

function RunningScan(): ReactNode {
  const running = useQuery({
    ...routeQuery('listScans', { query: { state: 'running', limit: 1 } }),
    refetchInterval: (query) => ((query.state.data?.items.length ?? 0) > 0 ? 2000 : 20_000),
  }).data?.items[0]
  if (running === undefined) return null
  const progress = running.progress
  return (
    <Link to="/scans/$id" params={{ id: running.id }} className="mx-2 mb-1 block rounded-md px-2 py-2 hover:bg-hover">
      <span className="mb-1.5 flex items-center justify-between gap-2 text-xs text-ink-2 max-lg:sr-only">
        <span className="truncate">Scanning {running.title}</span>
        {progress !== null && progress.total !== null && progress.total > 0 ? <span>{Math.floor((progress.done / progress.total) * 100)}%</span> : null}
      </span>
      <ProgressBar done={progress?.done ?? 0} total={progress?.total ?? null} label={`Progress of the scan of ${running.title}`} />
    </Link>
  )
}

function SideBar({ onSearch }: { onSearch: () => void }): ReactNode {
  const may = useMay()
  const items = useChosenInSight<HTMLDivElement>(useLocation().pathname)
  return (
    <nav aria-label="Main" className="flex w-52 shrink-0 flex-col border-r border-line bg-sunken max-lg:w-14 max-sm:h-12 max-sm:w-full max-sm:flex-row max-sm:items-center max-sm:border-t max-sm:border-r-0">
      <div className="flex h-12 items-center gap-2 px-4 max-lg:justify-center max-lg:px-0 max-sm:hidden">
        <Mark />
        <span className="text-[15px] font-semibold tracking-tight max-lg:sr-only">Muster</span>
      </div>
      <button type="button" onClick={onSearch} className="mx-2 mb-1 flex h-7 items-center gap-2 rounded-md bg-raised px-2 text-ink-3 ring-1 ring-line-strong ring-inset hover:text-ink-2 max-lg:justify-center max-sm:mb-0 max-sm:h-9 max-sm:px-3">
        <Search className="size-3.5 shrink-0" aria-hidden />
        <span className="grow text-left max-lg:sr-only">Search…</span>
        <span aria-hidden className="max-lg:hidden"><Kbd>{navigator.platform.startsWith('Mac') ? '⌘K' : 'Ctrl K'}</Kbd></span>
      </button>
      <div ref={items} className="relative flex min-h-0 min-w-0 grow flex-col overflow-y-auto px-2 pb-2 max-sm:flex-row max-sm:items-center max-sm:gap-1 max-sm:overflow-x-auto max-sm:px-0 max-sm:pb-0 max-sm:[scrollbar-width:none]">
        {navigation.map((group) => {
          const allowed = group.items.filter((item) => may(item.action))
          return allowed.length === 0 ? null : (
            <div key={group.title ?? 'top'} className="pt-3 max-sm:flex max-sm:gap-1 max-sm:pt-0">
              {group.title === null ? null : <div className="px-2 pb-1 text-2xs font-medium text-ink-3 max-lg:hidden">{group.title}</div>}
              {allowed.map((item) => (
                <Link
                  key={item.to}
                  to={item.to}
                  activeOptions={{ exact: item.to === '/', includeSearch: false }}
                  title={item.label}
                  className={cx('flex h-7 items-center gap-2.5 rounded-md px-2 text-ink-2 hover:bg-hover hover:text-ink max-lg:justify-center max-sm:h-9 max-sm:w-10 max-sm:shrink-0 max-sm:px-0')}
                  activeProps={{ className: 'bg-selected! text-ink! font-medium' }}
                >
                  <item.icon className="size-[15px] shrink-0" strokeWidth={1.75} aria-hidden />
                  <span className="max-lg:sr-only">{item.label}</span>
                </Link>
              ))}
            </div>
          )
        })}
      </div>
      <div className="max-sm:hidden"><RunningScan /></div>
      <AccountMenu />
    </nav>
  )
}

/** The frame of every page of a signed-in person. */
export function Shell(): ReactNode {
  const navigate = useNavigate()
  const may = useMay()
  const [palette, setPalette] = useState(false)
  const [help, setHelp] = useState(false)
  useSuspenseQuery(sessionQuery)
  useEffect(() => {
    // Whoever opens the palette types at once: its code must be there already.
    const timer = setTimeout(() => void loadPalette(), 1500)
    return () => clearTimeout(timer)
  }, [])
  useShortcuts({
    'mod+k': () => setPalette((open) => !open),
    '?': () => setHelp(true),
    ...Object.fromEntries(navigation.flatMap((group) => group.items).filter((item) => may(item.action)).map((item) => [item.keys, () => void navigate({ to: item.to })])),
  })
  return (
    <div className="flex h-dvh max-sm:flex-col-reverse">
      <a href="#main" className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:rounded-md focus:bg-raised focus:px-3 focus:py-1.5 focus:shadow-pop">Skip to content</a>
      <SideBar onSearch={() => setPalette(true)} />
      <Outlet />
      <Suspense>
        {palette ? <Palette onClose={() => setPalette(false)} onHelp={() => setHelp(true)} /> : null}
        {help ? <ShortcutHelp onClose={() => setHelp(false)} /> : null}
      </Suspense>
    </div>
  )
}
