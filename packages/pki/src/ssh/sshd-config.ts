import { cleanText } from '../der/index.ts'

/** Depth of nested `Include` that is followed; OpenSSH stops at 16 too. */
export const MAX_INCLUDE_DEPTH = 16
const MAX_INCLUDED_FILES = 256
const MAX_LINES = 20_000
const MAX_LINE_CHARACTERS = 16 * 1024
const MAX_VALUES = 256
const MAX_VALUE_CHARACTERS = 2048
const MAX_MATCH_BLOCKS = 1000
/** Problems told; a file with more is no sshd_config. */
const MAX_PROBLEMS = 100

/**
 * Answers an `Include` pattern (absolute; relative ones are resolved against /etc/ssh as sshd does) with the files it names in
 * lexical order; an empty list when none exists or may be read.
 */
export type ReadInclude = (pattern: string) => readonly { readonly path: string; readonly text: string }[]

/** Keyword in lower case to its values, in the order they take effect. */
export type SshdSettings = Readonly<Record<string, readonly string[]>>

/** A `Match` block: `settings` hold for connections that meet every criterion. */
export type SshdMatch = {
  /** Criteria as written, outer blocks of including files first: `User git`, `Address 10.0.0.0/8`. */
  readonly criteria: readonly string[]
  readonly settings: SshdSettings
  readonly path: string
  /** Line of the Match keyword, from 1. */
  readonly line: number
}

export type SshdProblem = { readonly path: string; readonly line: number; readonly message: string }

export type SshdConfig = {
  /** What holds for every connection, as far as the files say so; sshd's defaults are not filled in. */
  readonly settings: SshdSettings
  readonly matches: readonly SshdMatch[]
  /** Every file read, the main one first. */
  readonly files: readonly string[]
  readonly problems: readonly SshdProblem[]
}

/** Keywords whose lines add up; of every other keyword the first line wins (sshd_config(5)). */
const cumulative: ReadonlySet<string> = new Set([
  'port', 'listenaddress', 'hostkey', 'hostcertificate', 'acceptenv', 'allowusers', 'denyusers', 'allowgroups', 'denygroups',
  'subsystem', 'persourcepenalties',
])
/** Keywords whose words are separate values; of all others the rest of the line is one value. */
const lists: ReadonlySet<string> = new Set([
  'acceptenv', 'allowusers', 'denyusers', 'allowgroups', 'denygroups', 'authorizedkeysfile', 'authenticationmethods',
  'permitlisten', 'permitopen', 'setenv', 'logverbose', 'ipqos', 'channeltimeout', 'persourcepenalties',
])
/** Other spellings of a keyword (servconf.c). */
const aliases: Readonly<Record<string, string>> = {
  hostdsakey: 'hostkey', dsaauthentication: 'pubkeyauthentication', rhostsrsaauthentication: 'rhostsrsaauthentication',
  challengeresponseauthentication: 'kbdinteractiveauthentication', skeyauthentication: 'kbdinteractiveauthentication',
  authorizedkeysfile2: 'authorizedkeysfile', pubkeyacceptedkeytypes: 'pubkeyacceptedalgorithms',
  hostbasedacceptedkeytypes: 'hostbasedacceptedalgorithms', keepalive: 'tcpkeepalive', useprivilegeseparation: 'useprivilegeseparation',
}

/**
 * Splits a line into words: blanks separate, `"…"` and `'…'` join, a backslash keeps a quote, a backslash or a blank, `#`
 * at the start of a word ends the line. Null when a quote stays open.
 */
export function splitWords(line: string): string[] | null {
  const words: string[] = []
  let at = 0
  for (;;) {
    while (at < line.length && /\s/.test(line[at]!)) at++
    if (at >= line.length || line[at] === '#') return words
    const word = readWord(line, at)
    if (word === null) return null
    words.push(word.text)
    at = word.end
  }
}

function readWord(line: string, from: number): { text: string; end: number } | null {
  let text = ''
  let quote: string | null = null
  let at = from
  for (; at < line.length; at++) {
    const character = line[at]!
    const next = line[at + 1]
    if (character === '\\' && next !== undefined && (/["'\\]/.test(next) || (next === ' ' && quote === null))) {
      text += next
      at++
    } else if (quote === null && /\s/.test(character)) break
    else if (quote === null && (character === '"' || character === "'")) quote = character
    else if (character === quote) quote = null
    else text += character
  }
  return quote === null ? { text, end: at } : null
}

/** Settings under collection; a Map so that no keyword of a file can touch an object's prototype. */
type Bag = Map<string, string[]>

function store(bag: Bag, keyword: string, words: readonly string[]): void {
  const known = bag.get(keyword)
  if (known !== undefined && !cumulative.has(keyword)) return
  const values = lists.has(keyword) ? words : [words.join(' ')]
  const all = [...(known ?? []), ...values.map((value) => cleanText(value, MAX_VALUE_CHARACTERS))]
  bag.set(keyword, all.slice(0, MAX_VALUES))
}

/** Where a line's settings go, and under which criteria. */
type Scope = { readonly bag: Bag; readonly criteria: readonly string[] }

class SshdParser {
  readonly global: Bag = new Map()
  readonly matches: { criteria: readonly string[]; bag: Bag; path: string; line: number }[] = []
  readonly files: string[] = []
  readonly problems: SshdProblem[] = []
  readonly #readInclude: ReadInclude
  readonly #including: string[] = []
  #lines = 0

  constructor(readInclude: ReadInclude) {
    this.#readInclude = readInclude
  }

  file(text: string, path: string, scope: Scope): void {
    this.files.push(path)
    this.#including.push(path)
    let current = scope
    for (const [index, line] of text.split(/\r?\n/, MAX_LINES + 1).entries()) {
      if (++this.#lines > MAX_LINES) {
        if (this.#lines === MAX_LINES + 1) this.problem(path, index + 1, `only the first ${MAX_LINES} lines were read`)
        break
      }
      current = this.#line(line, path, index + 1, scope, current)
    }
    this.#including.pop()
  }

  problem(path: string, line: number, message: string): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ path, line, message })
  }

  #line(text: string, path: string, line: number, outer: Scope, current: Scope): Scope {
    if (text.length > MAX_LINE_CHARACTERS) {
      this.problem(path, line, `a line of ${text.length} characters is not read`)
      return current
    }
    const match = /^\s*([A-Za-z0-9]+)(?:\s*=\s*|\s+|$)(.*)$/s.exec(text)
    if (match === null) {
      if (!/^\s*(#|$)/.test(text)) this.problem(path, line, 'not a setting')
      return current
    }
    const words = splitWords(match[2]!)
    const written = match[1]!.toLowerCase()
    const keyword = Object.hasOwn(aliases, written) ? aliases[written]! : written
    if (words === null || words.length === 0) {
      this.problem(path, line, words === null ? `${keyword}: a quote is not closed` : `${keyword} has no value`)
      return current
    }
    if (keyword === 'match') return this.#match(words, path, line, outer)
    if (keyword === 'include') this.#include(words, path, line, current)
    else store(current.bag, keyword, words)
    return current
  }

  #match(words: readonly string[], path: string, line: number, outer: Scope): Scope {
    // `Match all` holds for every connection, so what follows is as good as outside any block.
    if (words.length === 1 && words[0]!.toLowerCase() === 'all') return outer
    if (this.matches.length === MAX_MATCH_BLOCKS) {
      this.problem(path, line, `only the first ${MAX_MATCH_BLOCKS} Match blocks were kept`)
      return { bag: new Map(), criteria: [] }
    }
    const own = words.join(' ').split(/(?<=\S)\s+(?=(?:User|Group|Host|LocalAddress|LocalPort|RDomain|Address|Version|Invalid-User)\s)/i)
    const block = { criteria: [...outer.criteria, ...own].map((text) => cleanText(text, MAX_VALUE_CHARACTERS)), bag: new Map(), path, line }
    this.matches.push(block)
    return block
  }

  #include(patterns: readonly string[], path: string, line: number, scope: Scope): void {
    for (const pattern of patterns) {
      const absolute = pattern.startsWith('/') ? pattern : `/etc/ssh/${pattern}`
      if (this.#including.length >= MAX_INCLUDE_DEPTH) {
        this.problem(path, line, `Include is nested deeper than ${MAX_INCLUDE_DEPTH}`)
        return
      }
      for (const file of this.#readInclude(absolute)) {
        if (this.#including.includes(file.path)) this.problem(path, line, 'Include leads back to a file that is being read')
        else if (this.files.length >= MAX_INCLUDED_FILES) this.problem(path, line, `more than ${MAX_INCLUDED_FILES} files are included`)
        else this.file(file.text, file.path, scope)
      }
    }
  }
}

const settingsOf = (bag: Bag): SshdSettings => Object.fromEntries(bag)

/**
 * Reads an `sshd_config` as sshd does: the first value of a keyword wins, keywords that name several things add up, includes
 * are read where they stand, and a `Match` block lasts to the next one or the end of its file.
 */
export function parseSshdConfig(text: string, readInclude: ReadInclude, path = '/etc/ssh/sshd_config'): SshdConfig {
  const parser = new SshdParser(readInclude)
  parser.file(text, path, { bag: parser.global, criteria: [] })
  return {
    settings: settingsOf(parser.global),
    matches: parser.matches.map(({ criteria, bag, path: file, line }) => ({ criteria, settings: settingsOf(bag), path: file, line })),
    files: parser.files,
    problems: parser.problems,
  }
}
