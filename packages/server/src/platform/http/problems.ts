import { type ErrorCode, isMusterError, MusterError } from '@muster/core'
import type { ProblemDetails } from '@muster/core/api'

/** What the HTTP API answers for each refusal (RFC 9457): its status and title. */
export const problems = {
  'der.invalid': { status: 400, title: 'The DER encoding is invalid' },
  'der.limit': { status: 400, title: 'The DER encoding goes beyond a limit' },
  'pem.invalid': { status: 400, title: 'The PEM text is invalid' },
  'certificate.invalid': { status: 400, title: 'The certificate is invalid' },
  'csr.invalid': { status: 400, title: 'The certificate request is invalid' },
  'crl.invalid': { status: 400, title: 'The revocation list is invalid' },
  'ocsp.invalid': { status: 400, title: 'The OCSP message is invalid' },
  'key.invalid': { status: 400, title: 'The key is invalid' },
  'key.unsupported': { status: 400, title: 'The key type is not supported' },
  'key.encrypted': { status: 400, title: 'The key is encrypted' },
  'keystore.invalid': { status: 400, title: 'The keystore is invalid' },
  'keystore.passphrase': { status: 400, title: 'No passphrase given opens the keystore' },
  'pkcs7.invalid': { status: 400, title: 'The PKCS #7 message is invalid' },
  'ssh.invalid': { status: 400, title: 'The SSH data is invalid' },
  'pgp.invalid': { status: 400, title: 'The OpenPGP data is invalid' },
  'serial.invalid': { status: 400, title: 'The serial number is invalid' },
  'input.unrecognised': { status: 400, title: 'The input is of no known format' },
  'input.timeout': { status: 400, title: 'Looking at the input took too long' },
  'input.limit': { status: 400, title: 'The input goes beyond a limit' },
  'target.invalid': { status: 400, title: 'The target makes no sense' },
  'target.forbidden': { status: 403, title: 'The target may not be contacted' },
  'target.limit': { status: 400, title: 'Too many targets' },
  'connect.refused': { status: 502, title: 'The peer refused the connection' },
  'connect.timeout': { status: 504, title: 'The peer did not answer in time' },
  'target.unresolved': { status: 502, title: 'The name has no address' },
  'connect.failed': { status: 502, title: 'The connection failed' },
  'tls.alert': { status: 502, title: 'The peer ended the TLS handshake' },
  'tls.protocol': { status: 502, title: 'The peer does not speak TLS properly' },
  'starttls.refused': { status: 502, title: 'The peer refused STARTTLS' },
  'ssh.protocol': { status: 502, title: 'The peer does not speak SSH properly' },
  'request.invalid': { status: 400, title: 'The request is invalid' },
  'request.too-large': { status: 413, title: 'The request is too large' },
  'request.unsupported-media-type': { status: 415, title: 'The content type is not supported' },
  'csrf.rejected': { status: 403, title: 'The request did not prove that it comes from the application' },
  'page.cursor-invalid': { status: 400, title: 'The page cursor is invalid' },
  'auth.required': { status: 401, title: 'Sign in first' },
  'auth.failed': { status: 401, title: 'The credentials are not accepted' },
  'auth.totp-required': { status: 401, title: 'A one-time code is needed' },
  'auth.rate-limited': { status: 429, title: 'Too many attempts' },
  'auth.link-spent': { status: 410, title: 'The sign-in link is used up or expired' },
  'access.denied': { status: 403, title: 'Your role may not do this' },
  'object.not-found': { status: 404, title: 'There is no such thing' },
  'object.exists': { status: 409, title: 'It exists already' },
  'object.conflict': { status: 409, title: 'The change conflicts with the present state' },
  'job.not-cancellable': { status: 409, title: 'The job has already ended' },
  'export.unsupported': { status: 400, title: 'The export does not have this form' },
  'config.invalid': { status: 500, title: 'The configuration is invalid' },
  'store.unavailable': { status: 503, title: 'The store is not available' },
  'store.data-dir-in-use': { status: 503, title: 'The data directory is in use' },
  'store.version-unsupported': { status: 503, title: 'The store has an unsupported version' },
  'store.start-failed': { status: 503, title: 'The store did not start' },
  'store.path-not-traversable': { status: 503, title: 'The store cannot reach its directory' },
  'listen.insecure': { status: 500, title: 'This address needs TLS' },
  'listen.failed': { status: 500, title: 'The server cannot listen there' },
  'audit.broken': { status: 500, title: 'The audit chain is broken' },
  'server.unreachable': { status: 502, title: 'The server cannot be reached' },
  'server.shutting-down': { status: 503, title: 'The server is shutting down' },
  'operation.cancelled': { status: 409, title: 'The operation was cancelled' },
  'delivery.failed': { status: 502, title: 'The message could not be delivered' },
  'file.unreadable': { status: 400, title: 'The file cannot be read' },
  'usage.invalid': { status: 400, title: 'The arguments make no sense' },
  internal: { status: 500, title: 'Something went wrong in the server' },
} as const satisfies Record<ErrorCode, { readonly status: number; readonly title: string }>

/**
 * The refusal as an answer. A 5xx of our own making says no more than its id; the log has the rest.
 * Adds `WWW-Authenticate` (RFC 9110 §11.6.1) and `Retry-After` (§10.2.3) where they belong.
 */
export function problemResponse(error: MusterError, requestId: string): Response {
  const { status, title } = problems[error.code]
  const body: ProblemDetails = { type: `/api/docs#${error.code}`, title, status, code: error.code, requestId }
  if (error.code !== 'internal') body.detail = error.message
  const { errors, retryAfterSeconds } = error.detail
  if (Array.isArray(errors)) body.errors = errors as NonNullable<ProblemDetails['errors']>
  const headers = new Headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' })
  if (status === 401) headers.set('www-authenticate', 'Bearer realm="muster"')
  if (typeof retryAfterSeconds === 'number') headers.set('retry-after', String(Math.max(1, Math.ceil(retryAfterSeconds))))
  return new Response(JSON.stringify(body), { status, headers })
}

/** Anything thrown as the refusal it amounts to; what nobody foresaw is `internal`, with the original as cause. */
export function toRefusal(error: unknown): MusterError {
  if (isMusterError(error)) return error
  return new MusterError('internal', 'an unforeseen error', {}, { cause: error })
}
