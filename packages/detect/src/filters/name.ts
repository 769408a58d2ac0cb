import { nameWords, secretKindOfName } from '../formats/names.ts'

/** Extensions of languages in which what has no quotes is an expression. */
const code = /\.(?:[cm]?[jt]sx?|py|go|java|kts?|scala|rb|rs|rego|c|h|cc|cpp|cxx|hpp|cs|fs|vb|php|swift|dart|mm?|vue|svelte|lua|p[lm]|exs?|erl|clj|hs|groovy|gradle|tf|sol|proto|graphql|sql|r|jl|zig|nim|sc[as]s|less|css|vim|el|awk|tcl|m4|cmake|ipynb)$/i

/** A value that a name in the text is given, as the pattern found them. Offsets are not needed: the value ends the match. */
export type Assignment = { readonly name: string; readonly kind: string | null; readonly quoted: boolean; readonly operator: string }

/** The parts of what a rule of names matched: the name it begins with, what that promises, and whether quotes stand around the value. */
export function assignmentOf(match: string, secret: string): Assignment {
  const name = /^[\w.-]*/.exec(match)![0]
  const at = match.lastIndexOf(secret)
  const before = match[at - 1] ?? ''
  const operator = match.slice(name.length, at).replaceAll(/[\s"'`\\]/g, '')
  // The argument of a method is none of the object's name.
  const promising = operator === '(' ? name.slice(name.lastIndexOf('.') + 1) : name
  return { name, kind: secretKindOfName(promising), quoted: before === '"' || before === '\'' || before === '`', operator }
}

/** Why the name promises no secret, or the value is no literal; null where a literal is given to a name that promises one. `match` is part of `line`. */
export function nameReason({ name, kind, quoted, operator }: Assignment, secret: string, path: string, match: string, line: string): string | null {
  if (kind === null) return 'the name promises no secret'
  const at = line.indexOf(match)
  const [before, after] = at < 0 ? ['', ''] : [line.slice(0, at), line.slice(at + match.length)]
  if (!quoted && secret.startsWith(':') && operator.endsWith(':')) return 'is an expression of a program'
  // A line of a shell within a program: a script written out, or one that was encoded.
  const ofShell = operator === '=' && /^[A-Z][A-Z\d_]*=\S+\s?$/.test(match) && /(?:^|\bexport )$/.test(before) && after.trim() === ''
  if (!quoted && !ofShell && (operator.startsWith('(') || (code.test(path) && (isExpression(secret) || isType(operator, match, after))))) return 'is an expression of a program'
  if (operator.startsWith('(') && /^(?:\w*\.)?(?:create|parse|next|expect|consume|emit|read|match|accept)[A-Z_]/.test(name)) return 'names what a function makes'
  if (operator === ',' && isListed(before, after)) return 'is an item of a list'
  if (match.endsWith('\\') && /^u(?!00[0-7])[\da-f]{4}/i.test(after)) return 'is a text for people'
  if (!quoted && /^[A-Z][A-Za-z]+-[A-Z][A-Za-z]+$/.test(secret) && /^\s/.test(match.slice(-1) + after)) return 'is a command of PowerShell'
  // What test runners print.
  if (name === 'PASS' && operator === ':') return 'is the outcome of a test'
  if (operator === '' && /^[A-Za-z][a-z]*$/.test(name) && !/(?:\.(?:edn|clj[cs]?|conf|cfg)|rc)$/i.test(path)) return 'reads like prose'
  const [own, given] = [name, secret].map((text) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, ''))
  return own === given || (given!.length >= 4 && own!.endsWith(given!)) || (!quoted && own!.length >= 6 && given!.endsWith(own!)) ? 'repeats its name' : null
}

/** What stands between a name with a colon and an equals sign, or before what a type is given. */
function isType(operator: string, match: string, after: string): boolean {
  return (operator.endsWith(':') && /^\s*=/.test(after)) || (match.endsWith('<') && !after.startsWith('/'))
}

/** Both the name and the value are items of a longer list, not arguments of a call. */
function isListed(before: string, after: string): boolean {
  return /[,[{]\s*["'`]$/.test(before) && /^\s*(?:,|\]|$)/.test(after) || /^\s*["'`]$/.test(before) && /^\s*,\s*["'`]/.test(after)
}

/** Could be read as code: names, calls, properties, numbers. What is drawn at random has digits among its letters. */
function isExpression(value: string): boolean {
  const digits = value.replaceAll(/\D/g, '').length
  return /^[\w$.!?:*@#-]+$/.test(value) && (digits < 3 || digits === value.length || /^[A-Za-z_$]+\d{0,4}(?:\.|$)/.test(value))
}

/** Names of providers longer than this hardly occur within other words. */
const SHORT_NAME = 6

/** Why the name does not name the provider: a short name such as `okta` or `sumo` counts only where a word of the identifier begins with it. */
export function providerReason(match: string, keywords: readonly string[]): string | null {
  const words = nameWords(/^[\w.-]*/.exec(match)![0])
  const starts = words.map((_, index) => words.slice(index).join(''))
  const named = keywords.map((keyword) => keyword.replaceAll(/[^a-z0-9]/g, ''))
  const begins = named.some((name) => starts.some((start) => start.startsWith(name)) || (name.length > SHORT_NAME && starts[0]?.includes(name) === true))
  return begins ? null : 'the name only holds the letters of the provider'
}
