import type { Collector, DraftFacts } from '../found.ts'
import { COMPUTED } from '../hcl.ts'
import { child, entriesOf, type Tree } from '../tree.ts'

export const trustFormatId = 'trust-policy'

/** Who may become whom: what one statement of a trust policy says. */
export type Trust = {
  /** The system that lets in. */
  readonly provider: 'aws' | 'gcp' | 'azure' | 'vault'
  /** The statement's name in its file: a resource's address, a path of keys. Repeated names are numbered. */
  readonly entry: string
  /** Whose tokens are believed; null where the file does not tell. */
  readonly issuer: string | null
  /** What one becomes: a role, a provider of a pool; null where the file does not tell. */
  readonly target: string | null
  /** What the token's claims must be, all of them: any of the values of each. */
  readonly claims: readonly Claim[]
  /** A condition in a language of its own (CEL); null where there is none. */
  readonly condition: string | null
  readonly start: number
  readonly end: number
}

/** `like`: `*` stands for anything, `?` for one character where the system says so. What has to be worked out stands as `${…}`. */
export type Claim = { readonly name: string; readonly like: boolean; readonly values: readonly string[] }

const MAX_FACT = 480

/** Adds trusts of one file; two with the same name are told apart by their number. */
export function addTrusts(into: Collector, trusts: Iterable<Trust>): void {
  const seen = new Map<string, number>()
  for (const { provider, entry, issuer, target, claims, condition, start, end } of trusts) {
    const count = seen.get(entry) ?? 0
    seen.set(entry, count + 1)
    const name = `${entry.slice(0, 200)}${count === 0 ? '' : `[${count}]`}`
    const facts: Record<string, string | null> = { provider, issuer, target, condition }
    for (const claim of claims) {
      const key = `${claim.like ? 'like' : 'is'}.${claim.name}`.slice(0, 60)
      facts[key] = joined([...facts[key]?.split(' ') ?? [], ...claim.values])
    }
    into.add(trustFormatId, { secretType: 'trust-policy', value: name === '' ? provider : name, start, end, shared: true, facts: facts satisfies DraftFacts, reference: { kind: 'trust', name } })
  }
}

/** Values as one text, the widest first, so that what does not fit any more is narrower than what does. */
function joined(values: readonly string[]): string {
  let text = ''
  for (const value of [...new Set(values.map((each) => each.replaceAll(/\s+/g, '')))].sort((a, b) => Number(b.includes('*')) - Number(a.includes('*')) || a.length - b.length)) {
    if (text.length + value.length >= MAX_FACT) break
    if (value !== '') text += text === '' ? value : ` ${value}`
  }
  return text
}

/** A field by Terraform's name for it, or the same in camel case. */
export function field(tree: Tree | null | undefined, name: string): Tree | null {
  return child(tree, name) ?? child(tree, name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()))
}

/** The texts a value stands for: one, or the items of a list; `${…}` for what only a run can tell. */
export function textsOf(tree: Tree | null): readonly string[] {
  if (tree === null) return []
  if (tree.kind === 'scalar') {
    const isComputed = tree.tag === COMPUTED || tree.style === 'alias' || /^!(?!Sub$|str$|!)/.test(tree.tag ?? '')
    return [isComputed && !tree.text.startsWith('${') ? `\${${tree.text.replaceAll(/[{}]/g, '')}}` : tree.text]
  }
  if (tree.kind === 'map') {
    const [only] = entriesOf(tree)
    if (only?.key.text === 'Fn::Sub') return textsOf(only.value).slice(0, 1)
    return ['${computed}']
  }
  const texts = tree.items.flatMap(textsOf)
  // The parts of a text that is joined when it runs.
  return texts.includes('') ? ['${computed}'] : texts
}

/** The only text of a value; null where there is none, or several. */
export function textOf(tree: Tree | null): string | null {
  const texts = textsOf(tree)
  return texts.length === 1 ? texts[0]! : null
}
