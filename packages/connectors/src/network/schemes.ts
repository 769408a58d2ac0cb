/** Protocols that carry TLS after an exchange in the clear. The names are what endpoint locations record as `starttls`. */
export const starttlsProtocols = [
  'smtp', 'lmtp', 'imap', 'pop3', 'ftp', 'nntp', 'ldap', 'xmpp', 'xmpp-server', 'postgres', 'mysql', 'mssql', 'rdp', 'sieve',
] as const
export type StarttlsProtocol = (typeof starttlsProtocols)[number]

/** What a probe may be told to speak: TLS at once, SSH, or one of the STARTTLS protocols. */
export type Scheme = 'tls' | 'ssh' | StarttlsProtocol

/** URL schemes an operator may write, with the protocol to speak and the port where none is given. */
export const schemes: ReadonlyMap<string, { readonly protocol: Scheme; readonly port: number }> = new Map([
  ['tls', { protocol: 'tls', port: 443 }],
  ['ssl', { protocol: 'tls', port: 443 }],
  ['https', { protocol: 'tls', port: 443 }],
  ['wss', { protocol: 'tls', port: 443 }],
  ['ldaps', { protocol: 'tls', port: 636 }],
  ['imaps', { protocol: 'tls', port: 993 }],
  ['pop3s', { protocol: 'tls', port: 995 }],
  ['smtps', { protocol: 'tls', port: 465 }],
  ['ftps', { protocol: 'tls', port: 990 }],
  ['nntps', { protocol: 'tls', port: 563 }],
  ['mqtts', { protocol: 'tls', port: 8883 }],
  ['amqps', { protocol: 'tls', port: 5671 }],
  ['rediss', { protocol: 'tls', port: 6379 }],
  ['ssh', { protocol: 'ssh', port: 22 }],
  ['sftp', { protocol: 'ssh', port: 22 }],
  ['smtp', { protocol: 'smtp', port: 25 }],
  ['submission', { protocol: 'smtp', port: 587 }],
  ['lmtp', { protocol: 'lmtp', port: 24 }],
  ['imap', { protocol: 'imap', port: 143 }],
  ['pop3', { protocol: 'pop3', port: 110 }],
  ['ftp', { protocol: 'ftp', port: 21 }],
  ['nntp', { protocol: 'nntp', port: 119 }],
  ['ldap', { protocol: 'ldap', port: 389 }],
  ['xmpp', { protocol: 'xmpp', port: 5222 }],
  ['xmpp-server', { protocol: 'xmpp-server', port: 5269 }],
  ['postgres', { protocol: 'postgres', port: 5432 }],
  ['postgresql', { protocol: 'postgres', port: 5432 }],
  ['mysql', { protocol: 'mysql', port: 3306 }],
  ['mssql', { protocol: 'mssql', port: 1433 }],
  ['sqlserver', { protocol: 'mssql', port: 1433 }],
  ['rdp', { protocol: 'rdp', port: 3389 }],
  ['sieve', { protocol: 'sieve', port: 4190 }],
] as const)

/** What is spoken on a port by convention, where the target does not say. Other ports get a ClientHello at once. */
export const protocolByPort: ReadonlyMap<number, Scheme> = new Map<number, Scheme>([
  [21, 'ftp'], [22, 'ssh'], [24, 'lmtp'], [25, 'smtp'], [2525, 'smtp'], [587, 'smtp'], [110, 'pop3'], [119, 'nntp'], [143, 'imap'],
  [389, 'ldap'], [3268, 'ldap'], [1433, 'mssql'], [2222, 'ssh'], [3306, 'mysql'], [3389, 'rdp'], [4190, 'sieve'],
  [5222, 'xmpp'], [5269, 'xmpp-server'], [5432, 'postgres'],
])
