import type { Format } from './input.ts'
import { leadingBlanks, trim } from './tree.ts'
import { percentDecoded } from './urls.ts'

const id = 'connection-string'
const MAX_WINDOW = 2048
const MAX_HITS = 50_000

const ENDS = '"\'`<>\n'
/** Keys that open a connection string; what stands before one of them is the setting's own name. */
const connectionKeys = /^(?:server|datasource|host|hostname|addr|address|driver|provider|endpoint|defaultendpointsprotocol|userid|uid|user|database|initialcatalog|password|pwd)$/
const secretKeys = /^(?:password|pwd|accountkey|sharedaccesskey|sharedsecretvalue|sharedaccesssignature|trustpassword|truststorepassword|keystorepassword)$/
const anchor = /(?:password|pwd|accountkey|sharedaccesskey|sharedaccesssignature)\s{0,4}=/gi

type Part = { readonly key: string; readonly text: string; readonly start: number; readonly end: number }

type Facts = Readonly<Record<'scheme' | 'host' | 'port' | 'user' | 'database' | 'account' | 'keyName' | 'driver', string | null>>

/** What stands around a place: the parts of a connection string, and what they say besides the secret. Places before `reach` have the same. */
type Surroundings = { readonly parts: readonly Part[]; readonly facts: Facts; readonly reach: number }

/** The text around `at` that belongs to one connection string: up to the quotes or the line's ends. */
function around(text: string, at: number): Surroundings {
  const [first, last] = [Math.max(0, at - MAX_WINDOW), Math.min(text.length, at + MAX_WINDOW)]
  let start = at
  while (start > first && !ENDS.includes(text[start - 1]!)) start--
  let end = at
  while (end < last && !ENDS.includes(text[end]!)) end++
  const body = text.slice(start, end)
  const parts = partsOf(body, start)
  return { parts, facts: factsOf(parts, body.slice(0, 512)), reach: end < last || end === text.length ? end : end - MAX_WINDOW / 2 }
}

/** `key=value` parts divided by `;` or, in a JDBC query, by `&`. A part such as `CONN=Server=db` counts by its inner key. */
function partsOf(body: string, start: number): readonly Part[] {
  const parts: Part[] = []
  let from = start
  for (const piece of body.split(body.includes(';') ? ';' : '&')) {
    const divide = dividerOf(piece)
    if (divide > 0) {
      const key = keyOf(piece.slice(0, divide).split(/[?=]/).at(-1)!)
      const raw = piece.slice(divide + 1)
      const trimmed = trim(raw)
      const braced = trimmed.length > 1 && ((trimmed.startsWith('{') && trimmed.endsWith('}')) || (trimmed.startsWith("'") && trimmed.endsWith("'")))
      const text = braced ? trimmed.slice(1, -1) : trimmed
      const offset = from + divide + 1 + leadingBlanks(raw) + (braced ? 1 : 0)
      parts.push({ key, text, start: offset, end: offset + text.length })
    }
    from += piece.length + 1
  }
  return parts
}

/** The `=` that follows a connection key; else the first one; −1 when there is none. */
function dividerOf(piece: string): number {
  const first = piece.indexOf('=')
  let from = 0
  for (let at = first, tries = 0; at >= 0 && tries < 4; at = piece.indexOf('=', at + 1), tries++) {
    if (connectionKeys.test(keyOf(piece.slice(from, at).split('?').at(-1)!))) return at
    from = at + 1
  }
  return first
}

const keyOf = (text: string): string => text.trim().toLowerCase().replaceAll(/[\s_]/g, '')

function get(parts: readonly Part[], ...names: readonly string[]): string | null {
  for (const part of parts) if (names.includes(part.key)) return part.text
  return null
}

function factsOf(parts: readonly Part[], lead: string): Facts {
  const jdbc = /jdbc:([a-z0-9]{2,20}):(?:[a-z]{1,12}:)?(?:@?\/\/|@)?([\w.-]{1,253}|\[[\da-fA-F:]{2,45}\])?(?::(\d{1,5}))?(?:\/([\w$-]{1,128}))?/i.exec(lead)
  const server = get(parts, 'server', 'datasource', 'host', 'hostname', 'addr', 'address', 'networkaddress', 'endpoint')
  const [host, port] = (server ?? '').replace(/^(?:tcp|np|sb|https?):(?:\/\/)?/i, '').split(/[,:]/, 2)
  return {
    scheme: jdbc === null ? null : `jdbc:${jdbc[1]!.toLowerCase()}`,
    host: host || jdbc?.[2] || null, port: get(parts, 'port') ?? port ?? jdbc?.[3] ?? null,
    user: get(parts, 'userid', 'uid', 'user', 'username', 'userinfo'), database: get(parts, 'database', 'initialcatalog', 'dbname', 'databasename') ?? jdbc?.[4] ?? null,
    account: get(parts, 'accountname'), keyName: get(parts, 'sharedaccesskeyname'), driver: get(parts, 'driver', 'provider'),
  }
}

/** Secrets in ADO.NET, ODBC, OLE DB, JDBC and Azure connection strings, told by the keys that stand beside the secret. */
export const connectionStringFormat: Format = {
  id,
  matches: (input) => ['assword', 'ASSWORD', 'wd=', 'WD=', 'AccountKey', 'AccessKey'].some((needle) => input.has(needle)),
  extract: (input, into) => {
    anchor.lastIndex = 0
    let hits = 0
    let here: Surroundings | null = null
    for (let match = anchor.exec(input.text); match !== null && hits < MAX_HITS; match = anchor.exec(input.text), hits++) {
      if (here === null || match.index >= here.reach) here = around(input.text, match.index)
      const { parts, facts } = here
      const part = parts.find((candidate) => candidate.start >= match.index && candidate.start <= match.index + match[0].length + 8)
      if (part === undefined || !secretKeys.test(part.key)) continue
      const storage = part.key.startsWith('account') || part.key.startsWith('shared')
      if (storage ? facts.account === null && facts.host === null : facts.host === null && facts.driver === null && facts.scheme === null) continue
      if (into.covers(part.start) || into.full) continue
      into.add(id, {
        secretType: part.key === 'accountkey' ? 'azure-storage-key' : storage ? 'azure-shared-access-key' : 'database-password',
        value: facts.scheme !== null && !input.text.slice(part.start - 256, part.start).includes(';') ? percentDecoded(part.text) : part.text,
        start: part.start, end: part.end, facts,
      })
    }
  },
}
