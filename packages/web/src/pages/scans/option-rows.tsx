import type { ScanRow } from '@muster/core/api'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { routeQuery } from '../../api/query.ts'
import { Fact } from '../../ui/text.tsx'

const names: Readonly<Record<string, string>> = {
  roots: 'Paths', exclude: 'Left out', targets: 'Addresses', ports: 'Ports', sni: 'Names asked for', ratePerSecond: 'Connections a second', concurrency: 'At once', profile: 'Profile', depth: 'Depth', history: 'History', since: 'Since', refs: 'Refs', as: 'Read as',
  connection: 'Connection', organizations: 'Organisations', repositories: 'Repositories', groups: 'Groups', projects: 'Projects', namespaces: 'Namespaces', verify: 'Asked whether live',
}
const MOST_OPTIONS = 12
const MOST_VALUES = 20

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.slice(0, MOST_VALUES).map(String).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)
}

/** The connection by its name; its id where it was deleted. */
function Connection({ id }: { id: string }): ReactNode {
  return useQuery(routeQuery('listConnections')).data?.items.find((one) => one.id === id)?.name ?? <span className="mono break-all">{id}</span>
}

/** The options as given, without what was left to the defaults. */
export function OptionRows({ scan }: { scan: ScanRow }): ReactNode {
  const given = Object.entries(scan.options).filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0))
  return given.slice(0, MOST_OPTIONS).map(([name, value]) => (
    <Fact key={name} name={scan.kind === 'secrets' && name === 'targets' ? 'Places' : names[name] ?? name}>
      {name === 'connection' ? <Connection id={String(value)} /> : <span className="mono break-all">{textOf(value)}</span>}
    </Fact>
  ))
}
