import type { Location, Observation } from '@muster/core'
import { cloudOfSecretName, plausibleSecret, secretKindOfName } from '@muster/detect'
import { foundAuthorizedKeys } from '@muster/pki'
import type { z } from 'zod'
import { type ApiClient, clean, instantOf, listAll, namedCoverage, type Report, type SightingParts, Sightings, sourceSighting, UnitProblems, type ValueInspector } from '../api/index.ts'
import type { GithubOptions, GithubPart } from './options.ts'
import { shapes } from './shapes.ts'

/** What every unit of a scan shares. */
export type GithubScan = SightingParts & { readonly client: ApiClient; readonly options: GithubOptions; readonly values: ValueInspector; readonly host: string; readonly rights: string }

type Secret = z.infer<typeof shapes.secret>
type StoreName = 'github' | 'github-dependabot' | 'github-codespaces'

/** Reads one organisation or repository. What cannot be read makes the coverage of its scope incomplete, and nothing else. */
export class GithubReader {
  readonly sightings: Sightings
  readonly problems: UnitProblems
  /** `host/path`, and with `git:` before it the source. */
  readonly scope: string
  readonly machine: string
  /** Path of the API, e.g. `/repos/acme/web`. */
  readonly base: string
  readonly #scan: GithubScan
  readonly #coverage: Observation[] = []

  /** `repositoryId` is GitHub's own number for a repository, where it is known. */
  constructor(scan: GithubScan, base: string, path: string, repositoryId: number | null = null) {
    this.#scan = scan
    this.base = base
    this.scope = `${scan.host}/${path}`
    this.machine = `git:${this.scope}`
    this.sightings = new Sightings(scan)
    this.problems = new UnitProblems(this.scope)
    this.sightings.add(sourceSighting(this.machine, this.scope, repositoryId === null ? null : `github:${scan.host}/repositories/${repositoryId}`))
  }

  reads(part: GithubPart): boolean {
    return this.#scan.options.parts.includes(part)
  }

  get client(): ApiClient {
    return this.#scan.client
  }

  /** A list below the unit's own path, and whether all of it was read. One that is `optional` is not there on every installation. */
  async list<T>(part: string, path: string, item: z.ZodType<T>, { within, optional = false }: { readonly within?: string; readonly optional?: boolean } = {}): Promise<{ readonly items: readonly T[]; readonly complete: boolean }> {
    const listing = await listAll(this.#scan.client, { path: `${this.base}${path}`, item, ...(within === undefined ? {} : { within }) })
    if (optional && listing.problems.every(({ code }) => code === 'object.not-found')) return { items: listing.items, complete: true }
    return { items: this.problems.items(part, listing), complete: listing.complete }
  }

  /** What is kept in a scope was listed, with who takes it or is let in by it: relations whose source begins with the scope. */
  covered(scope: string, complete: boolean): void {
    this.#coverage.push(namedCoverage(this.machine, ['ci-variable', 'consumers'], scope, this.#scan.rights, complete))
  }

  /** A place that was listed: `masked` is never left open there, which would mean that only a use of it was seen. */
  location(scope: string, name: string, more: { readonly system?: string; readonly environment?: string | null; readonly part?: Location['part']; readonly masked: boolean; readonly protected?: boolean | null }): Location {
    const { system = 'github', environment = null, part = 'value', masked, protected: isProtected = null } = more
    return { kind: 'ci-variable', part, system, scope: scope.slice(0, 512), name: clean(name, 256) || '-', environment, protected: isProtected, masked }
  }

  /** Names of one store's secrets. Where a name is kept for several environments, its oldest change counts. */
  secrets(store: StoreName, scope: string, kept: readonly { readonly secret: Secret; readonly environment: string | null; readonly protected: boolean | null; readonly from?: string }[]): void {
    const byName = Map.groupBy(kept, ({ secret }) => secret.name)
    for (const [name, all] of byName) {
      const updated = all.map(({ secret }) => instantOf(secret.updated_at)).filter((each) => each !== null).sort()[0]
      const environments = all.flatMap(({ environment }) => environment ?? [])
      // A secret is as old as its value; when its name was first used says nothing.
      const facts = { name, store, provider: cloudOfSecretName(name), createdAt: updated ?? instantOf(all[0]!.secret.created_at), visibility: all[0]!.secret.visibility, environments: environments.join(' '), inheritedFrom: all.find(({ from }) => from !== undefined)?.from }
      for (const { environment, protected: isProtected } of all) {
        this.sightings.named({ machine: this.machine, named: [store, scope, name], secretType: 'ci-secret', facts, location: this.location(scope, name, { system: store, environment, masked: true, protected: isProtected }) })
      }
    }
  }

  /** Variables are no secrets; those that hold one all the same are. */
  variables(variables: readonly z.infer<typeof shapes.variable>[], environment: string | null): void {
    const named = this.#scan.values.byName(variables.map(({ name, value }) => ({ name, text: value })))
    for (const { name, value, updated_at: updatedAt } of variables) {
      const kind = secretKindOfName(name)
      const otherwise = kind !== null && plausibleSecret(value, kind) ? kind : null
      for (const found of this.#scan.values.inspect({ bytes: Buffer.from(value), path: name, otherwise, named: named.get(name) })) {
        this.sightings.value(this.machine, this.location(this.scope, name, { environment, masked: false }), found, { name, createdAt: instantOf(updatedAt) })
      }
    }
  }

  async webhooks(): Promise<void> {
    const scope = `${this.scope}#webhooks`
    const { items, complete } = await this.list('webhooks', '/hooks', shapes.webhook)
    for (const { id, active, events, config, created_at: createdAt, updated_at: updatedAt } of items) {
      const url = URL.parse(config.url ?? '')
      const signed = (config.secret ?? '') !== ''
      const name = `webhook ${id}`
      const identity = this.sightings.identity({
        machine: this.machine, system: 'github', name: `${this.scope} ${name}`, identityKind: 'machine',
        attributes: { role: 'webhook', active, signed, events: events.slice(0, 100).join(' '), targetHost: url?.host ?? null, encrypted: url?.protocol === 'https:', tlsVerified: String(config.insecure_ssl ?? '0') === '0', createdAt: instantOf(createdAt), updatedAt: instantOf(updatedAt) },
      })
      if (signed) {
        const handle = this.sightings.named({ machine: this.machine, named: ['github', scope, name], secretType: 'webhook-secret', facts: { name, targetHost: url?.host, createdAt: instantOf(createdAt) }, location: this.location(scope, name, { masked: true }) })
        this.sightings.relate('uses', identity, handle, `${scope} ${name}`)
      }
      // The URL of a chat's webhook is itself the credential.
      for (const found of this.#scan.values.inspect({ bytes: Buffer.from(config.url ?? ''), path: 'webhook-url', otherwise: null })) this.sightings.value(this.machine, this.location(scope, `${name} url`, { masked: true }), found, { targetHost: url?.host })
    }
    this.covered(scope, complete)
  }

  async runners(): Promise<void> {
    const { items } = await this.list('runners', '/actions/runners', shapes.runner, { within: 'runners' })
    for (const { id, name, os, status, ephemeral, labels } of items) {
      this.sightings.identity({ machine: this.machine, system: 'github', name: `${this.scope} runner ${id}`, identityKind: 'machine', attributes: { role: 'runner', title: clean(name, 256), os, status, ephemeral: ephemeral ?? null, labels: labels.map((label) => label.name).join(' ') } })
    }
  }

  /** A public key that lets its holder in; null when it is none that can be read. */
  publicKey(text: string) {
    return foundAuthorizedKeys(text).findings[0] ?? null
  }

  async report(): Promise<Report> {
    return { observations: [...await this.sightings.settle(), ...this.#coverage], problems: this.problems.all() }
  }
}
