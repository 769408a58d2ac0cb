import { z } from 'zod'

const text = z.string().max(4096)
const name = z.string().max(253)
const labels = z.record(z.string(), z.string()).catch({})

const metadata = z.object({
  name, namespace: name.default(''), uid: z.string().max(128).default(''), creationTimestamp: z.string().max(64).nullable().default(null), labels: labels.default({}),
  annotations: labels.default({}), ownerReferences: z.array(z.object({ kind: z.string().max(128), name, controller: z.boolean().optional() })).max(100).default([]),
  managedFields: z.array(z.object({ time: z.string().max(64).optional() })).max(1000).catch([]).default([]),
})

const secretRef = z.object({ name: name.default('') })
const container = z.object({
  name,
  env: z.array(z.object({ name: z.string().max(1024), value: z.string().max(200_000).optional(), valueFrom: z.object({ secretKeyRef: z.object({ name: name.default(''), key: name }).optional() }).optional() })).max(10_000).default([]),
  envFrom: z.array(z.object({ secretRef: secretRef.optional() })).max(1000).default([]),
})
const items = z.array(z.object({ key: name })).max(1000).optional()
const volume = z.object({
  name,
  secret: z.object({ secretName: name.default(''), items }).optional(),
  projected: z.object({ sources: z.array(z.object({ secret: z.object({ name: name.default(''), items }).optional() })).max(100).catch([]) }).optional(),
  csi: z.object({ driver: z.string().max(253), nodePublishSecretRef: secretRef.optional() }).optional(),
})
const roleRef = z.object({ kind: z.string().max(64), name })
const subjects = z.array(z.object({ kind: z.string().max(64), name, namespace: name.optional() })).max(10_000).nullable().default([])

/** What is read of Kubernetes objects (v1.31 API reference); whatever else they hold is left where it is. */
export const shapes = {
  metadata: z.object({ metadata }),
  secret: z.object({ metadata, type: name.default('Opaque'), data: z.record(z.string().max(253), z.string().max(1_500_000)).nullable().default({}) }),
  serviceAccount: z.object({ metadata, automountServiceAccountToken: z.boolean().nullable().default(null), imagePullSecrets: z.array(secretRef).max(1000).default([]) }),
  pod: z.object({
    metadata,
    spec: z.object({
      serviceAccountName: name.default('default'), automountServiceAccountToken: z.boolean().optional(),
      containers: z.array(container).max(1000), initContainers: z.array(container).max(1000).default([]), ephemeralContainers: z.array(container).max(1000).default([]),
      volumes: z.array(volume).max(1000).default([]), imagePullSecrets: z.array(secretRef).max(1000).default([]),
    }),
  }),
  ingress: z.object({ metadata, spec: z.object({ ingressClassName: name.nullable().default(null), tls: z.array(z.object({ secretName: name.default(''), hosts: z.array(name).max(1000).nullable().default([]) })).max(1000).default([]) }) }),
  gateway: z.object({
    metadata,
    spec: z.object({
      gatewayClassName: name.default(''),
      listeners: z.array(z.object({ name: name.default(''), hostname: name.optional(), tls: z.object({ certificateRefs: z.array(z.object({ group: name.default(''), kind: name.default('Secret'), name, namespace: name.optional() })).max(64).default([]) }).optional() })).max(1000).default([]),
    }),
  }),
  certificate: z.object({
    metadata,
    spec: z.object({ secretName: name, dnsNames: z.array(name).max(1000).default([]), duration: z.string().max(64).optional(), renewBefore: z.string().max(64).optional(), issuerRef: z.object({ name, kind: z.string().max(64).default('Issuer') }) }),
    status: z.object({ notAfter: z.string().max(64).optional(), renewalTime: z.string().max(64).optional(), conditions: z.array(z.object({ type: z.string().max(64), status: z.string().max(16), reason: z.string().max(256).optional() })).max(50).default([]) }).default({ conditions: [] }),
  }),
  request: z.object({
    metadata,
    spec: z.object({ request: z.string().max(200_000), signerName: text, username: text.default(''), usages: z.array(z.string().max(64)).max(50).default([]) }),
    status: z.object({ certificate: z.string().max(400_000).optional(), conditions: z.array(z.object({ type: z.string().max(64) })).max(50).default([]) }).default({ conditions: [] }),
  }),
  binding: z.object({ metadata, roleRef, subjects }),
} as const

export type Pod = z.infer<typeof shapes.pod>
export type SecretObject = z.infer<typeof shapes.secret>
export type ServiceAccount = z.infer<typeof shapes.serviceAccount>
export type Binding = z.infer<typeof shapes.binding>
