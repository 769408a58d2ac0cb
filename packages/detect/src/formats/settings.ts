import type { Collector, DraftFacts } from './found.ts'
import { identityOfName, plausibleSecret, secretKindOfName } from './names.ts'
import { referenceIn } from './reference.ts'
import type { Tree } from './tree.ts'
import { mappingsOf, scalarAt, textAt } from './tree.ts'

type Value = { readonly text: string; readonly start: number; readonly end: number; readonly tag?: string | null; readonly style?: string }

/**
 * Adds a setting whose name promises a secret, as a literal or as a reference. A value that carries its own structure
 * (a URL with a login, a connection string) is left to the format that reads it. True when something was added.
 */
export function addSetting(into: Collector, format: string, name: string, value: Value, facts: DraftFacts = {}): boolean {
  if (value.text === '' || value.style === 'alias') return false
  const kind = secretKindOfName(name)
  const encrypted = value.tag === '!vault' ? { kind: 'encrypted', name: 'ansible-vault' } : value.tag === '!reference' || value.tag === '!Ref' || value.tag === '!GetAtt' || value.tag === '!ImportValue' ? { kind: 'template', name: value.text.slice(0, 128) } : null
  const reference = encrypted ?? referenceIn(value.text)
  if (reference !== null) {
    if (kind === null && reference.kind !== 'ci-secret' && reference.kind !== 'encrypted') return false
    into.add(format, { secretType: kind ?? 'secret', value: value.text, start: value.start, end: value.end, facts: { name, ...facts }, reference })
    return true
  }
  const identity = kind === null ? identityOfName(name) : null
  if (identity !== null && /^[\w.@:-]{6,128}$/.test(value.text)) into.add(format, { secretType: `${identity}-id`, value: value.text, start: value.start, end: value.end, facts: { name, ...facts }, reference: { kind: 'identity', name: value.text } })
  if (kind === null || kind === 'connection-string' || /\w:\/\/[^/\s]{1,256}@/.test(value.text.slice(0, 1024))) return false
  if (/\$\{|\{\{|\$\(/.test(value.text) || !plausibleSecret(value.text, kind)) return false
  into.add(format, { secretType: kind, value: value.text, start: value.start, end: value.end, facts: { name, ...facts } })
  return true
}

/** Adds every scalar setting below `tree` whose key promises a secret; `user` and `host` beside it become facts. */
export function addSettingsBelow(into: Collector, format: string, tree: Tree, facts: DraftFacts = {}): void {
  for (const map of mappingsOf(tree)) {
    const user = textAt(map, 'username') ?? textAt(map, 'user') ?? textAt(map, 'login')
    const host = textAt(map, 'host') ?? textAt(map, 'hostname') ?? textAt(map, 'server') ?? textAt(map, 'url') ?? textAt(map, 'endpoint')
    const beside = { user: safeFact(user), host: safeFact(host), clientId: safeFact(scalarAt(map, 'clientId')?.text ?? scalarAt(map, 'client_id')?.text ?? null) }
    for (const { key, value } of map.entries) {
      if (value.kind === 'scalar') addSetting(into, format, key.text, value, { ...beside, ...facts })
      else if (value.kind === 'list') for (const item of value.items) if (item.kind === 'scalar') addSetting(into, format, key.text, item, { ...beside, ...facts })
    }
  }
}

/** A neighbour's text as a fact, without the login or query a URL may carry. */
export function safeFact(text: string | null): string | null {
  if (text === null || text.length > 512) return null
  return text.replace(/\/\/[^/@\s]{0,400}@/, '//').replace(/[?#].*$/s, '')
}
