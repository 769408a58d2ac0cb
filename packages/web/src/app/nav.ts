import type { Action } from '@muster/core/api'
import { Activity, FileWarning, Fingerprint, FolderGit2, Handshake, History, KeyRound, LayoutDashboard, ListChecks, Radar, ScrollText, Server, Settings, type LucideIcon } from 'lucide-react'

export type NavItem = { readonly to: string; readonly label: string; readonly icon: LucideIcon; readonly keys: string; readonly action: Action }
/** Pages in the order of the side bar, in groups. */
export const navigation: readonly { title: string | null; items: readonly NavItem[] }[] = [
  { title: null, items: [{ to: '/', label: 'Overview', icon: LayoutDashboard, keys: 'g o', action: 'inventory.read' }] },
  {
    title: 'Inventory',
    items: [
      { to: '/inventory', label: 'Credentials', icon: KeyRound, keys: 'g i', action: 'inventory.read' },
      { to: '/machines', label: 'Machines', icon: Server, keys: 'g m', action: 'inventory.read' },
      { to: '/sources', label: 'Sources', icon: FolderGit2, keys: 'g u', action: 'inventory.read' },
      { to: '/endpoints', label: 'Endpoints', icon: Fingerprint, keys: 'g e', action: 'inventory.read' },
      { to: '/configurations', label: 'Configurations', icon: Handshake, keys: 'g c', action: 'inventory.read' },
    ],
  },
  {
    title: 'Posture',
    items: [
      { to: '/findings', label: 'Findings', icon: FileWarning, keys: 'g f', action: 'finding.read' },
      { to: '/changes', label: 'Changes', icon: History, keys: 'g h', action: 'finding.read' },
      { to: '/rules', label: 'Rules', icon: ListChecks, keys: 'g r', action: 'finding.read' },
    ],
  },
  {
    title: 'Operation',
    items: [
      { to: '/scans', label: 'Scans', icon: Radar, keys: 'g s', action: 'scan.read' },
      { to: '/jobs', label: 'Jobs', icon: Activity, keys: 'g j', action: 'job.read' },
      { to: '/audit', label: 'Audit log', icon: ScrollText, keys: 'g a', action: 'audit.read' },
      { to: '/settings', label: 'Settings', icon: Settings, keys: 'g t', action: 'account.self' },
    ],
  },
]
