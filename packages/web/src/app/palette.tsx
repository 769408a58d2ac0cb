import { Dialog as Base } from '@base-ui/react/dialog'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { CircleHelp, CornerDownLeft, KeyRound, Moon, Radar, Search, type LucideIcon } from 'lucide-react'
import { useDeferredValue, useState, type ReactNode } from 'react'
import { routeQuery, useMay } from '../api/query.ts'
import { capital, keyOfRow, kindNames } from '../format/names.ts'
import { secretTitle } from '../format/secret-names.ts'
import { cx } from '../ui/cx.ts'
import { Kbd } from '../ui/text.tsx'
import { navigation } from './nav.ts'
import { themes, useTheme } from './theme.ts'

type Command = { id: string; group: string; label: string; hint?: string; icon: LucideIcon; run: () => void }

function useCommands(text: string, onHelp: () => void): { commands: Command[]; searching: boolean } {
  const navigate = useNavigate()
  const may = useMay()
  const [, setTheme] = useTheme()
  const q = useDeferredValue(text.trim())
  const found = useQuery({ ...routeQuery('listCredentials', { query: { q, limit: 8, presence: 'all', trustStore: 'true', sort: 'name' } }), enabled: q.length >= 2 })
  const fixed: Command[] = [
    ...navigation.flatMap((group) => group.items).filter((item) => may(item.action)).map((item) => ({ id: item.to, group: 'Go to', label: item.label, hint: item.keys, icon: item.icon, run: () => void navigate({ to: item.to }) })),
    ...(may('scan.run') ? [{ id: 'new-scan', group: 'Do', label: 'New scan', icon: Radar, run: () => void navigate({ to: '/scans', search: { new: true } }) }] : []),
    ...themes.map((theme) => ({ id: `theme-${theme}`, group: 'Do', label: `Theme: ${capital(theme)}`, icon: Moon, run: () => setTheme(theme) })),
    { id: 'help', group: 'Do', label: 'Keyboard shortcuts', hint: '?', icon: CircleHelp, run: onHelp },
  ]
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const matching = fixed.filter((command) => words.every((word) => command.label.toLowerCase().includes(word)))
  const credentials = q.length < 2 ? [] : (found.data?.items ?? []).map((row): Command => ({ id: row.id, group: 'Credentials', label: row.kind === 'secret' ? secretTitle(row) : row.name, hint: `${kindNames[row.kind][0]} ${keyOfRow(row)}`, icon: KeyRound, run: () => void navigate({ to: '/inventory/$id', params: { id: row.id } }) }))
  const all = q.length < 2 ? [] : [{ id: 'all', group: 'Credentials', label: `Show all credentials matching “${q}”`, icon: Search, run: () => void navigate({ to: '/inventory', search: { q } }) }]
  return { commands: [...matching, ...credentials, ...all], searching: found.isFetching }
}

/** Goes to a page, does something, or finds a credential, by typing. */
export function Palette({ onClose, onHelp }: { onClose: () => void; onHelp: () => void }): ReactNode {
  const [text, setText] = useState('')
  const [active, setActive] = useState(0)
  const { commands, searching } = useCommands(text, onHelp)
  const chosen = Math.min(active, Math.max(0, commands.length - 1))
  const run = (command: Command | undefined): void => {
    if (command === undefined) return
    onClose()
    command.run()
  }
  return (
    <Base.Root open onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-scrim" />
        <Base.Popup aria-label="Search and commands" className="fixed top-[14vh] left-1/2 z-40 flex max-h-[60vh] w-[calc(100vw-32px)] max-w-xl -translate-x-1/2 flex-col overflow-hidden rounded-lg bg-raised shadow-pop outline-none">
          <div className="flex items-center gap-3 border-b border-line px-4">
            <Search className="size-4 text-ink-3" aria-hidden />
            <input
              role="combobox"
              aria-expanded
              aria-controls="palette-list"
              aria-activedescendant={commands[chosen] === undefined ? undefined : `palette-${chosen}`}
              aria-label="Search pages, commands and credentials"
              placeholder="Search pages, commands and credentials"
              className="h-11 w-full bg-transparent text-sm outline-none placeholder:text-ink-3"
              value={text}
              maxLength={200}
              onChange={(event) => { setText(event.target.value); setActive(0) }}
              onKeyDown={(event) => {
                const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
                if (step !== 0) setActive((chosen + step + commands.length) % Math.max(1, commands.length))
                else if (event.key === 'Enter') run(commands[chosen])
                else return
                event.preventDefault()
              }}
            />
            <Kbd>Esc</Kbd>
          </div>
          <div id="palette-list" role="listbox" aria-label="Results" aria-busy={searching} tabIndex={-1} className="overflow-y-auto p-1.5">
            {commands.map((command, index) => (
              <div key={command.id} role="presentation">
                {commands[index - 1]?.group === command.group ? null : <div role="presentation" className="px-2.5 pt-2 pb-1 text-xs text-ink-3">{command.group}</div>}
                {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events */}
                <div
                  id={`palette-${index}`}
                  role="option"
                  tabIndex={-1}
                  aria-selected={index === chosen}
                  onClick={() => run(command)}
                  onMouseMove={() => setActive(index)}
                  ref={(element) => { if (index === chosen) element?.scrollIntoView({ block: 'nearest' }) }}
                  className={cx('flex h-8 items-center gap-2.5 rounded-md px-2.5', index === chosen && 'bg-selected')}
                >
                  <command.icon className="size-3.5 shrink-0 text-ink-3" aria-hidden />
                  <span className="truncate">{command.label}</span>
                  <span className="ml-auto shrink-0 text-xs text-ink-3">{command.hint}</span>
                  {index === chosen ? <CornerDownLeft className="size-3 text-ink-3" aria-hidden /> : null}
                </div>
              </div>
            ))}
            {commands.length === 0 ? <p className="px-3 py-6 text-center text-ink-3">{searching ? 'Searching…' : 'Nothing found'}</p> : null}
          </div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
