import { countEndpoints, defaultSshPorts, defaultTlsPorts } from '@muster/connectors'
import { isMusterError, MusterError } from '@muster/core'
import type { ConnectionKind } from '@muster/core/api'
import { isAbsolute } from 'node:path'
import { z } from 'zod'
import type { VerificationConfig } from '../platform/config.ts'
import { baseUrlOption, optionsOf } from './connectors.ts'
import type { ScanKind } from './scan.ts'
import { verifyErrors } from './verification.ts'

type Options = Readonly<Record<string, unknown>>
type OptionError = { readonly path: string; readonly message: string }

/** How the options of a kind of scan are checked, in this order. */
type OptionCheck = {
  /** What the server asks for beside the connector; where anything is wrong with it, that alone is told. */
  readonly own: (options: Options, verification: VerificationConfig) => readonly OptionError[]
  /** What the connector's schema is to see. */
  readonly forConnector: (options: Options) => Options
  /** What the server asks of places that fit the schema. */
  readonly places: (options: Options, parsed: unknown) => readonly OptionError[]
}

const nothing = (): readonly OptionError[] => []
const whole = (options: Options): Options => options
const without = (options: Options, ...names: readonly string[]): Options => Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name)))

const checks = {
  host: { own: nothing, forConnector: whole, places: (options) => relativeErrors('roots', options) },
  tls: { own: nothing, forConnector: whole, places: (_, parsed) => endpointErrors(parsed, defaultTlsPorts) },
  ssh: { own: nothing, forConnector: whole, places: (_, parsed) => endpointErrors(parsed, defaultSshPorts) },
  secrets: {
    own: ({ verify = [] }, verification) => verifyErrors(verify, verification), forConnector: (options) => without(options, 'verify'),
    // Rules of one's own are tried and measured when they are saved, so no scan brings any.
    places: (options) => ('config' in options ? [{ path: 'options.config', message: 'belongs to the detection rules of the installation' }] : relativeErrors('targets', options)),
  },
  github: apiCheck('github'), gitlab: apiCheck('gitlab'), kubernetes: apiCheck('kubernetes'),
} as const satisfies Record<ScanKind, OptionCheck>

/**
 * The options as the connector understands them.
 *
 * @throws MusterError request.invalid naming each field that does not fit.
 */
export function checkedOptions({ verification }: { readonly verification: VerificationConfig }, kind: ScanKind, options: Options): Options {
  const { own, forConnector, places }: OptionCheck = checks[kind]
  const errors = firstOf(
    () => own(options, verification),
    () => {
      const parsed = optionsOf(kind).safeParse(forConnector(options))
      return parsed.success ? places(options, parsed.data) : parsed.error.issues.map((issue) => ({ path: ['options', ...issue.path].join('.'), message: issue.message }))
    },
  )
  if (errors.length === 0) return options
  throw new MusterError('request.invalid', errors.map((error) => `${error.path}: ${error.message}`).join('; '), { errors })
}

/** What the first check that objects says. */
function firstOf(...all: readonly (() => readonly OptionError[])[]): readonly OptionError[] {
  for (const check of all) {
    const errors = check()
    if (errors.length > 0) return errors
  }
  return []
}

/** Stands in for where the API is while the rest of the options is checked. */
const ANYWHERE = 'https://api.invalid'

/** Where an API is and how it is reached belongs to the connection, so that a token goes nowhere else. */
function apiCheck(kind: ConnectionKind): OptionCheck {
  const ofConnection = [baseUrlOption[kind], 'egress', 'caPem', 'forbidden']
  return {
    own: ({ verify = [], connection, ...own }, verification) => [
      ...verifyErrors(verify, verification),
      ...typeof connection === 'string' && z.uuid().safeParse(connection).success ? [] : [{ path: 'options.connection', message: 'must be the id of a connection' }],
      ...ofConnection.filter((name) => name in own).map((name) => ({ path: `options.${name}`, message: 'belongs to the connection' })),
    ],
    forConnector: (options) => ({ ...without(options, 'verify', 'connection'), [baseUrlOption[kind]]: ANYWHERE }), places: nothing,
  }
}

/** Where the server happens to run is nothing people know: paths begin at the root. */
function relativeErrors(field: string, options: Options): readonly OptionError[] {
  const places = options[field]
  if (!Array.isArray(places)) return []
  return places.flatMap((place, i) => (typeof place === 'string' && isAbsolute(place) ? [] : [{ path: `options.${field}.${i}`, message: 'must be an absolute path on the server' }]))
}

/** What is wrong with targets and ports: whoever asks should hear it, not whoever looks at the scan later. */
function endpointErrors(parsed: unknown, defaultPorts: Parameters<typeof countEndpoints>[1]): readonly OptionError[] {
  try {
    const total = countEndpoints(parsed as Parameters<typeof countEndpoints>[0], defaultPorts)
    return total > 0 ? [] : [{ path: 'options.targets', message: 'nothing is left to scan: everything named is excluded' }]
  } catch (error) {
    if (isMusterError(error)) return [{ path: 'options.targets', message: error.message }]
    throw error
  }
}
