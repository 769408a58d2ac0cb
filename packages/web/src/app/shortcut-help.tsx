import type { ReactNode } from 'react'
import { Dialog } from '../ui/dialog.tsx'
import { Kbd } from '../ui/text.tsx'
import { navigation } from './nav.ts'

const groups = [
  { title: 'Anywhere', rows: [['Ctrl K', 'Search and commands'], ['⌘ K', 'the same on a Mac'], ['/', 'Search this list'], ['↓ Enter', 'From the search to the rows'], ['Ctrl Enter', 'Send the form'], ['?', 'This help'], ['Esc', 'Close']] },
  { title: 'In a list', rows: [['j ↓', 'Next row'], ['k ↑', 'Previous row'], ['PgDn PgUp', 'A screen on or back'], ['Enter Space', 'Look at the row in a side panel'], ['o', 'Open its page'], ['x', 'Select'], ['s', 'Set the state of selected secrets'], ['Esc', 'Select nothing']] },
  { title: 'Go to', rows: navigation.flatMap((group) => group.items).map((item) => [item.keys, item.label]) },
]

/** All keyboard shortcuts. */
export function ShortcutHelp({ onClose }: { onClose: () => void }): ReactNode {
  return (
    <Dialog open onClose={onClose} title="Keyboard shortcuts" wide>
      <div className="grid grid-cols-2 gap-x-10 gap-y-6 max-sm:grid-cols-1">
        {groups.map((group) => (
          <section key={group.title} className={group.title === 'Go to' ? 'row-span-2' : ''}>
            <h3 className="mb-2 text-xs font-medium text-ink-3">{group.title}</h3>
            <dl>
              {group.rows.map(([keys, what]) => (
                <div key={what} className="flex items-center justify-between py-1">
                  <dt>{what}</dt>
                  <dd className="flex gap-1">{keys!.split(' ').map((key) => <Kbd key={key}>{key}</Kbd>)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
