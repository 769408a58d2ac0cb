/** A word of a command with its quotes undone. What only a run can tell stands as `${…}`. */
export type Word = { readonly text: string; readonly start: number; readonly end: number }

/** A simple command. `document` is what a here-document gives it, `output` the file it writes to. */
export type Command = { readonly words: readonly Word[]; readonly document: Word | null; readonly output: string | null }

const MAX_DEPTH = 8
const MAX_COMMANDS = 200_000
const COMPUTED = '${computed}'

/** The simple commands of a POSIX shell script as far as its text tells, those within `$(…)` among them. Of a text that breaks off, what stands before counts. */
export function shellCommands(text: string): readonly Command[] {
  const into: Command[] = []
  new ShellReader(text, 0, text.length, into, 0).read()
  return into
}

type Pending = { readonly delimiter: string; readonly isRaw: boolean; readonly isIndented: boolean; readonly command: number }

class ShellReader {
  readonly #text: string
  readonly #end: number
  readonly #into: Command[]
  readonly #depth: number
  #pos: number
  #words: Word[] = []
  #word: string | null = null
  #wordStart = 0
  #output: string | null = null
  /** What the next word is, instead of one of the command. */
  #next: 'output' | 'nothing' | null = null
  #pending: Pending[] = []

  constructor(text: string, start: number, end: number, into: Command[], depth: number) {
    this.#text = text
    this.#pos = start
    this.#end = end
    this.#into = into
    this.#depth = depth
  }

  read(): void {
    while (this.#pos < this.#end && this.#into.length < MAX_COMMANDS) this.#step(this.#text[this.#pos]!)
    this.#endCommand()
  }

  #step(char: string): void {
    if (char === '\n') return this.#endLine()
    if (char === ' ' || char === '\t' || char === '\r') { this.#endWord(); this.#pos++; return }
    if (char === '#' && this.#word === null) { this.#pos = this.#until('\n', this.#pos); return }
    if (';&|()'.includes(char)) { this.#endCommand(); this.#pos++; return }
    if (char === '>' || char === '<') return this.#redirect(char)
    this.#word ??= (this.#wordStart = this.#pos, '')
    if (char === '\\') return this.#escaped()
    if (char === "'") { const end = this.#until("'", this.#pos + 1); this.#word += this.#text.slice(this.#pos + 1, end); this.#pos = end + 1; return }
    if (char === '"') return this.#doubleQuoted()
    if (char === '$' || char === '`') { this.#word += this.#expansion(); return }
    this.#word += char
    this.#pos++
  }

  #escaped(): void {
    const next = this.#text[this.#pos + 1] ?? ''
    if (next === '\n' || (next === '\r' && this.#text[this.#pos + 2] === '\n')) {
      if (this.#word === '') this.#word = null
      this.#pos += next === '\n' ? 2 : 3
      return
    }
    this.#word += next
    this.#pos += 2
  }

  #doubleQuoted(): void {
    this.#pos++
    while (this.#pos < this.#end) {
      const char = this.#text[this.#pos]!
      if (char === '"') { this.#pos++; return }
      if (char === '$' || char === '`') this.#word += this.#expansion()
      else if (char === '\\' && '"\\$`\n'.includes(this.#text[this.#pos + 1] ?? ' ')) { this.#word += this.#text[this.#pos + 1] === '\n' ? '' : this.#text[this.#pos + 1]!; this.#pos += 2 }
      else { this.#word += char; this.#pos++ }
    }
  }

  /** What stands for a parameter, a command's output or a number, once it runs. Commands within are read as well. */
  #expansion(): string {
    const start = this.#pos
    if (this.#text[start] === '`') { this.#pos = this.#until('`', start + 1) + 1; this.#within(start + 1, this.#pos - 1); return COMPUTED }
    const next = this.#text[start + 1] ?? ''
    if (next === "'") { const end = this.#until("'", start + 2); this.#pos = end + 1; return this.#text.slice(start + 2, end) }
    if (next === '(') { this.#pos = this.#closing(start + 1, '(', ')'); this.#within(start + 2, this.#pos - 1); return COMPUTED }
    if (next === '{') { this.#pos = this.#closing(start + 1, '{', '}'); return `\${${/^[\w]{1,64}/.exec(this.#text.slice(start + 2, start + 66))?.[0] ?? 'computed'}}` }
    const name = /^\w{1,64}/.exec(this.#text.slice(start + 1, start + 65))?.[0]
    this.#pos = start + 1 + (name?.length ?? 0)
    return name === undefined ? '$' : `\${${name}}`
  }

  #within(start: number, end: number): void {
    if (this.#depth < MAX_DEPTH) new ShellReader(this.#text, start, end, this.#into, this.#depth + 1).read()
  }

  /** Behind the bracket that closes the one at `at`; quotes within are stepped over. */
  #closing(at: number, open: string, close: string): number {
    let depth = 0
    for (let pos = at; pos < this.#end; pos++) {
      const char = this.#text[pos]!
      if (char === '\\') pos++
      else if (char === "'" && open === '(') pos = this.#until("'", pos + 1)
      else if (char === open) depth++
      else if (char === close && --depth === 0) return pos + 1
    }
    return this.#end
  }

  #redirect(char: string): void {
    const here = /^<<(-?)[ \t]{0,64}(?:'([^'\n]{1,64})'|"([^"\n]{1,64})"|\\?([\w.-]{1,64}))/.exec(this.#text.slice(this.#pos, this.#pos + 140))
    if (char === '<' && here !== null) {
      this.#endWord()
      this.#pending.push({ delimiter: here[2] ?? here[3] ?? here[4]!, isRaw: here[4] === undefined || here[0].includes('\\'), isIndented: here[1] === '-', command: this.#into.length })
      this.#pos += here[0].length
      return
    }
    // The number of a descriptor is no word.
    if (this.#word !== null && /^\d$/.test(this.#word)) this.#word = null
    this.#endWord()
    this.#next = char === '>' ? 'output' : 'nothing'
    while (this.#pos < this.#end && '<>&|'.includes(this.#text[this.#pos]!)) this.#pos++
  }

  #endWord(): void {
    if (this.#word === null) return
    if (this.#next === 'output') this.#output = this.#word
    else if (this.#next === null) this.#words.push({ text: this.#word, start: this.#wordStart, end: this.#pos })
    this.#next = null
    this.#word = null
  }

  #endCommand(): void {
    this.#endWord()
    this.#next = null
    if (this.#words.length > 0) this.#into.push({ words: this.#words, document: null, output: this.#output })
    this.#words = []
    this.#output = null
  }

  #endLine(): void {
    this.#endCommand()
    this.#pos++
    for (const pending of this.#pending.splice(0)) this.#hereDocument(pending)
  }

  #hereDocument({ delimiter, isRaw, isIndented, command }: Pending): void {
    const start = this.#pos
    for (let line = start; line < this.#end;) {
      const end = this.#until('\n', line)
      const text = this.#text.slice(line, end).replace(/\r$/, '')
      if ((isIndented ? text.replace(/^\t+/, '') : text) === delimiter) {
        this.#give(command, start, line, isRaw)
        this.#pos = end + 1
        return
      }
      line = end + 1
    }
    // Without its end it takes the rest, as a shell has it.
    this.#give(command, start, this.#end, isRaw)
    this.#pos = this.#end
  }

  #give(command: number, start: number, end: number, isRaw: boolean): void {
    const given = this.#into[command]
    if (given === undefined) return
    const body = this.#text.slice(start, end)
    this.#into[command] = { ...given, document: { text: isRaw ? body : body.replaceAll(/\\\$|\$(?:\([^)\n]{0,400}\)|\{(\w{1,64})[^}\n]{0,64}\}|(\w{1,64}))/g, (all, ...[braced, bare]: (string | undefined)[]) => (all === '\\$' ? '$' : `\${${braced ?? bare ?? 'computed'}}`)), start, end } }
  }

  #until(needle: string, from: number): number {
    const at = this.#text.indexOf(needle, from)
    return at < 0 || at > this.#end ? this.#end : at
  }
}
