import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleRegex, seededRandom } from '../regex/sample.ts'
import { defaultRules } from '../rules/default.ts'
import { compileConfig } from '../toml/compile.ts'
import { automatonTables } from './automaton.ts'
import { mayMatch } from './guard.testing.ts'
import { BLOCK_BYTES, SIEVE_ACCEPTS, SIEVE_REJECTS } from './kernel-code.ts'
import { type KernelEntry, kernelTables, SearchKernel } from './kernel.ts'
import { planRule } from './plan.ts'
import { sieveOf } from './sieve.ts'
import { Automaton, createHits } from './textbook.ts'

const planOf = (regex: string) => planRule(compileConfig(`[[rules]]\nid = "r"\nregex = '''${regex}'''`, { trusted: true }).rules[0]!)

function kernelOf(patterns: readonly string[], entries: readonly (readonly KernelEntry[])[], ids: number, flags = 1): SearchKernel {
  return new SearchKernel(kernelTables(automatonTables(patterns), entries, { ids, flags }))
}

/** `id offset` of each place in `from` ≤ offset < `to`, in the kernel's order. */
function placesOf(kernel: SearchKernel, bytes: Uint8Array, from = 0, to = bytes.length): string[] {
  const found: string[] = []
  for (let at = from; at < to; at += BLOCK_BYTES) {
    kernel.look(bytes, at, Math.min(to, at + BLOCK_BYTES))
    for (let count = kernel.next(); count > 0; count = kernel.next()) {
      for (let i = 0; i < count; i++) found.push(`${kernel.places[2 * i]} ${kernel.places[2 * i + 1]! + kernel.shift}`)
    }
  }
  return found
}

/** The same by the automaton and guards byte by byte. */
function reference(patterns: readonly string[], entries: readonly (readonly KernelEntry[])[], bytes: Uint8Array): string[] {
  const automaton = new Automaton(patterns)
  const hits = createHits()
  automaton.find(bytes, 0, bytes.length, hits)
  return Array.from({ length: hits.count }, (_, i) => [...automaton.patternsOf(hits.states[i]!)].flatMap((pattern) => entries[pattern]!.flatMap((entry) => {
    const anchor = hits.ends[i]! - patterns[pattern]!.length
    return 'id' in entry && (entry.guard === null || mayMatch(entry.guard, bytes, anchor - entry.lo)) ? [`${entry.id} ${anchor}`] : []
  }))).flat()
}

/** Whether `sieve` lets `text` through, where it begins. */
function passes(sieve: Uint16Array, text: string): boolean {
  const columns = new Uint8Array(sieve.buffer, 0, 256)
  let state = 0
  for (let at = 0; at < text.length && state < SIEVE_ACCEPTS; at++) state = sieve[128 + (state + columns[text.charCodeAt(at)]!) / 2]!
  return state !== SIEVE_REJECTS
}

describe('the kernel', () => {
  const plans = [String.raw`\bab[0-9]{2}`, '[xyz]ab-?c', 'b-[a-z0-9]*=', 'ca', '(?i)ab9'].map(planOf)
  const patterns = [...new Set(plans.flatMap(({ anchors }) => anchors)), 'c-']
  const entries = patterns.map((text): KernelEntry[] => [...plans.flatMap(({ anchors, lo, guard }, id) => (anchors.includes(text) ? [{ id, lo, guard }] : [])), ...text === 'c-' ? [{ flag: 0 }, { id: plans.length, lo: 0, guard: null }] : []])

  it('finds the places that automaton and guards let through, in short texts and in those that it goes through in several stretches at once', () => {
    const text = fc.array(fc.constantFrom('ab', 'AB', '1', '99', 'x', 'c', '-', '=', ' ', '\n', 'ca', '.'.repeat(50), '\0', 'é'), { maxLength: 60 }).map((parts) => Buffer.from(parts.join('')))
    const kernel = kernelOf(patterns, entries, plans.length + 1)
    fc.assert(fc.property(text, fc.integer({ min: 1, max: 30 }), (part, times) => {
      const bytes = Buffer.concat(Array.from({ length: times }, () => part))
      kernel.clearFlags()
      expect(placesOf(kernel, bytes)).toEqual(reference(patterns, entries, bytes))
      expect(kernel.flags[0] === 1).toBe(bytes.includes('c-') || bytes.includes('C-'))
    }), { numRuns: 500 })
  })

  it('finds each place once across the borders of blocks, and goes on where more are found than it has room for', () => {
    const kernel = kernelOf(patterns, entries, plans.length + 1)
    for (const shift of [-5, -4, -2, -1, 0, 1]) {
      const bytes = Buffer.alloc(2 * BLOCK_BYTES + 10, '.')
      bytes.write(' ab12 xabc', BLOCK_BYTES + shift)
      const found = placesOf(kernel, bytes)
      expect(found).toEqual(reference(patterns, entries, bytes))
      expect(found).toHaveLength(2)
      expect(placesOf(kernel, bytes, BLOCK_BYTES + shift + 2)).toEqual(found.slice(1))
    }
    const crowded = Buffer.from('ca'.repeat(3 * BLOCK_BYTES))
    expect(placesOf(kernel, crowded)).toHaveLength(3 * BLOCK_BYTES)
  })

  it('takes patterns of more classes than a byte can multiply, and of great length', () => {
    const many = [...Array.from({ length: 120 }, (_, i) => String.fromCharCode(0x80 + i, 0x21 + (i % 60))), 'q'.repeat(500)]
    const all = many.map((_, id): KernelEntry[] => [{ id, lo: 0, guard: null }])
    const bytes = Buffer.from(`..${many.join('.')}${many.toReversed().join('')}`.repeat(3), 'latin1')
    expect(placesOf(kernelOf(many, all, many.length), bytes)).toEqual(reference(many, all, bytes))
  })

  it('turns away by a sieve what a guard cannot, and keeps to the room for sieves', () => {
    const plan = planOf('key[a-z]{0,30}=[0-9]{4}')
    const kernel = kernelOf(plan.anchors, [[{ id: 0, lo: 0, guard: plan.guard }]], 1)
    const bytes = Buffer.from('keyabcdefghijklmnop=12x4 keyabcdefghijklmnop=1234 keyabcdefghijklmnop;')
    expect(placesOf(kernel, bytes)).toHaveLength(3)
    const sieve = sieveOf(plan.body)!
    expect(kernel.refine(0, sieve)).toBe(true)
    expect(placesOf(kernel, bytes)).toEqual(['0 25'])
    while (kernel.refine(0, sieve));
    expect(placesOf(kernel, bytes)).toEqual(['0 25'])
  })
})

describe('the sieve of a pattern', () => {
  it('lets every match of every rule pass, whatever follows', () => {
    const random = seededRandom(13)
    for (const rule of defaultRules().rules) {
      if (rule.regex === null) continue
      const { body } = planRule(rule)
      const sieve = sieveOf(body)
      if (sieve !== null) for (let i = 0; i < 20; i++) expect(passes(sieve, sampleRegex(body, random) + sampleRegex(body, random)), rule.id).toBe(true)
    }
  })

  it('lets pass what the pattern matches, on random patterns and texts', () => {
    const atom = fc.constantFrom('a', 'b', '[ab]', '.', '(?:ab|c)', '(?:a|)', String.raw`\b`, '$', '(?i:A)')
    const pattern = fc.array(fc.tuple(atom, fc.constantFrom('', '?', '*', '+', '{2}', '{0,3}', '{2,30}', '{26,40}')), { minLength: 1, maxLength: 6 })
      .map((parts) => parts.map(([what, times]) => (/^(?:\\b|\$)$/.test(what) ? what : what + times)).join(''))
    fc.assert(fc.property(pattern, fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'A', '\n'), maxLength: 60 }), (regex, text) => {
      const { body } = planOf(`${regex}(?:)`)
      const sieve = sieveOf(body)
      const { regex: compiled } = planOf(regex)
      if (sieve !== null && new RegExp(compiled.source, 'y').test(text)) expect(passes(sieve, text)).toBe(true)
    }), { numRuns: 2_000 })
  })

  it('gives up, rather than grow, on what has too many steps', () => {
    expect(sieveOf(planOf('(?:(?:(?:[ab]c?){20}d){20}e){20}').body)).toBeNull()
    expect(sieveOf(planOf(String.raw`[ab]{0,400}k[a-z]{20}`).body)!.byteLength).toBeLessThan(0xfffe)
  })
})
