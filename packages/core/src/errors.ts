/**
 * Every way Muster refuses something, as `area.reason`. The union is closed on purpose: each front door (HTTP, CLI)
 * owns a table `satisfies Record<ErrorCode, …>`, so a new code does not compile until every door has answered.
 */
export type ErrorCode =
  // input read from outside
  | 'der.invalid' | 'der.limit' | 'pem.invalid' | 'certificate.invalid' | 'csr.invalid' | 'crl.invalid' | 'ocsp.invalid'
  | 'key.invalid' | 'key.unsupported' | 'key.encrypted' | 'keystore.invalid' | 'keystore.passphrase' | 'pkcs7.invalid'
  | 'ssh.invalid' | 'pgp.invalid' | 'serial.invalid' | 'input.unrecognised' | 'input.limit' | 'input.timeout'
  // network
  | 'target.invalid' | 'target.forbidden' | 'target.limit' | 'target.unresolved' | 'connect.refused' | 'connect.timeout' | 'connect.failed'
  | 'tls.alert' | 'tls.protocol' | 'starttls.refused' | 'ssh.protocol'
  // requests
  | 'request.invalid' | 'request.too-large' | 'request.unsupported-media-type' | 'csrf.rejected' | 'page.cursor-invalid'
  // who
  | 'auth.required' | 'auth.failed' | 'auth.totp-required' | 'auth.rate-limited' | 'auth.link-spent' | 'access.denied'
  // things
  | 'object.not-found' | 'object.exists' | 'object.conflict' | 'job.not-cancellable' | 'export.unsupported'
  // the installation
  | 'config.invalid' | 'store.unavailable' | 'store.data-dir-in-use' | 'store.version-unsupported' | 'store.start-failed'
  | 'store.path-not-traversable' | 'listen.insecure' | 'listen.failed' | 'audit.broken' | 'server.unreachable' | 'server.shutting-down'
  | 'operation.cancelled' | 'delivery.failed' | 'file.unreadable' | 'usage.invalid' | 'internal'

/**
 * The one error class for expected refusals. `message` is for people: it quotes what the caller sent and never carries
 * a secret, a token, key material or a URL with a query. `detail` is structured and equally free of secrets.
 */
export class MusterError extends Error {
  override readonly name = 'MusterError'
  readonly code: ErrorCode
  readonly detail: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, detail: Readonly<Record<string, unknown>> = {}, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.detail = detail
  }
}

/** True when `error` is a MusterError, and of `code` where one is given. */
export function isMusterError(error: unknown, code?: ErrorCode): error is MusterError {
  return error instanceof MusterError && (code === undefined || error.code === code)
}

/** Codes whose operation may succeed unchanged when tried again later; everything else needs a change first. */
export const retryableCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'target.unresolved', 'connect.timeout', 'connect.failed', 'auth.rate-limited', 'store.unavailable', 'server.unreachable',
  'server.shutting-down', 'delivery.failed',
])
