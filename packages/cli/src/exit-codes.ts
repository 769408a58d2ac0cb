import type { ErrorCode } from '@muster/core'

/** What the shell gets; documented in docs/cli.md and stable. */
export const exitCodes = {
  ok: 0,
  /** `--fail-on` was met, or a verification failed. */
  found: 1,
  usage: 2,
  /** Something given could not be read or is not what it should be. */
  input: 3,
  /** A peer or the server could not be reached. */
  network: 4,
  /** The server refused: not signed in, or not allowed. */
  access: 5,
  /** The thing asked for is not there, or in another state. */
  state: 6,
  /** This installation is not in order. */
  installation: 7,
  internal: 70,
  cancelled: 130,
} as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

type Exit = keyof typeof exitCodes

/** Every refusal's exit code and, where there is something to try, a hint. */
export const refusals = {
  'der.invalid': { exit: 'input' }, 'der.limit': { exit: 'input' }, 'pem.invalid': { exit: 'input' }, 'certificate.invalid': { exit: 'input' },
  'csr.invalid': { exit: 'input' }, 'crl.invalid': { exit: 'input' }, 'ocsp.invalid': { exit: 'input' }, 'key.invalid': { exit: 'input' },
  'key.unsupported': { exit: 'input' },
  'key.encrypted': { exit: 'input', hint: 'give its passphrase in a file with --passphrases' },
  'keystore.invalid': { exit: 'input' },
  'keystore.passphrase': { exit: 'input', hint: 'give its passphrase in a file with --passphrases' },
  'pkcs7.invalid': { exit: 'input' }, 'ssh.invalid': { exit: 'input' }, 'pgp.invalid': { exit: 'input' }, 'serial.invalid': { exit: 'input' },
  'input.unrecognised': { exit: 'input' }, 'input.limit': { exit: 'input' }, 'input.timeout': { exit: 'input' }, 'file.unreadable': { exit: 'input' },
  'target.invalid': { exit: 'usage', hint: 'targets are host, host:port, address ranges and CIDR blocks' },
  'target.forbidden': { exit: 'usage' }, 'target.limit': { exit: 'usage' },
  'target.unresolved': { exit: 'network' }, 'connect.refused': { exit: 'network' }, 'connect.timeout': { exit: 'network' }, 'connect.failed': { exit: 'network' },
  'tls.alert': { exit: 'network' }, 'tls.protocol': { exit: 'network' }, 'starttls.refused': { exit: 'network' }, 'ssh.protocol': { exit: 'network' },
  'request.invalid': { exit: 'usage' }, 'request.too-large': { exit: 'usage' }, 'request.unsupported-media-type': { exit: 'internal' },
  'csrf.rejected': { exit: 'access' }, 'page.cursor-invalid': { exit: 'usage' },
  'auth.required': { exit: 'access', hint: 'sign in with `muster login`, or pass --token' },
  'auth.failed': { exit: 'access' },
  'auth.totp-required': { exit: 'access' }, 'auth.rate-limited': { exit: 'access', hint: 'wait a little and try again' },
  'auth.link-spent': { exit: 'access' }, 'access.denied': { exit: 'access' },
  'object.not-found': { exit: 'state' }, 'object.exists': { exit: 'state' }, 'object.conflict': { exit: 'state' },
  'job.not-cancellable': { exit: 'state' }, 'export.unsupported': { exit: 'usage' },
  'config.invalid': { exit: 'installation' }, 'store.unavailable': { exit: 'installation' },
  'store.data-dir-in-use': { exit: 'installation' }, 'store.version-unsupported': { exit: 'installation' }, 'store.start-failed': { exit: 'installation' },
  'store.path-not-traversable': { exit: 'installation' }, 'listen.insecure': { exit: 'usage' }, 'listen.failed': { exit: 'installation' },
  'audit.broken': { exit: 'found' },
  'server.unreachable': { exit: 'network', hint: 'is the server running, and is --server right?' },
  'server.shutting-down': { exit: 'network', hint: 'try again in a moment' },
  'operation.cancelled': { exit: 'cancelled' }, 'delivery.failed': { exit: 'network' },
  'usage.invalid': { exit: 'usage', hint: '`muster help` lists the commands' },
  'internal': { exit: 'internal' },
} as const satisfies Record<ErrorCode, { readonly exit: Exit; readonly hint?: string }>

/** Exit code and hint for a refusal. */
export function refusalOf(code: ErrorCode): { readonly exitCode: ExitCode; readonly hint: string | null } {
  const row: { readonly exit: Exit; readonly hint?: string } = refusals[code]
  return { exitCode: exitCodes[row.exit], hint: row.hint ?? null }
}
