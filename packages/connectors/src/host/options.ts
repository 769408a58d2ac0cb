import { z } from 'zod'

const MIB = 1024 * 1024

/** What a host scan looks at; every field has a default, so `{}` is the scan of the whole machine. */
export const hostOptionsSchema = z.strictObject({
  /**
   * Absolute directories or files to read; `*` stands for any one name. Null for the usual certificate, key, SSH, web-server,
   * Java, container and home places of the operating system.
   */
  roots: z.array(z.string().min(1).max(4096)).min(1).max(1000).nullable().default(null),
  /** Absolute paths not to enter, or bare names (with `*`) to skip wherever they occur. */
  exclude: z.array(z.string().min(1).max(4096)).max(1010).default([]),
  /** Files are read up to this size, in bytes. */
  maxFileBytes: z
    .number()
    .int()
    .min(4096)
    .max(256 * MIB)
    .default(16 * MIB),
  /** The scan stops after this many files and says so. */
  maxFiles: z.number().int().min(1).max(1_000_000_000).default(5_000_000),
  /** Whether to probe the machine's listening sockets; null for "when the roots are the default ones". */
  sockets: z.boolean().nullable().default(null),
  /** Whether to report accounts and the SSH server's settings; null for "when the roots are the default ones". */
  accounts: z.boolean().nullable().default(null),
  /** How long one probe of one socket may take. */
  probeTimeoutMs: z.number().int().min(100).max(60_000).default(3000),
  /** Whether to walk the protocol versions, cipher suites and groups of TLS sockets: about a hundred connections each. */
  profile: z.boolean().default(true),
  probeConcurrency: z.number().int().min(1).max(64).default(8),
})
export type HostOptions = z.infer<typeof hostOptionsSchema>
