import { isMusterError, systemClock } from '@muster/core'
import { decodedViews } from './decode/index.ts'
import { Automaton, textbookMatches, textbookRules } from './engine/textbook.ts'
import { costOf } from './engine/cost.ts'
import { MatchEngine } from './engine/matching.ts'
import { extractSecrets } from './formats/index.ts'
import { decoderSeeds, type FormatSeed, formatSeeds, keytabSeed } from './fuzz-seeds.ts'
import { FileInspector } from './inspect/index.ts'
import { defaultRules } from './rules/default.ts'
import { compileConfig } from './toml/compile.ts'

/** A reader under fuzzing: `run` returns or throws MusterError, in bounded time, whatever the bytes. */
export type FuzzTarget = { readonly name: string; readonly seeds: () => readonly Uint8Array[]; readonly run: (bytes: Uint8Array) => void }

const bytesOf = ({ text }: FormatSeed): Uint8Array => Buffer.from(text)
const decodeLimits = { maxTotalBytes: 16 * 1024 * 1024, maxViewBytes: 4 * 1024 * 1024, maxArchiveBytes: 8 * 1024 * 1024, maxViews: 2_000 }

/** Reads a file as the formats do; places must lie inside it. */
function readAs(path: string): (bytes: Uint8Array) => void {
  return (bytes) => {
    for (const { start, end, line } of extractSecrets(bytes, { path }).found) {
      if (start < 0 || start > end || end > bytes.length || line < 1) throw new Error(`a place outside the file: ${start} to ${end} of ${bytes.length}`)
    }
  }
}

/** The engine must find what the textbook algorithm finds, whatever the text. */
function engineTarget(): FuzzTarget {
  const rules = defaultRules().rules.filter(({ regex }) => regex !== null)
  const engine = new MatchEngine(rules)
  const keywords = [...new Set(rules.flatMap((rule) => rule.keywords))]
  const automaton = new Automaton(keywords)
  const reference = textbookRules(rules)
  return {
    name: 'detect-engine', seeds: () => formatSeeds().map(bytesOf),
    run: (bytes) => {
      const mine = new Set(engine.find(Buffer.from(bytes), systemClock).matches.map(({ rule, start, end }) => `${rule.id} ${start} ${end}`))
      const theirs = new Set(textbookMatches(Buffer.from(bytes), reference, automaton, keywords).map(({ ruleId, start, end }) => `${ruleId} ${start} ${end}`))
      const different = [...mine.symmetricDifference(theirs)]
      if (different.length > 0) throw new Error(`the engine and the textbook algorithm differ: ${different.slice(0, 3).join(', ')}`)
    },
  }
}

/** Patterns and rules of others: refused with a reason, or cheap. */
function rulesTarget(): FuzzTarget {
  const patterns = [String.raw`(?i)(acme)_token\s*=\s*"([a-z0-9]{16})"`, String.raw`\b(?:[A-Z2-7]{4}|x{0,3}?)[[:alpha:]]\z`, String.raw`(?P<name>[^\d-\w]+)|\Qa.b\E|\x{1F600}`, String.raw`((a+)+|[\w.]*?)$`]
  return {
    name: 'detect-rules', seeds: () => patterns.map((pattern) => Buffer.from(`[[rules]]\nid = "a"\nregex = '''${pattern}'''\nkeywords = ["a"]\nentropy = 3\n[[rules.allowlists]]\nstopwords = ["x"]\nregexes = ['''^a''']\n`)),
    run: (bytes) => {
      try {
        for (const rule of compileConfig(Buffer.from(bytes).toString('utf8')).rules) if (rule.regex !== null && costOf(rule).growth > 2.8) throw new Error('a costly rule was taken')
      } catch (error) {
        if (!isMusterError(error)) throw error
      }
    },
  }
}

/** Short values are parts of words; longer ones are blotted out wherever the line has them. */
const isSpelledOut = (value: string, context: string): boolean => value.length >= 12 && !/[^!-~]/.test(value) && context.includes(value)

/** What is found lies in the file, and no line that is shown quotes a value. */
function wholeTarget(): FuzzTarget {
  const inspector = new FileInspector(defaultRules(), { decodeLimits })
  const paths = formatSeeds().map(({ path }) => path)
  return {
    name: 'detect-whole', seeds: () => formatSeeds().map(bytesOf).concat(decoderSeeds()),
    run: (bytes) => {
      for (const { line, column, context, secret, reference } of inspector.inspect({ bytes: Buffer.from(bytes), path: paths[bytes.length % paths.length]! }).found) {
        if (line < 1 || column < 1) throw new Error(`a place outside the file: line ${line}, column ${column}`)
        if (reference === null && isSpelledOut(Buffer.from(secret.reveal()).toString('utf8'), context)) throw new Error('the context quotes the value')
      }
    },
  }
}

/** Every reader of this package: the engine, rules in the format of others, each file format, the decoders, and all together. */
export const detectFuzzTargets: readonly FuzzTarget[] = [
  engineTarget(), rulesTarget(), wholeTarget(),
  { name: 'detect-decoders', seeds: decoderSeeds, run: (bytes) => { for (const path of ['a.txt', 'a.ipynb', 'a.lzma']) for (const event of decodedViews(bytes, { path, limits: decodeLimits })) if ('view' in event && event.view.provenance.length === 0) throw new Error('a view without origin') } },
  { name: 'detect-format-keytab', seeds: () => [keytabSeed()], run: readAs('a.keytab') },
  ...formatSeeds().map(({ format, path }): FuzzTarget => ({ name: `detect-format-${format}`, seeds: () => formatSeeds().filter((seed) => seed.format === format).map(bytesOf), run: readAs(path) })),
]
