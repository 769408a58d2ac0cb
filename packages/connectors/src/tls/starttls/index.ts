import type { StarttlsProtocol } from '../../network/schemes.ts'
import type { Preamble } from '../../network/session.ts'
import { ftp } from './ftp.ts'
import { imap } from './imap.ts'
import { ldap } from './ldap.ts'
import { mssql } from './mssql.ts'
import { mysql } from './mysql.ts'
import { nntp } from './nntp.ts'
import { pop3 } from './pop3.ts'
import { postgres } from './postgres.ts'
import { rdp } from './rdp.ts'
import { sieve } from './sieve.ts'
import { lmtp, smtp } from './smtp.ts'
import { xmpp, xmppServer } from './xmpp.ts'

/**
 * How each protocol is brought to the point where TLS starts. Each throws MusterError starttls.refused when the peer speaks the
 * protocol but will not start TLS, and tls.protocol when it speaks something else.
 */
export const starttlsPreambles = {
  smtp, lmtp, imap, pop3, ftp, nntp, ldap, xmpp, 'xmpp-server': xmppServer, postgres, mysql, mssql, rdp, sieve,
} as const satisfies Readonly<Record<StarttlsProtocol, Preamble>>
