import { manualClock, type Clock } from '@muster/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileConfig } from '../toml/compile.ts'
import { defaultRules } from '../rules/default.ts'
import { drawExample } from '../rules/examples.ts'
import { sampleRegex, seededRandom } from '../regex/sample.ts'
import { defaultBudget, MatchEngine, type ScanBudget } from './matching.ts'
import { mayMatch } from './guard.testing.ts'
import { planRule } from './plan.ts'
import { Automaton, createHits, textbookMatches, textbookRules } from './textbook.ts'

const clock = manualClock('2026-01-01T00:00:00Z')
const config = (...rules: readonly { regex: string; keywords?: readonly string[] }[]) => compileConfig(
  rules.map(({ regex, keywords }, i) => `[[rules]]\nid = "r${i}"\nregex = '''${regex}'''\nkeywords = ${JSON.stringify(keywords ?? [])}`).join('\n'), { trusted: true }).rules

const small = config(
  { regex: String.raw`\b(ab[0-9]{2,4})\b`, keywords: ['ab'] }, { regex: String.raw`(?i)[\w.-]{0,5}?(?:key|tok)(?:[ .-]{0,3})=([a-z0-9]{2,})`, keywords: ['key', 'tok'] },
  { regex: '[a-c]{1,6}:x', keywords: ['c'] }, { regex: '[0-9]{3}', keywords: [] }, { regex: 'kx|xk', keywords: ['ab'] }, { regex: '(?m)^=[a-z]+$' },
)

const engines = new WeakMap<object, MatchEngine>()

function both(rules: ReturnType<typeof config>, bytes: Buffer, withBudget: ScanBudget = defaultBudget) {
  const keywords = [...new Set(rules.flatMap((rule) => rule.keywords))]
  const engine = engines.get(rules) ?? new MatchEngine(rules)
  engines.set(rules, engine)
  const mine = engine.find(bytes, clock, withBudget).matches.map(({ rule, start, end }) => `${rule.id} ${start} ${end}`).sort()
  const reference = textbookMatches(bytes, textbookRules(rules), new Automaton(keywords), keywords).map(({ ruleId, start, end }) => `${ruleId} ${start} ${end}`).sort()
  return { mine, reference }
}

function occurrences(patterns: readonly string[], text: string): { readonly pattern: number; readonly end: number }[] {
  const automaton = new Automaton(patterns)
  const hits = createHits()
  automaton.find(Buffer.from(text), 0, text.length, hits)
  return Array.from({ length: hits.count }, (_, i) => [...automaton.patternsOf(hits.states[i]!)].map((pattern) => ({ pattern, end: hits.ends[i]! }))).flat()
}

describe('the automaton', () => {
  it('finds every occurrence of every pattern, in either case', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '-'), minLength: 1, maxLength: 4 })
    fc.assert(fc.property(fc.uniqueArray(word, { minLength: 1, maxLength: 6 }), fc.string({ unit: fc.constantFrom('a', 'B', 'c', '-', 'x'), maxLength: 40 }), (patterns, text) => {
      const found = occurrences(patterns, text).map(({ pattern, end }) => `${pattern} ${end}`).sort()
      const lower = text.toLowerCase()
      const expected = patterns.flatMap((pattern, index) => Array.from(lower, (_, at) => at).filter((at) => lower.startsWith(pattern, at)).map((at) => `${index} ${at + pattern.length}`)).sort()
      expect(found).toEqual(expected)
    }))
  })

  it('holds more states than 16 bits can number', () => {
    const patterns = Array.from({ length: 9_000 }, (_, i) => `${i}zyxwv${i * 7919 % 10_007}`)
    expect(occurrences(patterns, `..${patterns[8_999]}..${patterns[0]}`).map(({ pattern }) => pattern)).toEqual(expect.arrayContaining([8_999, 0]))
  })
})

describe('the guard of a pattern', () => {
  it('lets every match of every rule pass', () => {
    const random = seededRandom(7)
    for (const rule of defaultRules().rules) {
      if (rule.regex === null) continue
      const { body, guard } = planRule(rule)
      if (guard === null) continue
      for (let i = 0; i < 20; i++) expect(mayMatch(guard, Buffer.from(sampleRegex(body, random), 'latin1'), 0), rule.id).toBe(true)
    }
  })

  it('turns away what differs in its first bytes or stands within a word', () => {
    const { guard } = planRule(config({ regex: String.raw`\b(SK[0-9a-f]{4,8})`, keywords: ['sk'] })[0]!)
    const told = ['SK00ff', 'sk00ff', 'SK0zff', 'xSK00ff', '-SK00ff'].map((text) => mayMatch(guard!, Buffer.from(text), text.indexOf(text.includes('SK') ? 'SK' : 'sk')))
    expect(told).toEqual([true, false, false, false, true])
  })

  it('knows nothing behind the end of a short match', () => {
    const { guard } = planRule(config({ regex: 'ab(?:c|dd)?', keywords: ['ab'] })[0]!)
    expect(['ab', 'abx', 'abcx', 'abd', 'b'].map((text) => mayMatch(guard!, Buffer.from(text), 0))).toEqual([true, true, true, true, false])
  })
})

describe('the engine', () => {
  it('finds what the textbook algorithm finds, on random text', () => {
    expect(small.map((rule) => planRule(rule).strategy)).toEqual(expect.arrayContaining(['sticky', 'window', 'whole']))
    const text = fc.array(fc.constantFrom('ab', 'a', 'b', 'c', '1', '22', '=', 'key', 'TOK', ':x', ' ', '.', '-', '\n', 'kx', 'xk', '_', 'é'), { maxLength: 40 }).map((parts) => parts.join(''))
    fc.assert(fc.property(text, (sample) => {
      const { mine, reference } = both(small, Buffer.from(sample))
      expect(mine).toEqual(reference)
    }), { numRuns: 1_000 })
  })

  it('finds what the textbook algorithm finds where little stands far apart', () => {
    const anchored = small.filter((rule) => planRule(rule).strategy !== 'whole')
    const gap = fc.constantFrom('', ' ', '-'.repeat(60), '\n'.repeat(400), '%'.repeat(3_000))
    const word = fc.constantFrom('ab12', 'ab', 'key=a1', '.-TOK =22', 'abc:x', 'c:x', 'kx', 'xk', 'ab123ab45', 'k', '')
    fc.assert(fc.property(fc.array(fc.tuple(gap, word), { maxLength: 8 }), (parts) => {
      const { mine, reference } = both(anchored, Buffer.from(parts.map(([apart, text]) => apart + text).join('')))
      expect(mine).toEqual(reference)
    }), { numRuns: 1_000 })
  })

  it('finds what the textbook algorithm finds with all our rules in one text', () => {
    const random = seededRandom(11)
    const { rules } = defaultRules()
    const lines = Array.from({ length: 3 }, () => rules.flatMap(({ examples }) => [...examples.matches, ...examples.others])).flat().map((template) => drawExample(template, random))
    const { mine, reference } = both(rules, Buffer.from(lines.join('\n')))
    expect(reference.length).toBeGreaterThan(rules.length)
    expect(mine).toEqual(reference)
  })

  it('finds what lies across the borders of its chunks once, just before, on and just after each', () => {
    const rules = config({ regex: String.raw`\btok_[a-z0-9]{20}\b`, keywords: ['tok_'] }, { regex: String.raw`[a-f]{1,9}:here`, keywords: ['here'] })
    for (const border of [1024 * 1024, 2 * 1024 * 1024]) {
      for (const shift of [-24, -23, -4, -1, 0, 1]) {
        const bytes = Buffer.alloc(2 * 1024 * 1024 + 4_096, ' ')
        bytes.write('tok_0123456789abcdefghij', border + shift)
        bytes.write('abcdef:here', border + shift + 30)
        const { mine, reference } = both(rules, bytes)
        expect(reference).toHaveLength(2)
        expect(mine, `${border} ${shift}`).toEqual(reference)
      }
    }
  })

  it('tries none of our rules on whole texts: each has something to start from', () => {
    expect(defaultRules().rules.filter((rule) => rule.regex !== null && planRule(rule).strategy === 'whole').map(({ id }) => id)).toEqual([])
  })

  it('counts a keyword anywhere in the file, far from the match', () => {
    const rules = config({ regex: 'needle[0-9]', keywords: ['haystack'] })
    const bytes = Buffer.alloc(3 * 1024 * 1024, ' ')
    bytes.write('needle7', 100)
    expect(both(rules, bytes).mine).toEqual([])
    bytes.write('HayStack', bytes.length - 8)
    const { mine, reference } = both(rules, bytes)
    expect(mine).toEqual(['r0 100 107'])
    expect(mine).toEqual(reference)
  })

  it('keeps to its budgets and says which one ended the work', () => {
    const rules = config({ regex: 'ab[0-9]', keywords: ['ab'] })
    const engine = new MatchEngine(rules)
    const bytes = Buffer.from('ab1 '.repeat(100_000))
    for (const [maxMatches, shortfall] of [[99_999, 'matches'], [100_000, null], [100_001, null]] as const) {
      const result = engine.find(bytes, clock, { ...defaultBudget, maxMatches, maxMatchesOfRule: maxMatches })
      expect([result.matches.length, result.shortfall]).toEqual([Math.min(maxMatches, 100_000), shortfall])
    }
    expect(engine.find(bytes, clock, { ...defaultBudget, maxMatches: 1_000_000, maxMatchesOfRule: 1_000_000, maxBytes: 400 })).toMatchObject({ shortfall: 'bytes', matches: { length: 100 } })
    let readings = 0
    const hasty: Clock = { now: () => new Date(readings++ * 60) }
    const late = engine.find(bytes, hasty, { maxBytes: 1e9, maxMatches: 1e9, maxMilliseconds: 100 })
    expect(late.shortfall).toBe('time')
    expect(late.matches.length).toBeLessThan(100_000)
  })
})

describe('the cost test', () => {
  it('takes two lazy names before a keyword for one, with the groups where they were', () => {
    const [rule] = config({ regex: String.raw`[\w.-]{0,5}?(?i:[\w.-]{0,5}?(acme))=([a-z]{4})`, keywords: ['acme'] })
    expect(planRule(rule!)).toMatchObject({ strategy: 'sticky', prefix: { max: 10 } })
    const text = 'xx.my_own-AcMe=abcd 123456789012345acme=wxyz'
    const { mine, reference } = both([rule!], Buffer.from(text))
    expect(mine).toEqual(reference)
    const { matches } = new MatchEngine([{ ...rule!, secretGroup: 2 }]).find(Buffer.from(text), clock)
    expect(matches.map(({ secretStart, secretEnd }) => text.slice(secretStart, secretEnd))).toEqual(['abcd', 'wxyz'])
  })

  it.each([
    String.raw`(a*)*b`, String.raw`(a|a)*b`, String.raw`(?:a+){2,40}b`, String.raw`([a-zA-Z0-9]+\s?)*$tok`, String.raw`tok.*.*.*=`, String.raw`\bcurl\b.*(?:[\r\n]{1,2}.*){1,5}[ \t]-u[ \t](\S+):x`, String.raw`tok(?:.|\s)*?(?:.|\s)*?!`, String.raw`(?:(?:(?:tok)?)*)*x`,
    String.raw`tok(\w+\d+)+=`, String.raw`[^"]*"tok[^"]*"[^"]*;`, String.raw`tok(?:a?){50}a{50}`,
  ])('%s is refused, like all that make other scanners hang', (regex) => {
    expect(() => compileConfig(`[[rules]]\nid = "slow"\nregex = '''${regex}'''`)).toThrowError(/the rule slow: a hostile file/)
  })

  it.each([String.raw`tok(?:[a-z]+)+!`, String.raw`tok(?:\w|[a-z])*!`, String.raw`\w+@\w+!`, String.raw`[a-z ]*key[a-z ]*=[a-z ]*;`, String.raw`tok[a-z]{0,900}[a-z]{0,900}[0-9]`])('%s is refused, by the id of its rule', (regex) => {
    expect(() => compileConfig(`[[rules]]\nid = "slow"\nregex = '''${regex}'''`)).toThrowError(/the rule slow: a hostile file/)
  })

  it.each([String.raw`\btok_[a-z]{40}\b`, String.raw`(?i)[\w.-]{0,50}?(?:adobe)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-f0-9]{32})(?:[\x60'"\s;]|\\[nr]|$)`, '[a-z]{8}'])('%s is taken', (regex) => {
    expect(compileConfig(`[[rules]]\nid = "fine"\nregex = '''${regex}'''`).rules).toHaveLength(1)
  })
})
