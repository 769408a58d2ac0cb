import { z } from 'zod'
import { apiOptions } from '../api/index.ts'

const namespace = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/)

/** Options of the Kubernetes connector; see docs/connectors/kubernetes.md. */
export const kubernetesOptionsSchema = z.strictObject({
  ...apiOptions,
  ratePerSecond: apiOptions.ratePerSecond.default(20),
  /** The API server, e.g. `https://10.0.0.1:6443`. */
  server: z.string().max(2048),
  /** What people call the cluster; the host of `server` when null. */
  name: z.string().min(1).max(255).nullable().default(null),
  /** Namespaces to read; empty for all, which needs the right to list them. */
  namespaces: z.array(namespace).max(10_000).default([]),
  exclude: z.array(namespace).max(10_000).default([]),
  /** Whether values of Secrets are read, turned into fingerprints and forgotten; false for names alone. */
  values: z.boolean().default(true),
  /** Types of Secrets whose values are not asked for. */
  skipTypes: z.array(z.string().regex(/^[\w./-]{1,253}$/)).max(50).default(['helm.sh/release.v1']),
})
export type KubernetesOptions = z.output<typeof kubernetesOptionsSchema>
