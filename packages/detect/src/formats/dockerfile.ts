import type { Format } from './input.ts'
import { linesOf } from './pairs.ts'
import { addSetting } from './settings.ts'

const id = 'dockerfile'
const MAX_WORDS = 2000

/** Dockerfile `ENV` and `ARG`: literals that stay in the image's history, whatever a later line removes; secret mounts. */
export const dockerfileFormat: Format = {
  id,
  matches: (input) => /^(?:dockerfile|containerfile)(?:$|[._-])|\.(?:dockerfile|containerfile)$/.test(input.name),
  extract: (input, into) => {
    let keyword: string | null = null
    let escape = '\\'
    for (const { line, start } of linesOf(input.text)) {
      const directive = /^#\s{0,8}escape\s{0,8}=\s{0,8}([`\\])/i.exec(line)
      if (directive !== null) escape = directive[1]!
      if (/^\s*#/.test(line)) continue
      const instruction: RegExpExecArray | null = keyword === null ? /^\s{0,64}(ENV|ARG|RUN)\s+/i.exec(line) : null
      if (instruction !== null) keyword = instruction[1]!.toUpperCase()
      const from = instruction === null ? 0 : instruction[0].length
      if (keyword === 'ENV' || keyword === 'ARG') for (const word of assignmentsOf(line, from, keyword)) addSetting(into, id, word.name, { ...word, start: start + word.start, end: start + word.end }, { instruction: keyword })
      if (keyword === 'RUN') {
        for (const mount of line.matchAll(/--mount=type=secret,(?:[\w=/.,-]{0,256},)?id=([\w.-]{1,128})/g)) {
          const at = start + mount.index + mount[0].length - mount[1]!.length
          into.add(id, { secretType: 'build-secret', value: mount[1]!, start: at, end: at + mount[1]!.length, reference: { kind: 'build-secret', name: mount[1]! } })
        }
      }
      if (!line.trimEnd().endsWith(escape)) keyword = null
    }
  },
}

type Word = { readonly name: string; readonly text: string; readonly start: number; readonly end: number }

/** `NAME=value` words of an instruction, quotes resolved; the old `ENV NAME value` form takes the rest of the line. */
function assignmentsOf(line: string, from: number, keyword: string): readonly Word[] {
  const words: Word[] = []
  const pattern = /([A-Za-z_]\w{0,255})=("(?:[^"\\]|\\.)*"|'[^']*'|(?:[^\s\\"']|\\.)*)/gy
  pattern.lastIndex = from
  for (;;) {
    while (line[pattern.lastIndex] === ' ' || line[pattern.lastIndex] === '\t') pattern.lastIndex++
    const at = pattern.lastIndex
    const match = pattern.exec(line)
    if (match === null || words.length >= MAX_WORDS) {
      const old = words.length === 0 && keyword === 'ENV' && at === from ? /^([A-Za-z_]\w{0,255})[ \t]+([^ \t=].*)$/.exec(line.slice(from)) : null
      if (old !== null) words.push({ name: old[1]!, text: old[2]!, start: line.length - old[2]!.length, end: line.length })
      return words
    }
    const raw = match[2]!
    const quoted = raw.startsWith('"') || raw.startsWith("'")
    const text = quoted ? raw.slice(1, -1) : raw
    const start = at + match[1]!.length + 1 + (quoted ? 1 : 0)
    words.push({ name: match[1]!, text: text.replaceAll(/\\(.)/g, '$1'), start, end: start + text.length })
  }
}
