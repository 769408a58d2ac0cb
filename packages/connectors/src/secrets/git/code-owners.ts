import type { GitProgram } from './program.ts'

/** Where code hosts look for the file, first come first taken. */
const codeOwnersPaths = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS', '.gitlab/CODEOWNERS'] as const

const MAX_LINES = 20_000
const MAX_STARS = 8

/**
 * Who answers for a path: the owners of the last line of a CODEOWNERS text whose pattern fits it; empty when none does or it names nobody. Patterns are those
 * of GitHub and GitLab; a `[Section]` line and its default owners are GitLab's.
 */
export function codeOwners(text: string): (path: string) => readonly string[] {
  const rules: { readonly regex: RegExp; readonly owners: readonly string[] }[] = []
  let sectionOwners: readonly string[] = []
  for (const line of text.split('\n', MAX_LINES)) {
    const trimmed = line.replace(/(?:^|\s)#.*$/, '').trim()
    if (trimmed === '' || trimmed.length > 2000) continue
    const section = /^\^?\[[^\]]{1,200}\](?:\[\d{1,3}\])?\s*(.*)$/.exec(trimmed)
    if (section !== null) { sectionOwners = ownersIn(section[1]!); continue }
    const [pattern = '', ...rest] = trimmed.split(/(?<!\\)\s+/)
    const regex = patternRegex(pattern.replaceAll(String.raw`\ `, ' '))
    if (regex !== null) rules.push({ regex, owners: rest.length === 0 ? sectionOwners : ownersIn(rest.join(' ')) })
  }
  return (path) => rules.findLast(({ regex }) => regex.test(path))?.owners ?? []
}

function ownersIn(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => /^@[\w./-]{1,200}$|^[^\s@]{1,128}@[^\s@]{1,128}$/.test(word)).slice(0, 32)
}

/** A gitignore pattern without `!`; null for one that would be costly. */
function patternRegex(pattern: string): RegExp | null {
  if (pattern === '' || pattern.length > 512 || pattern.startsWith('!') || pattern.replaceAll(/[^*]/g, '').length > MAX_STARS) return null
  const isAnchored = pattern.replace(/\/$/, '').includes('/')
  const isDirectory = pattern.endsWith('/')
  const body = pattern.replace(/^\//, '').replace(/\/$/, '')
  const source = body.split('/').map((part) => part === '**' ? '**' : part.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(/\*+/g, '[^/]*').replaceAll('?', '[^/]'))
    .join('/').replaceAll('**/', '(?:.*/)?').replaceAll('/**', '(?:/.*)?').replace(/^\*\*$/, '.*')
  // `docs/*` is for the files in it, `docs/` and `docs` for all below.
  const end = isDirectory ? '/' : body.endsWith('/*') ? '$' : '(?:/|$)'
  return new RegExp(`${isAnchored ? '^' : '(?:^|/)'}${source}${end}`, 's')
}

/** Who answers for a path by the file in the tree of HEAD; nobody where there is none. */
export async function codeOwnersOf(git: GitProgram): Promise<(path: string) => readonly string[]> {
  const text = firstBlob(await git.text(['cat-file', '--batch'], codeOwnersPaths.map((path) => `HEAD:${path}\n`).join('')) ?? '')
  return text === null ? () => [] : codeOwners(Buffer.from(text.slice(0, 3_000_000), 'latin1').toString('utf8'))
}

/** The first blob in what `cat-file --batch` gives; null when there is none. */
function firstBlob(text: string): string | null {
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\n', at)
    const [, type, size] = /^[0-9a-f]{40,64} (\w+) (\d+)$/.exec(text.slice(at, end < 0 ? undefined : end)) ?? []
    if (end < 0) return null
    at = end + 1
    if (type === 'blob') return text.slice(at, at + Number(size))
    // A directory of that name, or that there is none.
    if (type !== undefined) at += Number(size) + 1
  }
  return null
}
