import { Secret, type Location, type Observation } from '@muster/core'
import { cloudOfSecretName, plausibleSecret, secretKindOfName } from '@muster/detect'
import { foundAuthorizedKeys } from '@muster/pki'
import type { z } from 'zod'
import { type ApiClient, clean, instantOf, listAll, namedCoverage, type Query, type Report, type SightingParts, Sightings, sourceSighting, UnitProblems, type ValueInspector } from '../api/index.ts'
import type { GitlabOptions, GitlabPart } from './options.ts'
import { roleOf, shapes } from './shapes.ts'

/** What every unit of a scan shares. */
export type GitlabScan = SightingParts & {
  readonly client: ApiClient
  readonly options: GitlabOptions
  readonly values: ValueInspector
  /** Host, and the path GitLab is installed under where there is one. */
  readonly host: string
  readonly rights: string
}

type Place = { readonly environment?: string | null; readonly part?: Location['part']; readonly masked: boolean; readonly protected?: boolean | null }

/** Reads one project, group or instance. What cannot be read makes the coverage of its scope incomplete, and nothing else. */
export class GitlabReader {
  readonly sightings: Sightings
  readonly problems: UnitProblems
  readonly scope: string
  readonly machine: string
  readonly base: string
  readonly #scan: GitlabScan
  readonly #coverage: Observation[] = []

  /** `path` is the full path of a group or project, empty for the instance; `number` is GitLab's own, such as `projects/7`, where it is known. */
  constructor(scan: GitlabScan, base: string, path: string, number: string | null = null) {
    this.#scan = scan
    this.base = base
    this.scope = path === '' ? scan.host : `${scan.host}/${path}`
    this.machine = path === '' ? `gitlab:${scan.host}` : `git:${this.scope}`
    this.sightings = new Sightings(scan)
    this.problems = new UnitProblems(this.scope)
    this.sightings.add(sourceSighting(this.machine, this.scope, number === null ? null : `gitlab:${scan.host}/${number}`))
  }

  get client(): ApiClient {
    return this.#scan.client
  }

  reads(part: GitlabPart): boolean {
    return this.#scan.options.parts.includes(part)
  }

  /** A list, and whether all of it was read. One that is `optional` exists in paid editions alone. */
  async list<T>(part: string, path: string, item: z.ZodType<T>, { query = {}, optional = false }: { readonly query?: Query; readonly optional?: boolean } = {}): Promise<{ readonly items: readonly T[]; readonly complete: boolean }> {
    const listing = await listAll(this.#scan.client, { path: `${this.base}${path}`, item, query })
    if (optional && listing.problems.every(({ code }) => code === 'object.not-found')) return { items: listing.items, complete: true }
    return { items: this.problems.items(part, listing), complete: listing.complete }
  }

  /** What is kept in a scope was listed, with who takes it or is let in by it: relations whose source begins with the scope. */
  covered(scope: string, complete: boolean): void {
    this.#coverage.push(namedCoverage(this.machine, ['ci-variable', 'consumers'], scope, this.#scan.rights, complete))
  }

  /** A place that was listed: `masked` is never left open there, which would mean that only a use of it was seen. */
  location(scope: string, name: string, { environment = null, part = 'value', masked, protected: isProtected = null }: Place): Location {
    return { kind: 'ci-variable', part, system: 'gitlab', scope: scope.slice(0, 512), name: clean(name, 256) || '-', environment, protected: isProtected, masked }
  }

  /** Reads CI variables. Values are looked at where the API gives them away, turned into fingerprints, and kept nowhere. */
  async variables(path = '/variables'): Promise<void> {
    const { items, complete } = await this.list('variables', path, shapes.variable)
    // One name may have a value for each environment, and only those of one environment belong together.
    const named = new Map([...Map.groupBy(items, (variable) => variable.environment_scope)].map(([environment, kept]) => [environment, this.#scan.values.byName(kept.map(({ key, value }) => ({ name: key, text: value ?? '' })))]))
    for (const variable of items) {
      const { key, value, masked, hidden, environment_scope: environment } = variable
      const place = this.location(this.scope, key, { environment: environment === '*' ? null : environment, masked: masked || hidden, protected: variable.protected })
      const facts = { name: key, provider: cloudOfSecretName(key) }
      // A hidden variable's value is told to nobody any more.
      if (value === null) this.sightings.named({ machine: this.machine, named: ['gitlab', this.scope, key], secretType: 'ci-secret', facts, location: place })
      else for (const found of this.#scan.values.inspect({ bytes: Buffer.from(value), path: pathOf(variable), otherwise: kindOf(variable, value), named: named.get(environment)?.get(key) })) this.sightings.value(this.machine, place, found, facts)
    }
    this.covered(this.scope, complete)
  }

  /** Access tokens of a project, a group or, on an instance, of everybody. Their values are known to nobody but their holders. */
  async accessTokens(path: string, secretType: string): Promise<void> {
    const scope = `${this.scope}#access-tokens`
    const { items, complete } = await this.list('access tokens', path, shapes.accessToken)
    for (const token of items) {
      if (token.revoked || !token.active) continue
      const name = `access token ${token.id}`
      const isPersonal = secretType === 'gitlab-personal-access-token'
      const identity = this.sightings.identity({
        machine: this.machine, system: 'gitlab', name: isPersonal ? `user ${token.user_id}` : `${this.scope} ${name}`, identityKind: isPersonal ? 'unknown' : 'machine',
        attributes: isPersonal ? {} : { role: 'access-token', title: token.name, access: roleOf(token.access_level), scopes: token.scopes.join(' ') },
      })
      const facts = { name, title: token.name, scopes: token.scopes.join(' '), access: roleOf(token.access_level), createdAt: instantOf(token.created_at), lastUsedAt: instantOf(token.last_used_at ?? null), userId: token.user_id }
      const handle = this.sightings.named({ machine: this.machine, named: ['gitlab', scope, name], secretType, facts, notAfter: instantOf(token.expires_at ?? null), location: this.location(scope, name, { masked: true }) })
      this.sightings.relate('authenticates', handle, identity, `${scope} ${name}`)
    }
    this.covered(scope, complete)
  }

  async deployTokens(): Promise<void> {
    const scope = `${this.scope}#deploy-tokens`
    const { items, complete } = await this.list('deploy tokens', '/deploy_tokens', shapes.deployToken)
    for (const { id, name: title, username, expires_at: expires, revoked, expired, scopes } of items) {
      if (revoked || expired) continue
      const name = `deploy token ${id}`
      const identity = this.sightings.identity({ machine: this.machine, system: 'gitlab', name: username, identityKind: 'machine', attributes: { role: 'deploy-token', title, scopes: scopes.join(' ') } })
      const handle = this.sightings.named({ machine: this.machine, named: ['gitlab', scope, name], secretType: 'gitlab-deploy-token', facts: { name, title, user: username, scopes: scopes.join(' ') }, notAfter: instantOf(expires), location: this.location(scope, name, { masked: true }) })
      this.sightings.relate('authenticates', handle, identity, `${scope} ${name}`)
    }
    this.covered(scope, complete)
  }

  async deployKeys(): Promise<void> {
    const scope = `${this.scope}#deploy-keys`
    const { items, complete } = await this.list('deploy keys', '/deploy_keys', shapes.deployKey)
    for (const { id, title, key, can_push: canPush, created_at: createdAt, expires_at: expires, last_used_at: lastUsed } of items) {
      const name = `deploy key ${id}`
      const found = foundAuthorizedKeys(key).findings[0]
      if (found === undefined) {
        this.problems.note('deploy keys', [{ code: 'ssh.invalid', where: this.scope, message: `${name} is no public key that can be read` }])
        continue
      }
      const identity = this.sightings.identity({
        machine: this.machine, system: 'gitlab', name: `${this.scope} ${name}`, identityKind: 'machine',
        attributes: { role: 'deploy-key', title, access: canPush ? 'write' : 'read', createdAt: instantOf(createdAt), expiresAt: instantOf(expires ?? null), lastUsedAt: instantOf(lastUsed ?? null) },
      })
      const credential = this.sightings.value(this.machine, this.location(scope, name, { masked: true }), { kind: 'credential', credential: found.credential, part: 'public-key' })
      this.sightings.relate('authenticates', credential, identity, `${scope} ${name}`)
    }
    this.covered(scope, complete)
  }

  async webhooks(optional: boolean): Promise<void> {
    const scope = `${this.scope}#webhooks`
    const { items, complete } = await this.list('webhooks', '/hooks', shapes.webhook, { optional })
    for (const hook of items) {
      const url = URL.parse(hook.url)
      const name = `webhook ${hook.id}`
      // Older versions do not say whether a hook has a token.
      const signed = hook.token_present === undefined && hook.signing_token_present === undefined ? null : hook.token_present === true || hook.signing_token_present === true
      const identity = this.sightings.identity({
        machine: this.machine, system: 'gitlab', name: `${this.scope} ${name}`, identityKind: 'machine',
        attributes: { role: 'webhook', signed, targetHost: url?.host ?? null, encrypted: url?.protocol === 'https:', tlsVerified: hook.enable_ssl_verification, createdAt: instantOf(hook.created_at) },
      })
      if (signed === true) {
        const handle = this.sightings.named({ machine: this.machine, named: ['gitlab', scope, name], secretType: 'webhook-secret', facts: { name, targetHost: url?.host, createdAt: instantOf(hook.created_at) }, location: this.location(scope, name, { masked: true }) })
        this.sightings.relate('uses', identity, handle, `${scope} ${name}`)
      }
      for (const found of this.#scan.values.inspect({ bytes: Buffer.from(hook.url), path: 'webhook-url', otherwise: null })) this.sightings.value(this.machine, this.location(scope, `${name} url`, { masked: true }), found, { targetHost: url?.host })
    }
    this.covered(scope, complete)
  }

  /** Trigger tokens. The API gives the whole token to its owner and four characters to everybody else. */
  async triggers(): Promise<void> {
    const scope = `${this.scope}#triggers`
    const { items, complete } = await this.list('pipeline triggers', '/triggers', shapes.trigger)
    for (const { id, description, created_at: createdAt, last_used: lastUsed, expires_at: expires, token, owner } of items) {
      const name = `pipeline trigger ${id}`
      const facts = { name, title: description, createdAt: instantOf(createdAt), lastUsedAt: instantOf(lastUsed ?? null), owner: owner?.username }
      const place = this.location(scope, name, { masked: true })
      const secretType = 'gitlab-pipeline-trigger-token'
      if (token.length > 8) this.sightings.value(this.machine, place, { kind: 'secret', secret: Secret.fromText(token), secretType, facts: {} }, facts)
      else this.sightings.named({ machine: this.machine, named: ['gitlab', scope, name], secretType, facts, notAfter: instantOf(expires ?? null), location: place })
    }
    this.covered(scope, complete)
  }

  async runners(query: Query): Promise<void> {
    const { items } = await this.list('runners', '/runners', shapes.runner, { query })
    for (const { id, description, runner_type: type, paused, status } of items) {
      this.sightings.identity({ machine: this.machine, system: 'gitlab', name: `runner ${id}`, identityKind: 'machine', attributes: { role: 'runner', title: description, type: type ?? null, paused: paused ?? null, status: status ?? null } })
    }
  }

  async report(): Promise<Report> {
    return { observations: [...await this.sightings.settle(), ...this.#coverage], problems: this.problems.all() }
  }
}

type Variable = z.infer<typeof shapes.variable>

/** What formats should take a variable's value for. */
function pathOf({ key, variable_type: type }: Variable): string {
  if (/kube_?config/i.test(key)) return '.kube/config'
  if (/docker_?auth_?config/i.test(key)) return '.docker/config.json'
  return type === 'file' ? `${key}.json` : key
}

/** What a whole value is when nothing in it tells: whoever masked it thinks it a secret; otherwise its name must promise one. */
function kindOf({ key, masked }: Variable, value: string): string | null {
  const kind = secretKindOfName(key)
  if (masked) return kind ?? 'ci-secret'
  return kind !== null && plausibleSecret(value, kind) ? kind : null
}
