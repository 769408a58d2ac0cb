import { instantSchema } from '@muster/core'
import { z } from 'zod'

const MIB = 1024 * 1024

export const targetKinds = ['file', 'directory', 'repository', 'image'] as const
export type TargetKind = (typeof targetKinds)[number]

/** What a scan for secrets looks at. */
export const secretsOptionsSchema = z.strictObject({
  /** Paths of files, directories, git repositories and container images; what each is, is told by looking. */
  targets: z.array(z.string().min(1).max(4096)).min(1).max(1000),
  /** Takes every target for this instead of looking. A repository as `directory` is read without its history. */
  as: z.enum(targetKinds).nullable().default(null),
  /** Whether to read every blob of a repository; false for its working tree alone, or, where it has none, the tree of HEAD. */
  history: z.boolean().default(true),
  /** Blobs that no commit since then brought in are left out; dangling objects too. Null for the whole history. */
  since: instantSchema.nullable().default(null),
  /** Refs to read, e.g. `main`; empty for all, with dangling objects. */
  refs: z.array(z.string().regex(/^(?!-)[\w./@-]{1,256}$/)).max(100).default([]),
  /** Absolute paths, paths within the target or bare names (with `*`) to leave out. */
  exclude: z.array(z.string().min(1).max(4096)).max(1000).default([]),
  /** Rules in the gitleaks format, resolved by the caller where they extend a file; null for the built-in ones. */
  config: z.string().max(1_000_000).nullable().default(null),
  /** Whether the structure of file formats is read beside the rules. */
  formats: z.boolean().default(true),
  /** Whether encodings and archives are opened. */
  decode: z.boolean().default(true),
  /** A larger file is read up to here, in bytes, and reported. */
  maxFileBytes: z.number().int().min(4096).max(64 * 1024 * MIB).default(1024 * MIB),
  /** The scan of a target stops after this many files or blobs and says so. */
  maxFiles: z.number().int().min(1).max(1_000_000_000).default(50_000_000),
  /** Threads that look at files; 0 does all in the caller's. */
  threads: z.number().int().min(0).max(64).default(2),
})
export type SecretsOptions = z.infer<typeof secretsOptionsSchema>
