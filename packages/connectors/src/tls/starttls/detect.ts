import type { StarttlsProtocol } from '../../network/schemes.ts'

const patterns: readonly (readonly [RegExp, 'ssh' | StarttlsProtocol])[] = [
  [/^SSH-\d/, 'ssh'],
  // Dovecot's LMTP names itself but not its protocol; its submission service has a port of its own.
  [/^220[ -].*\b(?:lmtp|dovecot)\b/i, 'lmtp'],
  [/^220[ -].*\b(?:e?smtp|mail|postfix|exim|sendmail)\b/i, 'smtp'],
  [/^220[ -].*\bftp/i, 'ftp'],
  [/^220[ -]\S+\.\S+ /, 'smtp'],
  [/^[12]20[ -]/, 'ftp'],
  [/^\* (?:OK|PREAUTH)\b/i, 'imap'],
  [/^\+OK\b/i, 'pop3'],
  [/^20[01][ -]/, 'nntp'],
  [/^"IMPLEMENTATION"/i, 'sieve'],
]

const MYSQL_PROTOCOL_10 = 10

/** The protocol whose server opens the conversation with these bytes; null when none is known by them. */
export function detectProtocol(bytes: Buffer): 'ssh' | StarttlsProtocol | null {
  if (bytes.length > 5 && bytes[3] === 0 && bytes[4] === MYSQL_PROTOCOL_10 && bytes.readUIntLE(0, 3) < 1024) return 'mysql'
  const line = bytes.subarray(0, 512).toString('latin1')
  return patterns.find(([pattern]) => pattern.test(line))?.[1] ?? null
}
