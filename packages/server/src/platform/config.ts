import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { basename, isAbsolute, join, resolve } from 'node:path'
import { isMusterError, MusterError, Secret } from '@muster/core'
import { parse as parseToml, TomlError } from 'smol-toml'
import { z } from 'zod'
import { type ConfigProblem, type ConfigSource, suggestion, tomlLines } from './config-sources.ts'
import { connectionParameters } from './db/connection.ts'

/** `baseUrls` by provider: its API at another place; `egress`: hosts and ranges that may be contacted besides the fixed hosts of the providers. */
export type VerificationConfig = { readonly providers: readonly string[]; readonly baseUrls: Readonly<Record<string, string>>; readonly egress: readonly string[] }

export type ListenAddress = { readonly host: string; readonly port: number }

/** Everything an operator can set. */
export type Config = {
  /** Absolute. Holds the installation key and, without a database URL, the database. */
  readonly dataDir: string
  readonly listen: ListenAddress
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null
  /** Where people reach the server when that is not where it listens; an origin, no trailing slash. */
  readonly publicUrl: string | null
  readonly databaseUrl: Secret | null
  readonly logLevel: (typeof logLevels)[number]
  /** Whether the very first start takes the roll of this machine. */
  readonly firstScan: boolean
  /** Providers that scans may ask whether a secret is live; nobody unless named. */
  readonly verification: VerificationConfig
  /** `api` answers requests, `worker` runs jobs, `all` does both. */
  readonly role: (typeof roles)[number]
}

const logLevels = ['debug', 'info', 'warn', 'error'] as const
const roles = ['all', 'api', 'worker'] as const

/** Port chosen from the registered range without a well-known user. */
const DEFAULT_LISTEN: ListenAddress = { host: '127.0.0.1', port: 8480 }

const path = z.string().min(1, 'is empty').max(4096, 'is longer than 4096 characters')
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')], 'is neither true nor false')

const list = z.union([z.array(z.string().max(2048)).max(1000), z.string().max(65_536).transform((text) => text.split(',').map((part) => part.trim()).filter((part) => part !== ''))], 'is not a list of texts')
const pairs = list.transform((entries, context) => Object.fromEntries(entries.map((entry) => {
  const at = entry.indexOf('=')
  if (at < 1) context.addIssue(`is not NAME=URL: ${JSON.stringify(entry.slice(0, 100))}`)
  return [entry.slice(0, at), entry.slice(at + 1)]
})))

const listen = z.string('is not a text like 127.0.0.1:8480').transform((text, context): ListenAddress => {
  const [, host, port] = /^(\[[^\]]*\]|[^:]*):(\d{1,5})$/.exec(text) ?? []
  const bare = host?.replace(/^\[|\]$/g, '') ?? ''
  const named = isIP(bare) !== 0 || (host === bare && /^[A-Za-z0-9]([A-Za-z0-9.-]{0,252})$/.test(bare))
  if (port === undefined || Number(port) > 65_535 || !named) {
    context.addIssue(`is not HOST:PORT (for IPv6 [HOST]:PORT): ${JSON.stringify(text.slice(0, 300))}`)
    return z.NEVER
  }
  return { host: bare, port: Number(port) }
})

const publicUrl = z.string().max(2048).transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : null
  const origin = url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' && url.password === ''
  if (!origin) context.addIssue('is not an origin like https://muster.example.org')
  return url?.origin ?? ''
})

const databaseUrl = z.string().max(4096).transform((text, context) => {
  const url = Secret.fromText(text)
  try {
    connectionParameters({ kind: 'url', url })
  } catch (error) {
    // The connection's own message, which quotes nothing of the URL.
    context.addIssue(isMusterError(error) ? error.message : 'is not a database URL')
  }
  return url
})

/** Every setting once: its key in the file, its variable, its option. */
const settings = {
  dataDir: { key: 'data_dir', variable: 'MUSTER_DATA_DIR', option: '--data', schema: path },
  listen: { key: 'listen', variable: 'MUSTER_LISTEN', option: '--listen', schema: listen },
  databaseUrl: { key: 'database_url', variable: 'MUSTER_DATABASE_URL', option: null, schema: databaseUrl },
  publicUrl: { key: 'public_url', variable: 'MUSTER_PUBLIC_URL', option: '--public-url', schema: publicUrl },
  logLevel: { key: 'log_level', variable: 'MUSTER_LOG_LEVEL', option: '--log-level', schema: z.enum(logLevels, `is not one of ${logLevels.join(', ')}`) },
  firstScan: { key: 'first_scan', variable: 'MUSTER_FIRST_SCAN', option: '--first-scan', schema: flag },
  verifyProviders: { key: 'verification.providers', variable: 'MUSTER_VERIFY_PROVIDERS', option: null, schema: list },
  verifyBaseUrls: { key: 'verification.base_urls', variable: 'MUSTER_VERIFY_BASE_URLS', option: null, schema: pairs },
  verifyEgress: { key: 'verification.egress', variable: 'MUSTER_VERIFY_EGRESS', option: null, schema: list },
  role: { key: 'role', variable: 'MUSTER_ROLE', option: '--role', schema: z.enum(roles, `is not one of ${roles.join(', ')}`) },
  tlsCertFile: { key: 'tls.cert_file', variable: 'MUSTER_TLS_CERT_FILE', option: '--tls-cert', schema: path },
  tlsKeyFile: { key: 'tls.key_file', variable: 'MUSTER_TLS_KEY_FILE', option: '--tls-key', schema: path },
} as const
type Name = keyof typeof settings
type Values = { [N in Name]?: z.output<(typeof settings)[N]['schema']> }
const names = Object.keys(settings) as Name[]

/** A value as it was given, with where. */
type Given = { readonly value: unknown; readonly source: ConfigSource }
export type Environment = Readonly<Record<string, string | undefined>>

/** The configuration of this very process. The one place that reads its environment. */
export function processConfig(): Config {
  return loadConfig(process.argv.slice(2), process.env, (file) => readFileSync(file, 'utf8'), process.getuid?.() === 0)
}

/**
 * The configuration: command line over environment over file over defaults.
 *
 * @throws MusterError config.invalid listing everything that is wrong at once, each with its place.
 */
export function loadConfig(argv: readonly string[], environment: Environment, readFile: (path: string) => string, isRoot = false): Config {
  const problems: ConfigProblem[] = []
  const commandLine = readCommandLine(argv, problems)
  const variables = readVariables(environment)
  const file = commandLine.file ?? (environment['MUSTER_CONFIG'] ? { value: environment['MUSTER_CONFIG'], source: 'MUSTER_CONFIG' } : null)
  const fromFile = file === null ? new Map<Name, Given>() : readConfigFile(String(file.value), file.source, readFile, problems)
  const given = new Map<Name, Given>([...fromFile, ...variables, ...commandLine.given])
  const values = check(given, problems)
  if ((values.tlsCertFile === undefined) !== (values.tlsKeyFile === undefined)) {
    problems.push({ source: (given.get('tlsCertFile') ?? given.get('tlsKeyFile'))!.source, message: 'TLS needs both a certificate file and a key file' })
  }
  const dataDir = values.dataDir ?? defaultDataDir(environment, isRoot)
  if (dataDir === null) problems.push({ source: 'HOME', message: 'is not set, so there is no place for the data; name one with --data' })
  if (problems.length > 0) throw refused(problems)
  return {
    dataDir: resolve(dataDir!),
    listen: values.listen ?? DEFAULT_LISTEN,
    tls: values.tlsCertFile === undefined ? null : { certFile: resolve(values.tlsCertFile), keyFile: resolve(values.tlsKeyFile!) },
    publicUrl: values.publicUrl ?? null,
    databaseUrl: values.databaseUrl ?? null,
    logLevel: values.logLevel ?? 'info',
    firstScan: values.firstScan ?? true,
    verification: { providers: values.verifyProviders ?? [], baseUrls: values.verifyBaseUrls ?? {}, egress: values.verifyEgress ?? [] },
    role: values.role ?? 'all',
  }
}

/** The data home of the XDG base directory specification; the system's place for root. */
export function defaultDataDir(environment: Environment, isRoot: boolean): string | null {
  if (isRoot) return '/var/lib/muster'
  const dataHome = environment['XDG_DATA_HOME'] ?? ''
  if (isAbsolute(dataHome)) return join(dataHome, 'muster')
  const home = environment['HOME'] ?? ''
  return isAbsolute(home) ? join(home, '.local', 'share', 'muster') : null
}

/** One line for each option, for `--help`. */
export function configHelp(): string {
  const rows = names.filter((name) => settings[name].option !== null).map((name) => [settings[name].option!, settings[name].variable, settings[name].key])
  return [['--config', 'MUSTER_CONFIG', '(this file)'], ...rows].map(([option, variable, key]) => `  ${option!.padEnd(14)} ${variable!.padEnd(22)} ${key}`).join('\n')
}

type CommandLine = { readonly file: Given | null; readonly given: ReadonlyMap<Name, Given> }

function readCommandLine(argv: readonly string[], problems: ConfigProblem[]): CommandLine {
  const options = new Map<string, Name | null>([['--config', null]])
  for (const name of names) if (settings[name].option !== null) options.set(settings[name].option!, name)
  const given = new Map<Name, Given>()
  let file: Given | null = null
  for (let i = 0; i < argv.length; i++) {
    const [option, inline] = splitOnce(argv[i]!)
    const name = options.get(option)
    if (name === undefined) {
      problems.push({ source: 'command line', message: unknownMessage('option', option, [...options.keys()]) })
      continue
    }
    const value = inline ?? argv[++i]
    if (value === undefined) problems.push({ source: option, message: 'needs a value' })
    else if (name === null) file = { value, source: option }
    else given.set(name, { value, source: option })
  }
  return { file, given }
}

function splitOnce(argument: string): [string, string | undefined] {
  const at = argument.startsWith('--') ? argument.indexOf('=') : -1
  return at === -1 ? [argument, undefined] : [argument.slice(0, at), argument.slice(at + 1)]
}

function readVariables(environment: Environment): ReadonlyMap<Name, Given> {
  const given = new Map<Name, Given>()
  for (const name of names) {
    const { variable } = settings[name]
    const value = environment[variable]
    // Set but empty is what shells and container files do for "not set".
    if (value !== undefined && value !== '') given.set(name, { value, source: variable })
  }
  return given
}

function readConfigFile(file: string, source: ConfigSource, readFile: (path: string) => string, problems: ConfigProblem[]): ReadonlyMap<Name, Given> {
  const given = new Map<Name, Given>()
  const label = basename(file)
  let text: string
  try {
    text = readFile(file)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
    problems.push({ source, message: `the configuration file ${file} cannot be read${code}` })
    return given
  }
  try {
    const lines = tomlLines(text)
    const byKey = new Map(names.map((name) => [settings[name].key as string, name]))
    for (const [key, value] of flatten(parseToml(text))) {
      const name = byKey.get(key)
      const place = lines.has(key) ? `${label}:${lines.get(key)}` : label
      if (name === undefined) problems.push({ source: place, message: unknownMessage('key', key, [...byKey.keys()]) })
      else given.set(name, { value, source: place })
    }
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    // The first line says what; the rest quotes the file, which may hold a password.
    problems.push({ source: `${label}:${error.line}`, message: error.message.split('\n')[0]!.replace(/^Invalid TOML document: /, 'is not TOML: ') })
  }
  return given
}

function* flatten(table: object, prefix = ''): Generator<[string, unknown]> {
  for (const [key, value] of Object.entries(table)) {
    const isTable = typeof value === 'object' && value !== null && !Array.isArray(value) && Object.getPrototypeOf(value) !== Date.prototype
    if (isTable && Object.keys(value).length > 0) yield* flatten(value, `${prefix}${key}.`)
    else yield [`${prefix}${key}`, value]
  }
}

function check(given: ReadonlyMap<Name, Given>, problems: ConfigProblem[]): Values {
  const values: Record<string, unknown> = {}
  for (const [name, { value, source }] of given) {
    const checked = settings[name].schema.safeParse(value)
    if (checked.success) values[name] = checked.data
    else for (const { message } of checked.error.issues) problems.push({ source, message: `${settings[name].key} ${message}` })
  }
  return values as Values
}

function unknownMessage(what: string, name: string, known: readonly string[]): string {
  const meant = suggestion(name, known)
  return `unknown ${what} ${JSON.stringify(name.slice(0, 100))}${meant === null ? '' : `; did you mean ${meant}?`}`
}

function refused(problems: readonly ConfigProblem[]): MusterError {
  const lines = problems.map(({ source, message }) => `  ${source}: ${message}`)
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`
  return new MusterError('config.invalid', [`the configuration has ${count}:`, ...lines].join('\n'), { problems })
}
