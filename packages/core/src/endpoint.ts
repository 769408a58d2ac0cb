import { z } from 'zod'
import { sha256HexSchema } from './credential.ts'

export const tlsVersions = ['SSLv3', 'TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const
export type TlsVersion = (typeof tlsVersions)[number]

/** Offered, refused, or not asked (null in the profile's lists means the probe did not ask at all). */
export const tlsProfileSchema = z.object({
  /** Versions the endpoint accepted, oldest first; null when versions were not walked. */
  versions: z.array(z.enum(tlsVersions)).nullable(),
  /** IANA suite names accepted, by version; null when suites were not enumerated. */
  cipherSuites: z.array(z.object({ version: z.enum(tlsVersions), name: z.string().max(64) })).max(500).nullable(),
  /** Key-exchange groups the endpoint would use (IANA names: `x25519`, `secp256r1`, `X25519MLKEM768` …); null when not walked. */
  groups: z.array(z.string().max(64)).max(64).nullable(),
  /** ALPN protocol chosen when `h2` and `http/1.1` were offered. */
  alpn: z.string().max(64).nullable(),
  ocspStapled: z.boolean().nullable(),
  /** Certificate fingerprints in the order served, leaf first; one list per distinct leaf (RSA and ECDSA hosts have two). */
  chains: z.array(z.array(sha256HexSchema).max(20)).max(8),
  /** The endpoint demanded a client certificate during the probe. */
  clientCertificateRequested: z.boolean().nullable(),
})
export type TlsProfile = z.infer<typeof tlsProfileSchema>

const algorithms = z.array(z.string().max(128)).max(128)

/** What an SSH server's banner and KEXINIT say (RFC 4253 §4.2, §7.1). */
export const sshProfileSchema = z.object({
  banner: z.string().max(255),
  hostKeyFingerprints: z.array(sha256HexSchema).max(16),
  keyExchange: algorithms,
  hostKeyAlgorithms: algorithms,
  ciphers: algorithms,
  macs: algorithms,
})
export type SshProfile = z.infer<typeof sshProfileSchema>

/** The process that owns a listening socket, as far as the scan's rights let it see. */
export const processFactsSchema = z.object({
  pid: z.number().int().positive(),
  name: z.string().max(256),
  executable: z.string().max(4096).nullable(),
  user: z.string().max(256).nullable(),
})
export type ProcessFacts = z.infer<typeof processFactsSchema>
