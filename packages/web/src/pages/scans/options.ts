import type { ScanRow } from '@muster/core/api'

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
}
export const emptyForm: ScanForm = { kind: 'host', whole: true, roots: '', exclude: '', targets: '', ports: '', sni: '', rate: '', profile: true, passphrases: '', places: '', history: true }

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
  if (form.kind === 'secrets') return { ...shared, targets: pathsOf(form.places), ...(form.history ? {} : { history: false }) }
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

const listText = (value: unknown): string => (Array.isArray(value) ? value.map(String).join('\n') : '')
/** The form that would give these options; for changing a schedule. */
export function formOf(kind: ScanKind, options: Readonly<Record<string, unknown>>): ScanForm {
  const ports = options['ports']
  return {
    ...emptyForm,
    kind,
    whole: !Array.isArray(options['roots']),
    roots: listText(options['roots']),
    exclude: listText(options['exclude']),
    targets: kind === 'secrets' ? '' : listText(options['targets']),
    places: kind === 'secrets' ? listText(options['targets']) : '',
    history: options['history'] !== false,
    ports: typeof ports === 'string' ? ports : listText(ports).replaceAll('\n', ', '),
    sni: listText(options['sni']),
    profile: options['depth'] !== 'certificates',
    rate: typeof options['ratePerSecond'] === 'number' ? String(options['ratePerSecond']) : '',
  }
}
