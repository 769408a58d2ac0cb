import type { Credential } from '@muster/core'
import type { CredentialDetail, LocationRow } from '@muster/core/api'
import { countText, locationKindNames, pluralText, shortName } from '../../format/names.ts'

/** Where a box of the picture leads. */
export type ReachLink = { readonly to: '/machines/$id' | '/inventory/$id'; readonly id: string }
/** One box: what it is, in a line, and what it has to do with the credential, below. */
export type ReachBox = { readonly key: string; readonly name: string; readonly role: string; readonly note: string; readonly link: ReachLink | null; readonly tone: 'plain' | 'warn' | 'bad' }
/** What stands left and right of a credential; `more` places are not drawn. */
export type Reach = { readonly places: readonly ReachBox[]; readonly more: number; readonly beyond: readonly ReachBox[] }

const MOST_PLACES = 6
const MOST_OF_A_ROLE = 3
type Location = LocationRow['location']

/** Lists that name a key do not hold it: they are what it opens. */
const holds = ({ location }: LocationRow): boolean => location.kind !== 'authorized-key' && location.kind !== 'known-host'

/**
 * Where the credential is, by machine and source, and what its holder gets: only what the inventory knows. `locations` may be
 * the first of more.
 */
export function reachOf(detail: CredentialDetail, locations: readonly LocationRow[], complete = true): Reach {
  const present = locations.filter(({ goneAt }) => goneAt === null)
  const groups = [...Map.groupBy(present.filter(holds), ({ machineId }) => machineId).values()].sort((a, b) => rank(b) - rank(a))
  const places = groups.slice(0, MOST_PLACES).map(placeBox)
  const unread = complete ? 0 : Math.max(0, detail.row.machineCount - new Set(present.map(({ machineId }) => machineId)).size)
  return {
    places,
    more: groups.length - places.length + unread,
    beyond: [...opened(detail.credential), ...proven(detail), ...accounts(detail.accounts), ...tied(detail), ...consumers(detail.consumers), ownerBox(detail)],
  }
}

const toneOf = (location: Location): ReachBox['tone'] =>
  'inWebRoot' in location && location.inWebRoot ? 'bad' : (location.kind === 'repository-line' && location.presence === 'history') || (location.kind === 'image-line' && location.hiddenBy !== null) ? 'warn' : 'plain'
const tones = ['plain', 'warn', 'bad'] as const
/** What opens comes before what only lets in: a private half is worth more than a public one. */
const rank = (rows: readonly LocationRow[]): number => Math.max(...rows.map(({ location }) => tones.indexOf(toneOf(location)) * 2 + (location.part === 'private-key' || location.part === 'value' ? 1 : 0)))

function placeBox(rows: readonly LocationRow[]): ReachBox {
  const first = rows.find(({ location }) => location.part === 'private-key') ?? rows[0]!
  const { location } = first
  const by = location.kind === 'repository-line' && location.commit !== null ? `by ${location.commit.authorName}` : ''
  const presence = location.kind === 'repository-line' && location.presence === 'history' ? 'only in history' : ''
  return {
    key: first.machineId, name: first.machineName, role: locationKindNames[location.kind], link: { to: '/machines/$id', id: first.machineId }, tone: tones[Math.max(...rows.map((row) => tones.indexOf(toneOf(row.location))))]!,
    note: [`${first.place}${rows.length > 1 ? ` +${countText(rows.length - 1)}` : ''}`, presence, by].filter((part) => part !== '').join(' · '),
  }
}

const who = ['user', 'username', 'login', 'email', 'principal', 'serviceAccount', 'roleArn', 'keyId', 'clientId', 'accountSid'] as const
const where = ['host', 'account', 'accountId', 'tenantId', 'project', 'org', 'url'] as const

/** What a secret's own facts say it opens; nothing where its format tells neither whom nor what. */
function opened(credential: Credential): ReachBox[] {
  if (credential.kind !== 'secret') return []
  const { facts } = credential
  const holder = who.map((name) => facts[name]).find((value) => value !== undefined)
  const place = where.map((name) => facts[name]).find((value) => value !== undefined)
  const target = place === undefined ? undefined : facts['port'] === undefined || place !== facts['host'] ? place : `${place}:${facts['port']}`
  if (holder === undefined && target === undefined) return []
  const note = [holder === undefined || target === undefined ? '' : `as ${holder}`, facts['database'] === undefined ? '' : `database ${facts['database']}`].filter((part) => part !== '').join(', ')
  return [{ key: 'opens', name: target ?? holder!, role: target === undefined ? 'Opens what is of' : 'Opens', note, link: null, tone: 'plain' }]
}

/** The names a certificate proves its holder to be. */
function proven({ credential, related }: CredentialDetail): ReachBox[] {
  if (credential.kind === 'ssh-certificate') return [{ key: 'proves', name: credential.principals[0] ?? 'anybody', role: 'Lets in as', note: credential.principals.length > 1 ? `and ${pluralText(credential.principals.length - 1, 'other principal')}` : '', link: null, tone: 'plain' }]
  if (credential.kind !== 'certificate') return []
  const names = credential.subjectAltNames.map(({ value }) => value)
  const issued = related.filter(({ tie }) => tie === 'issues').length
  const note = credential.isCa ? (issued === 0 ? 'signed nothing that was seen' : `signed ${countText(issued)}${issued >= 50 ? ' and more' : ''} that were seen`) : names.length > 1 ? `and ${pluralText(names.length - 1, 'other name')}` : ''
  return [{ key: 'proves', name: names[0] ?? shortName(credential.subject), role: credential.isCa ? 'Signs as' : 'Proves to be', note, link: null, tone: 'plain' }]
}

/** Accounts by their name: root on twenty machines is one box. */
function accounts(all: CredentialDetail['accounts']): ReachBox[] {
  const groups = [...Map.groupBy(all, ({ name, system }) => `${system === null || system === 'unix' ? '' : system} ${name}`)]
  return capped(groups.map(([key, rows]): ReachBox => {
    const machines = [...new Map(rows.map((row) => [row.machineId, row.machineName]))]
    const [id, name] = machines[0]!
    return { key: `account ${key}`, name: rows[0]!.name, role: 'Lets in as', note: `on ${name}${machines.length === 1 ? '' : ` and ${pluralText(machines.length - 1, 'other')}`}`, link: machines.length === 1 ? { to: '/machines/$id', id } : null, tone: 'plain' }
  }), 'Lets in as', 'account')
}

/** The other half of the key. */
function tied({ row, related }: CredentialDetail): ReachBox[] {
  const same = related.filter(({ tie }) => tie === 'same-key').map(({ credential }): ReachBox => ({
    key: `key ${credential.id}`, name: credential.name, role: credential.kind === 'private-key' ? 'Private key' : row.kind === 'private-key' ? 'Key of' : 'Same key as', link: { to: '/inventory/$id', id: credential.id }, tone: 'plain',
    note: credential.place === null ? 'nowhere any more' : `on ${credential.place.machine}${credential.machineCount > 1 ? ` and ${pluralText(credential.machineCount - 1, 'other')}` : ''}`,
  }))
  return capped(same, 'Same key as', 'credential')
}

function consumers(all: CredentialDetail['consumers']): ReachBox[] {
  const boxes = (does: 'renews' | 'uses', role: string): ReachBox[] => capped(all.filter((one) => one.does === does).map((one): ReachBox => ({
    key: `${does} ${one.of} ${one.name} ${one.source}`, name: one.name, role, note: one.of === 'identity' ? `account on ${one.machineName}` : one.source, link: { to: '/machines/$id', id: one.machineId }, tone: 'plain',
  })), role, 'other')
  return [...boxes('renews', 'Renewed by'), ...boxes('uses', 'Used by')]
}

function ownerBox({ row }: CredentialDetail): ReachBox {
  const { owner, criticality, environment } = row.labels
  return { key: 'owner', name: owner ?? 'Nobody yet', role: 'Owner', note: [criticality === null ? '' : `${criticality} criticality`, environment ?? ''].filter((part) => part !== '').join(', '), link: null, tone: owner === null ? 'warn' : 'plain' }
}

function capped(boxes: readonly ReachBox[], role: string, what: string): ReachBox[] {
  if (boxes.length <= MOST_OF_A_ROLE) return [...boxes]
  return [...boxes.slice(0, MOST_OF_A_ROLE - 1), { key: `more ${role}`, name: pluralText(boxes.length - MOST_OF_A_ROLE + 1, `more ${what}`, what === 'other' ? 'others' : `more ${what}s`), role, note: '', link: null, tone: 'plain' }]
}
