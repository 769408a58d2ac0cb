/**
 * A parsed document of JSON or YAML with the place of every scalar. Texts are kept byte for byte as latin-1, so a
 * position in the text is a byte offset in the file; {@link utf8Text} turns them into what people read.
 */
export type Scalar = {
  readonly kind: 'scalar'
  /** The value with quotes and escapes resolved, one character a byte. */
  readonly text: string
  /** Byte range of the value in the file, without its quotes. */
  readonly start: number
  readonly end: number
  readonly style: 'plain' | 'quoted' | 'block' | 'alias'
  /** A YAML tag such as `!vault` or `!reference`; null when there is none. */
  readonly tag: string | null
}

export type Entry = { readonly key: Scalar; readonly value: Tree }
export type Mapping = { readonly kind: 'map'; readonly entries: readonly Entry[]; readonly start: number; readonly end: number }
export type Sequence = { readonly kind: 'list'; readonly items: readonly Tree[]; readonly start: number; readonly end: number }
export type Tree = Scalar | Mapping | Sequence

/** What a parser made of a text: whole documents in order, and whether a limit cut the reading short. */
export type Parsed = { readonly documents: readonly Tree[]; readonly limited: boolean }

/** Caps on one parse; beyond them the rest of the text is not read. */
export const treeLimits = { maxDepth: 64, maxNodes: 400_000 } as const

/** Thrown and caught inside the parsers alone. */
export class TreeLimit extends Error {}

/** The first value under `key` of a mapping; null for anything else. */
export function child(tree: Tree | null | undefined, key: string): Tree | null {
  if (tree === null || tree === undefined || tree.kind !== 'map') return null
  for (const entry of tree.entries) if (entry.key.text === key) return entry.value
  return null
}

/** Follows mapping keys from `tree`; null where one is missing. */
export function at(tree: Tree | null | undefined, ...keys: readonly string[]): Tree | null {
  let current: Tree | null = tree ?? null
  for (const key of keys) current = child(current, key)
  return current
}

/** The scalar that stands at these keys; null when there is none. */
export function scalarAt(tree: Tree | null | undefined, ...keys: readonly string[]): Scalar | null {
  const found = at(tree, ...keys)
  return found !== null && found.kind === 'scalar' ? found : null
}

/** The text of the scalar at these keys; null when there is none. */
export function textAt(tree: Tree | null | undefined, ...keys: readonly string[]): string | null {
  return scalarAt(tree, ...keys)?.text ?? null
}

/** Entries of a mapping; none for anything else. */
export function entriesOf(tree: Tree | null | undefined): readonly Entry[] {
  return tree !== null && tree !== undefined && tree.kind === 'map' ? tree.entries : []
}

/** Items of a sequence; none for anything else. */
export function itemsOf(tree: Tree | null | undefined): readonly Tree[] {
  return tree !== null && tree !== undefined && tree.kind === 'list' ? tree.items : []
}

/** Every scalar below `tree` with the mapping keys that lead to it, in order of appearance; sequences add no key. */
export function* scalarsOf(tree: Tree, path: readonly string[] = []): Generator<{ readonly path: readonly string[]; readonly scalar: Scalar }> {
  if (tree.kind === 'scalar') yield { path, scalar: tree }
  else if (tree.kind === 'map') for (const entry of tree.entries) yield* scalarsOf(entry.value, [...path, entry.key.text])
  else for (const item of tree.items) yield* scalarsOf(item, path)
}

/** Every mapping below and including `tree`, outermost first. */
export function* mappingsOf(tree: Tree): Generator<Mapping> {
  if (tree.kind === 'map') {
    yield tree
    for (const entry of tree.entries) yield* mappingsOf(entry.value)
  } else if (tree.kind === 'list') for (const item of tree.items) yield* mappingsOf(item)
}

/** The latin-1 text of file bytes as the UTF-8 text it stands for. */
export function utf8Text(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8')
}

/** A code point as the latin-1 spelling of its UTF-8 bytes; surrogates and values beyond Unicode become U+FFFD. */
export function latin1Of(codePoint: number): string {
  const valid = codePoint >= 0 && codePoint <= 0x10ffff && !(codePoint >= 0xd800 && codePoint <= 0xdfff)
  return Buffer.from(String.fromCodePoint(valid ? codePoint : 0xfffd), 'utf8').toString('latin1')
}

/** The text without the blanks of ASCII at its ends; bytes of UTF-8 that latin-1 calls blank stay. */
export function trim(text: string): string {
  return trimEnd(text.slice(leadingBlanks(text)))
}

/** {@link trim}, at the end alone. */
export function trimEnd(text: string): string {
  let end = text.length
  while (end > 0 && isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(0, end)
}

/** How many blanks of ASCII the text begins with. */
export function leadingBlanks(text: string): number {
  let start = 0
  while (start < text.length && isBlank(text.charCodeAt(start))) start++
  return start
}

function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d)
}
