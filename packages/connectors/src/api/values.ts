import { type Clock, type Credential, type CredentialPart, Secret } from '@muster/core'
import { defaultRules, FileInspector, type FoundSecret, sessionTokenOf } from '@muster/detect'
import { recognise } from '@muster/pki'

/** A credential in a value that a system handed out: a certificate or key, or a secret with what its form tells. */
export type FoundValue =
  | { readonly kind: 'credential'; readonly credential: Credential; readonly part: CredentialPart }
  | { readonly kind: 'secret'; readonly secret: Secret; readonly secretType: string; readonly facts: Readonly<Record<string, string>>; /** Without which a temporary key is nothing. */ readonly sessionToken?: Secret }

export type ValueToInspect = {
  readonly bytes: Uint8Array
  /** What formats and rules see as the file's path, e.g. `.docker/config.json`. */
  readonly path: string
  /** Kind to give the whole value when nothing in it says what it is; null when it is then no credential. */
  readonly otherwise: string | null
  /** What name and neighbours tell, from {@link ValueInspector.byName}. */
  readonly named?: FoundValue | undefined
  readonly passphrases?: readonly Secret[]
}

/** Larger values are not looked into: a Kubernetes Secret holds at most this much. */
const MAX_VALUE_BYTES = 1024 * 1024 + 64 * 1024

/** Compiling the rules takes a while; they stay the same. */
const inspectors = new WeakMap<Clock, FileInspector>()

function inspectorFor(clock: Clock): FileInspector {
  const known = inspectors.get(clock) ?? new FileInspector(defaultRules(), { clock, maxMilliseconds: 5000, maxFound: 100 })
  inspectors.set(clock, known)
  return known
}

function tokenBeside(found: FoundSecret, all: readonly FoundSecret[]): { readonly sessionToken?: Secret } {
  const inOne = (each: FoundSecret) => ({ found: each, path: each.path, tree: '' })
  const sessionToken = sessionTokenOf(inOne(found), all.map(inOne))
  return sessionToken === null ? {} : { sessionToken }
}

const MAX_NAMED = 1000

let genericRules: ReadonlySet<string> | null = null

/** Says no more than the name did. */
function isGeneric(ruleId: string): boolean {
  genericRules ??= new Set(defaultRules().rules.flatMap(({ id, generic }) => (generic ? [id] : [])))
  return genericRules.has(ruleId)
}

/** Tells what credentials a value is or holds. */
export class ValueInspector {
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * What values are by the names they have and by each other, as lines of one file of settings would tell it: a secret key knows its key id. Only
   * values of one plain word are looked at.
   */
  byName(entries: readonly { readonly name: string; readonly text: string }[]): ReadonlyMap<string, FoundValue> {
    const lines = entries.filter(({ name, text }) => /^[\w.-]{1,256}$/.test(name) && /^[^\s"'`#$\\]{1,4096}$/.test(text)).slice(0, MAX_NAMED)
    const bytes = Buffer.from(lines.map(({ name, text }) => `${name.replaceAll(/[.-]/g, '_')}=${text}\n`).join(''), 'latin1')
    const found = bytes.length === 0 ? [] : inspectorFor(this.#clock).inspect({ bytes, path: '.env' }).found
    return new Map(found.flatMap((each): readonly (readonly [string, FoundValue])[] => {
      const { line, secret, kind, facts, suppressedBy, reference, ruleId } = each
      const entry = lines[line - 1]
      const isWhole = entry !== undefined && Buffer.from(entry.text, 'latin1').equals(secret.reveal())
      return suppressedBy !== null || reference !== null || !isWhole || isGeneric(ruleId) ? [] : [[entry.name, { kind: 'secret', secret, secretType: kind, facts, ...tokenBeside(each, found) }]]
    }))
  }

  /** Each credential once. Never throws for what a value contains. */
  inspect({ bytes, path, otherwise, named, passphrases = [] }: ValueToInspect): readonly FoundValue[] {
    if (bytes.length === 0 || bytes.length > MAX_VALUE_BYTES) return []
    const name = path.slice(path.lastIndexOf('/') + 1)
    const items = recognise(bytes, { passphrases, name }).findings
    const keys = items.map(({ credential, part }): FoundValue => ({ kind: 'credential', credential, part }))
    if (named !== undefined && keys.length === 0) return [named]
    const hasKey = items.some(({ part }) => part === 'private-key')
    const { found } = inspectorFor(this.#clock).inspect({ bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), path })
    const secrets = found.flatMap((each): readonly FoundValue[] => {
      const { suppressedBy, reference, secret, kind, facts } = each
      return suppressedBy !== null || reference !== null || (hasKey && kind.includes('private-key')) ? [] : [{ kind: 'secret', secret, secretType: kind, facts, ...tokenBeside(each, found) }]
    })
    if (keys.length + secrets.length > 0 || otherwise === null) return [...keys, ...secrets]
    // Line ends at the end come from how the value was written, not from the value.
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1').replace(/[\r\n]+$/, '')
    return text.trim() === '' ? [] : [{ kind: 'secret', secret: new Secret(Buffer.from(text, 'latin1')), secretType: otherwise, facts: {} }]
  }
}
