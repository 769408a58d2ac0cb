import { unescapeText } from './json.ts'
import { latin1Of, leadingBlanks, trim, trimEnd } from './tree.ts'

/** A key and its value in a line-oriented file, with the byte range of the value. */
export type Pair = { readonly section: string; readonly key: string; readonly text: string; readonly start: number; readonly end: number }

const MAX_PAIRS = 200_000

/** Lines with their offsets, without line ends. */
export function* linesOf(text: string): Generator<{ readonly line: string; readonly start: number }> {
  let start = 0
  while (start < text.length) {
    const stop = text.indexOf('\n', start)
    const end = stop < 0 ? text.length : stop
    yield { line: text[end - 1] === '\r' && end > start ? text.slice(start, end - 1) : text.slice(start, end), start }
    start = end + 1
  }
}

/** Cuts one pair of matching quotes off; escapes are left alone. */
function unquoted(value: string, start: number): { readonly text: string; readonly start: number; readonly end: number } {
  const quote = value[0]
  if ((quote === '"' || quote === "'") && value.length >= 2 && value.endsWith(quote)) {
    return { text: value.slice(1, -1), start: start + 1, end: start + value.length - 1 }
  }
  return { text: value, start, end: start + value.length }
}

/** Sections and `key = value` (or `key : value`) lines of INI files; `#` and `;` begin comments at the start of a line. */
export function iniPairs(text: string): readonly Pair[] {
  const pairs: Pair[] = []
  let section = ''
  for (const { line, start } of linesOf(text)) {
    if (pairs.length >= MAX_PAIRS) break
    const trimmed = trim(line)
    if (trimmed === '' || trimmed[0] === '#' || trimmed[0] === ';') continue
    if (trimmed[0] === '[' && trimmed.endsWith(']')) { section = trim(trimmed.slice(1, -1)).slice(0, 512); continue }
    const equals = line.indexOf('=')
    const separator = equals >= 0 ? equals : line.indexOf(':')
    if (separator <= 0 || line.startsWith('://', separator)) continue
    const key = trim(line.slice(0, separator))
    const rest = line.slice(separator + 1)
    const value = trim(/^[^"']*?[ \t][#;][ \t]/.exec(rest)?.[0].slice(0, -2) ?? rest)
    // Keys of several words stand apart from their sign; a sign within a word is none.
    if (key === '' || key.length > 512 || (/\s/.test(key) && /\S/.test(line[separator - 1]!) && /^\S/.test(rest))) continue
    pairs.push({ section, key, ...unquoted(value, start + separator + 1 + leadingBlanks(rest)) })
  }
  return pairs
}

/** `KEY=value` lines of .env files and env_file: `export`, quotes (double ones may span lines) and trailing comments. */
export function envPairs(text: string): readonly Pair[] {
  const pairs: Pair[] = []
  const name = /[ \t]*(?:export[ \t]+|set[ \t]+)?([A-Za-z_][\w.-]{0,255})[ \t]*[=:][ \t]*/y
  let pos = 0
  let openQuotes = 0
  while (pos < text.length && pairs.length < MAX_PAIRS) {
    const stop = text.indexOf('\n', pos)
    const lineEnd = stop < 0 ? text.length : stop
    name.lastIndex = pos
    const match = name.exec(text)
    pos = lineEnd + 1
    if (match === null || name.lastIndex > lineEnd) continue
    const from = name.lastIndex
    const quote = text[from]
    if ((quote === '"' || quote === "'") && openQuotes < 64) {
      const close = closingQuote(text, from + 1, quote)
      if (close !== null) {
        const raw = text.slice(from + 1, close)
        pairs.push({ section: '', key: match[1]!, text: quote === '"' ? unescapeText(raw) : raw, start: from + 1, end: close })
        const after = text.indexOf('\n', close)
        pos = after < 0 ? text.length : after + 1
        continue
      }
      openQuotes++
    }
    const raw = text.slice(from, lineEnd)
    const comment = /[ \t]#/.exec(raw)
    const value = trimEnd(comment === null ? raw : raw.slice(0, comment.index))
    pairs.push({ section: '', key: match[1]!, text: value, start: from, end: from + value.length })
  }
  return pairs
}

/** Offset of the quote that closes, at most 64 KB away; null when there is none. */
function closingQuote(text: string, from: number, quote: string): number | null {
  const end = Math.min(text.length, from + 65_536)
  for (let at = from; at < end; at++) {
    if (text[at] === quote) return at
    if (text[at] === '\\' && quote === '"') at++
  }
  return null
}

/** Java properties (`java.util.Properties.load`): `=`, `:` or blank separators, continuation lines, `\uXXXX`. */
export function propertyPairs(text: string): readonly Pair[] {
  const pairs: Pair[] = []
  let pending: { key: string; parts: string[]; start: number; end: number } | null = null
  for (const { line, start } of linesOf(text)) {
    if (pairs.length >= MAX_PAIRS) break
    const lead = leadingBlanks(line)
    const continued = /(?:^|[^\\])(?:\\\\){0,64}\\$/.test(line.slice(-130))
    const body = continued ? line.slice(lead, -1) : line.slice(lead)
    if (pending === null) {
      if (body === '' || body[0] === '#' || body[0] === '!') continue
      const key = /^(?:[^\s=:\\]|\\.){1,512}/.exec(body)?.[0]
      if (key === undefined) continue
      const gap = /^[ \t\f]{0,64}[=:]?[ \t\f]{0,64}/.exec(body.slice(key.length))![0].length
      const from = start + lead + key.length + gap
      pending = { key: propertyText(key), parts: [body.slice(key.length + gap)], start: from, end: start + lead + body.length }
    } else {
      pending.parts.push(body)
      pending.end = start + lead + body.length
    }
    if (continued && pending.parts.length < 1000) continue
    pairs.push({ section: '', key: pending.key, text: propertyText(pending.parts.join('')), start: pending.start, end: Math.max(pending.start, pending.end) })
    pending = null
  }
  if (pending !== null) pairs.push({ section: '', key: pending.key, text: propertyText(pending.parts.join('')), start: pending.start, end: Math.max(pending.start, pending.end) })
  return pairs
}

function propertyText(raw: string): string {
  if (!raw.includes('\\')) return raw
  return raw.replaceAll(/\\(?:u([0-9a-fA-F]{4})|([^]))/g, (_, digits?: string, other?: string) => {
    if (digits !== undefined) return latin1Of(Number.parseInt(digits, 16))
    return other === 'n' ? '\n' : other === 't' ? '\t' : other === 'r' ? '\r' : other ?? ''
  })
}
