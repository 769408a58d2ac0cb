import type { Binding } from './shapes.ts'

/** Which roles a subject is bound to, as text: `ClusterRole/admin` everywhere, `NAMESPACE:Role/reader` in one. */
export class Bindings {
  readonly #roles = new Map<string, Set<string>>()

  add({ metadata, roleRef, subjects }: Binding): void {
    const role = `${metadata.namespace === '' ? '' : `${metadata.namespace}:`}${roleRef.kind}/${roleRef.name}`
    for (const { kind, name, namespace } of subjects ?? []) {
      const subject = kind === 'ServiceAccount' ? serviceAccountName(namespace ?? metadata.namespace, name) : kind === 'Group' ? `group:${name}` : name
      const roles = this.#roles.get(subject)
      if (roles === undefined) this.#roles.set(subject, new Set([role]))
      else roles.add(role)
    }
  }

  rolesOf(subject: string): readonly string[] {
    return [...this.#roles.get(subject) ?? []].sort()
  }

  /** Users and groups that are bound to something; service accounts are objects of their own. */
  people(): readonly string[] {
    return [...this.#roles.keys()].filter((subject) => !subject.startsWith(SERVICE_ACCOUNT)).sort()
  }
}

const SERVICE_ACCOUNT = 'system:serviceaccount:'

/** The user name a service account has (Kubernetes documentation, "Managing Service Accounts"). */
export function serviceAccountName(namespace: string, name: string): string {
  return `${SERVICE_ACCOUNT}${namespace}:${name}`
}
