import { z } from 'zod'
import { instantSchema } from '../credential.ts'

/** Systems that are read through their API. */
export const connectionKinds = ['github', 'gitlab', 'kubernetes'] as const
export type ConnectionKind = (typeof connectionKinds)[number]

/** What proves this installation to a system. Code hosts take tokens alone. */
export const signInMethods = ['token', 'client-certificate', 'token-file'] as const
export type SignInMethod = (typeof signInMethods)[number]

const baseUrl = z.url().max(2048)
const settings = {
  name: z.string().min(1).max(80),
  /** Where its API is, without login, query and fragment. */
  baseUrl,
  /** Hosts, addresses and ranges that may be contacted besides the base URL's host: addresses inside must be named here. */
  egress: z.array(z.string().min(1).max(300)).max(100),
  /** PEM certificates of the authorities to trust instead of the system's. */
  caPem: z.string().max(1024 * 1024).nullable(),
}
const credentials = {
  token: z.string().min(1).max(16_384),
  /** Of a cluster: PEM of a client certificate, with its chain, and its key. */
  clientCertificate: z.string().min(1).max(256 * 1024),
  /** Of a cluster: where the server finds a service account's token, below `/run/secrets` or `/var/run/secrets`. */
  tokenFile: z.string().regex(/^\/(?:var\/)?run\/secrets\/[\w./-]{1,400}$/),
  /** Of a cluster: a kubeconfig with everything written in it, which names the API server and its authority too; no program it names is run. */
  kubeconfig: z.string().min(1).max(1024 * 1024),
  /** The context of the kubeconfig; its current one where none is named. */
  context: z.string().min(1).max(253),
}

/** A system that scans read; what proves this installation to it is kept sealed and shown to nobody. */
export const connectionSchema = z.object({
  id: z.uuid(),
  kind: z.enum(connectionKinds),
  ...settings,
  signsInWith: z.enum(signInMethods),
  changedBy: z.string(),
  changedAt: instantSchema,
  lastUsedAt: instantSchema.nullable(),
})
export type Connection = z.infer<typeof connectionSchema>
export const connectionListSchema = z.object({ items: z.array(connectionSchema) })
/** With one credential. The base URL is needed unless a kubeconfig names it. */
export const newConnectionSchema = z.object({ ...z.object(credentials).partial().shape, kind: z.enum(connectionKinds), ...settings, baseUrl: baseUrl.optional(), egress: settings.egress.default([]), caPem: settings.caPem.default(null) })
export type NewConnection = z.infer<typeof newConnectionSchema>
/** The credential is kept unless another is given; it must be where the base URL changes. */
export const changedConnectionSchema = z.object({ ...settings, ...credentials }).partial()
export type ChangedConnection = z.infer<typeof changedConnectionSchema>
