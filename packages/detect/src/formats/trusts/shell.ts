import { parseJson } from '../json.ts'
import type { Scalar, Tree } from '../tree.ts'
import { awsTrusts } from './aws.ts'
import { documentTrusts, vaultClaims } from './documents.ts'
import { type Command, shellCommands, type Word } from './shell-commands.ts'
import type { Trust } from './trust.ts'

/** Documents that the script writes into files, by their names. */
type Files = ReadonlyMap<string, Word>

/** Trust that a script sets up by the command lines of AWS, Google Cloud, Azure and Vault, as far as it says what: a document of its own or one it writes. */
export function* shellTrusts(text: string): Generator<Trust> {
  const commands = shellCommands(text)
  const files: Files = new Map(commands.flatMap((command): [string, Word][] => {
    const name = command.document === null ? undefined : command.output ?? (command.words[0]?.text === 'tee' ? command.words.at(-1)?.text : undefined)
    return name === undefined ? [] : [[plainName(name), command.document!]]
  }))
  const issuers = vaultIssuers(commands)
  for (const command of commands) {
    const tool = command.words.findIndex(({ text: word }) => /^(?:.*\/)?(?:aws|gcloud|az|vault|bao)$/.test(word))
    if (tool < 0) continue
    const words = command.words.slice(tool)
    switch (words[0]!.text.replace(/^.*\//, '')) {
      case 'aws': yield* awsRole(words, files); break
      case 'gcloud': yield* poolProvider(words); break
      case 'az': yield* federatedCredential(words, files); break
      default: yield* vaultRole(words, command.document, files, issuers)
    }
  }
}

/** `aws iam create-role` and `update-assume-role-policy` (AWS CLI Command Reference). */
function* awsRole(words: readonly Word[], files: Files): Generator<Trust> {
  const has = (name: string): boolean => words.some(({ text }) => text === name)
  if (!has('iam') || !(has('create-role') || has('update-assume-role-policy'))) return
  const options = optionsOf(words)
  const document = documentOf(options.get('assume-role-policy-document') ?? options.get('policy-document'), files)
  const role = options.get('role-name')?.text ?? null
  if (document !== null) yield* awsTrusts(document.tree, { entry: role ?? '', target: role, issuerOf: () => null }, document.start)
}

/** `gcloud iam workload-identity-pools providers create-oidc` (gcloud CLI reference). */
function* poolProvider(words: readonly Word[]): Generator<Trust> {
  const verb = words.findIndex(({ text }) => text === 'create-oidc' || text === 'update-oidc')
  const options = optionsOf(words)
  const issuer = options.get('issuer-uri')?.text
  if (verb < 0 || issuer === undefined || !words.some(({ text }) => text === 'workload-identity-pools')) return
  const name = words[verb + 1]?.text.startsWith('-') === false ? words[verb + 1]!.text : null
  yield { provider: 'gcp', entry: name ?? '', issuer, target: name, claims: [], condition: options.get('attribute-condition')?.text ?? null, start: words[verb]!.start, end: words[verb]!.end }
}

/** `az ad app federated-credential create` and `az identity federated-credential create` (Azure CLI reference). */
function* federatedCredential(words: readonly Word[], files: Files): Generator<Trust> {
  const at = words.findIndex(({ text }) => text === 'federated-credential')
  if (at < 0 || !/^(?:create|update)$/.test(words[at + 1]?.text ?? '')) return
  const options = optionsOf(words)
  const { start, end } = words[at]!
  const document = documentOf(options.get('parameters'), files)
  if (document !== null) for (const trust of documentTrusts(document.tree)) yield { ...trust, start, end }
  const issuer = options.get('issuer')?.text
  if (issuer === undefined) return
  const name = options.get('name')?.text ?? null
  const subject = options.get('subject')?.text
  yield { provider: 'azure', entry: name ?? '', issuer, target: name, claims: subject === undefined ? [] : [{ name: 'sub', like: false, values: [subject] }], condition: null, start, end }
}

const rolePath = /^\/?auth\/([\w./-]{1,128})\/role\/([^/]{1,128})$/

/** `vault write auth/MOUNT/role/NAME` of the JWT and Kubernetes methods (Vault, "JWT/OIDC auth method (API)", "Kubernetes auth method (API)"). */
function* vaultRole(words: readonly Word[], input: Word | null, files: Files, issuers: ReadonlyMap<string, string>): Generator<Trust> {
  const at = words.findIndex(({ text }) => rolePath.test(text))
  if (at < 0 || words[1]?.text !== 'write') return
  const [, mount, name] = rolePath.exec(words[at]!.text)!
  const fields = fieldsOf(words.slice(at + 1), input, files)
  const textAt = (key: string): string | undefined => { const value = fields.find(([field]) => field === key)?.[1]; return value?.kind === 'scalar' ? value.text : undefined }
  const common = { provider: 'vault', entry: name!, issuer: issuers.get(mount!) ?? null, target: name!, condition: null, start: words[at]!.start, end: words[at]!.end } as const
  if (textAt('role_type') === 'jwt') yield { ...common, claims: vaultClaims(mapOf(fields)) }
  const accounts = [['service_account', 'bound_service_account_names'], ['namespace', 'bound_service_account_namespaces']].flatMap(([claim, key]) => { const value = textAt(key!); return value === undefined ? [] : [{ name: claim!, like: true, values: value.split(',') }] })
  if (accounts.length > 0) yield { ...common, claims: accounts }
}

/** Issuers that the script gives to mounts of the JWT method. */
function vaultIssuers(commands: readonly Command[]): ReadonlyMap<string, string> {
  return new Map(commands.flatMap(({ words }): [string, string][] => {
    const mount = words.map(({ text }) => /^\/?auth\/([\w./-]{1,128})\/config$/.exec(text)?.[1]).find((each) => each !== undefined)
    const url = words.map(({ text }) => /^(?:oidc_discovery_url|bound_issuer)=(.+)$/s.exec(text)?.[1]).find((each) => each !== undefined)
    return mount === undefined || url === undefined ? [] : [[mount, url]]
  }))
}

type Fields = readonly (readonly [key: string, value: Tree])[]

/** `key=value`, a document on standard input (`-`), or one in a file of the script (`@file`). */
function fieldsOf(words: readonly Word[], input: Word | null, files: Files): Fields {
  return words.flatMap((word): Fields => {
    const body = word.text === '-' ? input : word.text.startsWith('@') ? files.get(plainName(word.text.slice(1))) ?? null : null
    const document = body === null ? null : parsed(body)
    if (document?.tree.kind === 'map') return document.tree.entries.map(({ key, value }) => [key.text, value] as const)
    const [, key, value] = /^(\w{1,64})=(.*)$/s.exec(word.text) ?? []
    if (key === undefined) return []
    const inner = value!.startsWith('{') ? parsed({ ...word, text: value! })?.tree : value!.startsWith('@') ? files.get(plainName(value!.slice(1))) : undefined
    return [[key, inner === undefined ? scalar(value!, word) : 'kind' in inner ? inner : parsed(inner)?.tree ?? scalar(value!, word)]]
  })
}

function mapOf(fields: Fields): Tree {
  return { kind: 'map', entries: fields.map(([key, value]) => ({ key: scalar(key, value), value })), start: 0, end: 0 }
}

function scalar(text: string, { start, end }: { readonly start: number; readonly end: number }): Scalar {
  return { kind: 'scalar', text, start, end, style: 'quoted', tag: null }
}

/** `--name value` and `--name=value`; the last of a name counts. */
function optionsOf(words: readonly Word[]): ReadonlyMap<string, Word> {
  const options = new Map<string, Word>()
  for (const [i, word] of words.entries()) {
    const [, name, value] = /^--([\w-]{1,64})(?:=(.*))?$/s.exec(word.text) ?? []
    const next = words[i + 1]
    if (name === undefined) continue
    if (value !== undefined) options.set(name, { ...word, text: value })
    else if (next !== undefined && !next.text.startsWith('--')) options.set(name, next)
  }
  return options
}

/** A document given as text, or by the name of a file that the script writes. One that lies elsewhere is read where it lies. */
function documentOf(word: Word | undefined, files: Files): { readonly tree: Tree; readonly start: number } | null {
  if (word === undefined) return null
  const body = files.get(plainName(word.text.replace(/^(?:file:\/\/|@)/, '')))
  return parsed(body ?? word)
}

function parsed({ text, start }: Word): { readonly tree: Tree; readonly start: number } | null {
  const tree = /^\s{0,256}[{[]/.test(text) ? parseJson(text).documents[0] : undefined
  return tree === undefined ? null : { tree, start }
}

function plainName(name: string): string {
  return name.replace(/^(?:\.\/)+/, '')
}
