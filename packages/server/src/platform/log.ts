import type { Clock } from '@muster/core'
import { isMusterError } from '@muster/core'
import { type Logger, pino } from 'pino'

/** What code that logs needs of a logger; fields first, then a constant message. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>

export type LogOptions = {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly clock: Clock
  /** Receives whole lines of JSON, newline included. */
  readonly write: (line: string) => void
}

/** Field names whose value is never logged, at the top and one or two levels down. */
const SECRET_FIELDS = [
  'password', 'passphrase', 'passphrases', 'secret', 'token', 'apiToken', 'authorization', 'cookie', 'setCookie', '"set-cookie"',
  'privateKey', 'key', 'pem', 'signingKey', 'totp', 'code2fa', 'databaseUrl',
]
const CENSORED = '[redacted]'

/**
 * The server's log: one line of JSON per event, with two nets under it. Fields with a secret's name are censored, and so is
 * any text in a finished line that looks like a token, key or URL with a password, wherever it came from (messages of
 * foreign errors, stacks).
 */
export function createLog({ level, clock, write }: LogOptions): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${clock.now().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_FIELDS.flatMap((field) => (field.startsWith('"') ? [`[${field}]`, `*[${field}]`] : [field, `*.${field}`, `*.*.${field}`])), censor: CENSORED },
      serializers: { err: describeError },
    },
    { write: (line: string) => write(censorText(line)) },
  )
}

/** The same log with `fields` on every line, e.g. a request's or a job's id. */
export function withFields(log: Log, fields: Readonly<Record<string, unknown>>): Log {
  const bind = (write: (merged: object, message?: string) => void) => (own: unknown, message?: string) => write({ ...fields, ...(own as object) }, message)
  return { debug: bind(log.debug.bind(log)), info: bind(log.info.bind(log)), warn: bind(log.warn.bind(log)), error: bind(log.error.bind(log)) } as Log
}

/**
 * What looks like a secret in text. Every pattern stops before quotes and backslashes, so censoring a line of JSON leaves
 * it JSON.
 */
const SECRET_TEXT: readonly RegExp[] = [
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----(?:[^"-]|-(?!----))*(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----)?/g,
  /(?<=\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"\\/@:]{0,256}:)[^\s"\\/@]{1,512}(?=@)/gi,
  /(?<=\b(?:bearer|basic) )[A-Za-z0-9._~+/=-]{8,}/gi,
  /\bmst_[\w.-]{16,}/g,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\b(?:gh[pousr]|glpat|xox[abprs])[_-][\w-]{16,}/g,
  /(?<=\b(?:password|passphrase|passwd|secret|token|api[_-]?key)=)[^\s"\\&,;]{1,512}/gi,
]

/** `text` with everything that looks like a secret replaced. */
export function censorText(text: string): string {
  return SECRET_TEXT.reduce((censored, pattern) => censored.replace(pattern, CENSORED), text)
}

const MAX_CAUSES = 4

/**
 * An error for the log. Of foreign errors only what names the fault is taken: those of a database carry the statement's
 * values in their other fields.
 */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return describeForeign(error)
  const code = codeOf(error)
  return {
    type: error.name,
    ...code,
    message: error.message.slice(0, 2000),
    ...(isMusterError(error) ? { detail: error.detail } : {}),
    stack: error.stack?.slice(0, 4000),
    ...(error.cause !== undefined && depth < MAX_CAUSES ? { cause: describeError(error.cause, depth + 1) } : {}),
  }
}

function codeOf(error: object): { readonly code?: string | number } {
  return 'code' in error && (typeof error.code === 'string' || typeof error.code === 'number') ? { code: error.code } : {}
}

/** The job engine spreads errors into plain objects: what names the fault is still there. */
function describeForeign(thrown: unknown): unknown {
  if (typeof thrown !== 'object' || thrown === null || !('message' in thrown) || typeof thrown.message !== 'string') return { type: typeof thrown }
  return { type: 'object', ...codeOf(thrown), message: thrown.message.slice(0, 2000) }
}
