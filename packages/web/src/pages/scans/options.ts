import { connectionKinds, type ConnectionKind, type ScanRow } from '@muster/core/api'

export type ScanKind = ScanRow['kind']
/** The scan form as typed; lists are one entry per line. */
export type ScanForm = {
  readonly kind: ScanKind
  readonly whole: boolean
  readonly roots: string
  readonly exclude: string
  readonly targets: string
  readonly ports: string
  readonly sni: string
  readonly rate: string
  /** Walk versions, cipher suites and groups of TLS endpoints too. */
  readonly profile: boolean
  readonly passphrases: string
  /** Paths to look for secrets in. */
  readonly places: string
  /** Everything a repository ever held, not only what is in it now. */
  readonly history: boolean
  /** Which code host or cluster, by id; empty until one is chosen. */
  readonly connection: string
  /** Organisations, groups or namespaces. */
  readonly wholes: string
  /** Single repositories or projects. */
  readonly singles: string
  /** Providers to ask whether a secret is live. */
  readonly verify: readonly string[]
}
export const emptyForm: ScanForm = { kind: 'host', whole: true, roots: '', exclude: '', targets: '', ports: '', sni: '', rate: '', profile: true, passphrases: '', places: '', history: true, connection: '', wholes: '', singles: '', verify: [] }

/** Whether scans of the kind read a code host or cluster through a connection. */
export function readsApi(kind: ScanKind): kind is ConnectionKind {
  return (connectionKinds as readonly string[]).includes(kind)
}

/** What a scan of a code host or cluster may be limited to, as its options call it. */
const apiScopes = { github: ['organizations', 'repositories'], gitlab: ['groups', 'projects'], kubernetes: ['namespaces', 'exclude'] } as const satisfies Record<ConnectionKind, readonly [string, string]>

/** Non-empty lines, or entries between commas, without surrounding space. */
export function linesOf(text: string): string[] {
  return text.split(/[\n,]/).map((line) => line.trim()).filter((line) => line !== '')
}

/** Non-empty lines; a path may hold a comma. */
function pathsOf(text: string): string[] {
  return text.split('\n').map((line) => line.trim()).filter((line) => line !== '')
}

const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535
function portsProblem(text: string): string | undefined {
  for (const part of linesOf(text)) {
    const ends = part.split('-')
    if (ends.length > 2 || !ends.every(isPort)) return `“${part}” is not a port or a range of ports`
    if (ends.length === 2 && Number(ends[0]) > Number(ends[1])) return `“${part}” ends before it begins`
  }
  return undefined
}

/** Messages by field for what the form cannot be sent with; the server checks the rest. */
export function problemsOf(form: ScanForm): Partial<Record<keyof ScanForm, string>> {
  const problems: Partial<Record<keyof ScanForm, string>> = {}
  if (form.kind === 'host') {
    const relative = form.whole ? undefined : linesOf(form.roots).find((path) => !path.startsWith('/'))
    if (!form.whole && linesOf(form.roots).length === 0) problems.roots = 'Name at least one path'
    else if (relative !== undefined) problems.roots = `“${relative}” is not an absolute path`
    return problems
  }
  if (form.kind === 'secrets') {
    const places = pathsOf(form.places)
    const relative = places.find((path) => !path.startsWith('/'))
    if (places.length === 0) problems.places = 'Name at least one path'
    else if (relative !== undefined) problems.places = `“${relative}” is not an absolute path`
    return problems
  }
  if (readsApi(form.kind)) {
    if (form.connection === '') problems.connection = 'Choose where to look'
    if (form.kind !== 'kubernetes' && linesOf(form.wholes).length + linesOf(form.singles).length === 0) problems.wholes = form.kind === 'github' ? 'Name an organisation or a repository' : 'Name a group or a project'
    return problems
  }
  const targets = linesOf(form.targets)
  const spaced = targets.find((target) => /\s/.test(target))
  if (targets.length === 0) problems.targets = 'Name at least one address'
  else if (spaced !== undefined) problems.targets = `“${spaced}” is not one address; put each on its own line`
  const ports = portsProblem(form.ports)
  if (ports !== undefined) problems.ports = ports
  if (form.rate.trim() !== '' && !(Number(form.rate) > 0)) problems.rate = 'A number above 0'
  return problems
}

/** The connector's options as the API takes them; what was left empty keeps the connector's own default. */
export function optionsOf(form: ScanForm): Record<string, unknown> {
  const exclude = linesOf(form.exclude)
  const shared = exclude.length === 0 ? {} : { exclude }
  if (form.kind === 'host') return { ...shared, ...(form.whole ? {} : { roots: linesOf(form.roots) }) }
  const verify = form.verify.length === 0 ? {} : { verify: form.verify }
  if (form.kind === 'secrets') return { ...shared, targets: pathsOf(form.places), ...(form.history ? {} : { history: false }), ...verify }
  if (readsApi(form.kind)) {
    const [wholes, singles] = apiScopes[form.kind]
    return { connection: form.connection, ...listed(wholes, form.wholes), ...listed(singles, form.singles), ...verify }
  }
  const sni = linesOf(form.sni)
  return {
    ...shared,
    targets: linesOf(form.targets),
    ...(form.ports.trim() === '' ? {} : { ports: linesOf(form.ports).join(',') }),
    ...(form.kind === 'tls' && sni.length > 0 ? { sni } : {}),
    ...(form.kind === 'tls' ? { depth: form.profile ? 'profile' : 'certificates' } : {}),
    ...(form.rate.trim() === '' ? {} : { ratePerSecond: Number(form.rate) }),
  }
}

function listed(name: string, text: string): Record<string, string[]> {
  const lines = linesOf(text)
  return lines.length === 0 ? {} : { [name]: lines }
}

const listText = (value: unknown): string => (Array.isArray(value) ? value.map(String).join('\n') : '')
/** The form that would give these options; for changing a schedule. */
export function formOf(kind: ScanKind, options: Readonly<Record<string, unknown>>): ScanForm {
  const ports = options['ports']
  return {
    ...emptyForm,
    kind,
    whole: !Array.isArray(options['roots']),
    roots: listText(options['roots']),
    exclude: readsApi(kind) ? '' : listText(options['exclude']),
    targets: kind === 'secrets' ? '' : listText(options['targets']),
    places: kind === 'secrets' ? listText(options['targets']) : '',
    history: options['history'] !== false,
    connection: typeof options['connection'] === 'string' ? options['connection'] : '',
    wholes: readsApi(kind) ? listText(options[apiScopes[kind][0]]) : '',
    singles: readsApi(kind) ? listText(options[apiScopes[kind][1]]) : '',
    verify: Array.isArray(options['verify']) ? options['verify'].map(String) : [],
    ports: typeof ports === 'string' ? ports : listText(ports).replaceAll('\n', ', '),
    sni: listText(options['sni']),
    profile: options['depth'] !== 'certificates',
    rate: typeof options['ratePerSecond'] === 'number' ? String(options['ratePerSecond']) : '',
  }
}
