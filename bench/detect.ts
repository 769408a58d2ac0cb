/**
 * Secrets in a source tree, by the engine and by the textbook algorithm (keyword pass, then each rule's pattern on the whole file), on the same buffers with
 * the same rules in the same run and runtime, by CPU time. Two sets of rules: ours, whose keywords are rare and begin the pattern, and one in the form users'
 * configurations mostly have: a name that is a common word, somewhere after an identifier, an operator, a value. The text is what lies on this machine: our own sources and the installed packages, with
 * drawn credentials planted so that every rule has work. Both must find exactly the same matches. ripgrep counting the rules' keywords on the same files,
 * one thread, reading them itself, is the second reference.
 *
 * `node bench/detect.ts [megabytes]`: how much text the engine is measured on (32); the textbook algorithm gets every eighth file of it.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '@muster/core'
import { Automaton, compileConfig, createHits, defaultRules, MatchEngine, type Rule, textbookMatches, textbookRules } from '@muster/detect'
import { seededRandom } from '../packages/detect/src/regex/sample.ts'
import { drawExample } from '../packages/detect/src/rules/examples.ts'
import { measureCommand, round } from './loopback.ts'

const ROUNDS = 3
const TEXTBOOK_SHARE = 8
const MAX_FILE_BYTES = 2 * 1024 * 1024
const root = fileURLToPath(new URL('..', import.meta.url))
const kinds = /\.(?:ts|tsx|js|mjs|cjs|json|ya?ml|md|css|html)$/
const budget = { maxBytes: 1e9, maxMilliseconds: 600_000, maxMatches: 1e6 }

export type DetectResult = {
  readonly bench: 'detect'
  readonly files: number
  readonly megabytes: number
  readonly rules: number
  readonly matches: number
  readonly engineMegabytesPerCpuSecond: number
  /** The textbook's pass for keywords alone. */
  readonly keywordPassMegabytesPerCpuSecond: number
  readonly textbookMegabytesPerCpuSecond: number
  /** Engine over textbook on the same share of the files, with our rules. */
  readonly ratio: number
  readonly usersRules: number
  readonly usersEngineMegabytesPerCpuSecond: number
  readonly usersTextbookMegabytesPerCpuSecond: number
  /** The same with rules of the users' form. The claim: at least 15. */
  readonly usersRatio: number
  readonly ripgrepMegabytesPerCpuSecond: number
  /** Matches that only one of the two reports, with either set; the claim: none. */
  readonly different: number
}

/** Source files up to `maxBytes` in total, each folder's in turn, so that no package fills the mix. */
function collect(maxBytes: number): { readonly files: readonly Buffer[]; readonly bytes: number } {
  const queue = [join(root, 'packages'), join(root, 'node_modules')]
  const files: Buffer[] = []
  let bytes = 0
  for (let head = 0; head < queue.length && bytes < maxBytes; head++) {
    for (const entry of readdirSync(queue[head]!, { withFileTypes: true })) {
      const path = join(queue[head]!, entry.name)
      if (entry.isDirectory()) queue.push(path)
      else if (entry.isFile() && kinds.test(entry.name) && bytes < maxBytes) {
        const content = readFileSync(path)
        if (content.length > MAX_FILE_BYTES) continue
        files.push(content)
        bytes += content.length
      }
    }
  }
  return { files, bytes }
}

function planted(files: readonly Buffer[]): Buffer[] {
  const random = seededRandom(42)
  const templates = defaultRules().rules.flatMap(({ examples }) => [...examples.matches, ...examples.others])
  return files.map((file, i) => i % 4 === 0 ? Buffer.concat([file, Buffer.from(`\n${drawExample(templates[(i / 4) % templates.length]!, random)}\n`)]) : file)
}

function cpuOf(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

const megabytesOf = (files: readonly Buffer[]) => files.reduce((sum, { length }) => sum + length, 0) / 1e6
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!

async function ripgrepCpu(files: readonly Buffer[], keywords: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-bench-'))
  try {
    for (const [i, file] of files.entries()) writeFileSync(join(folder, `${i}.txt`), file)
    const list = join(folder, 'keywords')
    writeFileSync(list, keywords.join('\n'))
    const command = ['rg', '-F', '-i', '--count-matches', '--no-ignore', '--text', '-j', '1', '--glob', '*.txt', '-f', list, folder]
    await measureCommand(command)
    return (await measureCommand(command)).cpuSeconds
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const services = (
  'adobe airtable algolia amplitude asana atlassian auth azure beamer bitbucket box buildkite circle cloudflare codecov contentful coinbase confluent databricks datadog discord docker dropbox '
  + 'elastic etsy facebook fastly figma finicity firebase flickr github gitlab gitter google grafana hashicorp heroku hubspot intercom jira kafka kraken kubernetes linear linkedin lob mailgun mapbox '
  + 'mattermost message netlify newrelic notion npm nytimes okta open openai pagerduty plaid planet prefect pulumi pypi rapid readme redis ruby salesforce sentry shopify slack snyk sonar square '
  + 'squarespace stripe sumo supabase telegram travis trello twilio twitch twitter typeform vault vercel yandex zendesk'
).split(' ')

/** One rule per service, and the one for any secret, in the form that is commonest in configurations. */
function usersRules(): readonly Rule[] {
  const form = (names: string, value: string) => String.raw`(?i)[\w.-]{0,50}?(?:${names})(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=>|:=|=|:|,)[\x60'"\s=]{0,5}(${value})(?:[\x60'"\s;]|\\[nr]|$)`
  const toml = (id: string, names: readonly string[], value: string) => `[[rules]]\nid = "${id}"\nregex = '''${form(names.join('|'), value)}'''\nkeywords = ${JSON.stringify(names)}\n`
  const any = ['access', 'api', 'auth', 'credential', 'key', 'password', 'secret', 'token']
  return compileConfig([...services.map((name, i) => toml(name, [name], `[a-z0-9]{${[20, 32, 40, 64][i % 4]}}`)), toml('any', any, '[\\w.=-]{10,150}')].join('\n'), { trusted: true }).rules
}

type Comparison = { readonly engine: number; readonly textbook: number; readonly ratio: number; readonly matches: number; readonly different: number }

/** Megabytes per CPU-second of both on the same share, of the engine on everything, and how many matches only one reports. */
function compare(rules: readonly Rule[], files: readonly Buffer[]): Comparison {
  const share = files.filter((_, i) => i % TEXTBOOK_SHARE === 0)
  const engine = new MatchEngine(rules)
  const keywords = [...new Set(rules.flatMap((rule) => rule.keywords))]
  const automaton = new Automaton(keywords)
  const reference = textbookRules(rules)
  const mine = share.map((file) => engine.find(file, systemClock, budget).matches.map(({ rule, start, end }) => `${rule.id} ${start} ${end}`))
  const theirs: string[][] = []
  const textbookSeconds = cpuOf(() => {
    for (const file of share) theirs.push(textbookMatches(file, reference, automaton, keywords).map(({ ruleId, start, end }) => `${ruleId} ${start} ${end}`))
  })
  let matches = 0
  const rounds = Array.from({ length: ROUNDS }, () => {
    matches = 0
    return {
      whole: cpuOf(() => { for (const file of files) matches += engine.find(file, systemClock, budget).matches.length }),
      part: cpuOf(() => { for (const file of share) engine.find(file, systemClock, budget) }),
    }
  })
  return {
    matches, different: mine.reduce((sum, found, i) => sum + new Set(found).symmetricDifference(new Set(theirs[i])).size, 0),
    engine: round(megabytesOf(files) / median(rounds.map(({ whole }) => whole))), textbook: round(megabytesOf(share) / textbookSeconds, 1),
    ratio: round(textbookSeconds / median(rounds.map(({ part }) => part)), 1),
  }
}

export async function run(megabytes = 32): Promise<DetectResult> {
  const files = planted(collect(megabytes * 1e6).files)
  const { rules } = defaultRules()
  const theirs = usersRules()
  const keywords = [...new Set(rules.flatMap((rule) => rule.keywords))]
  const automaton = new Automaton(keywords)
  const hits = createHits()
  const passSeconds = median(Array.from({ length: ROUNDS }, () => cpuOf(() => { for (const file of files) { hits.count = 0; automaton.find(file, 0, file.length, hits) } })))
  const ours = compare(rules, files)
  const users = compare(theirs, files)
  const size = megabytesOf(files)
  return {
    bench: 'detect', files: files.length, megabytes: round(size), rules: rules.length, matches: ours.matches, different: ours.different + users.different,
    engineMegabytesPerCpuSecond: ours.engine, keywordPassMegabytesPerCpuSecond: round(size / passSeconds), textbookMegabytesPerCpuSecond: ours.textbook, ratio: ours.ratio,
    usersRules: theirs.length, usersEngineMegabytesPerCpuSecond: users.engine, usersTextbookMegabytesPerCpuSecond: users.textbook, usersRatio: users.ratio,
    ripgrepMegabytesPerCpuSecond: round(size / await ripgrepCpu(files, keywords)),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(`${JSON.stringify(await run(Number(process.argv[2] ?? 32)))}\n`)
