import { systemClock } from '@muster/core'
import { describe, expect, it } from 'vitest'
import { costOf } from '../engine/cost.ts'
import { seededRandom } from '../regex/sample.ts'
import { SecretScanner } from '../scan.ts'
import { structureChecks } from '../filters/structure.ts'
import { defaultRules } from './default.ts'
import { drawExample } from './examples.ts'

const DRAWS = 5
const ruleSet = defaultRules()
const scanner = new SecretScanner(ruleSet)
/** A start of its own for each rule, so that a new rule changes the examples of no other. */
const randomFor = (id: string) => seededRandom([...id].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) >>> 0, 2_026))

const found = (text: string) => scanner.scan({ bytes: Buffer.from(text), path: 'src/settings.txt' }, systemClock).findings

describe('our own rules', () => {
  it('tell at least 300 kinds of credentials, each rule with true examples and false ones', () => {
    expect(new Set(ruleSet.rules.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(300)
    for (const rule of ruleSet.rules) {
      expect(rule.examples.matches.length, rule.id).toBeGreaterThan(0)
      expect(rule.examples.others.length, rule.id).toBeGreaterThan(0)
      expect(rule.description, rule.id).not.toBe('')
      expect(rule.structure === null || rule.structure in structureChecks, rule.id).toBe(true)
    }
  })

  it.each(ruleSet.rules.filter(({ regex }) => regex !== null).map((rule) => [rule.id, rule] as const))('%s is linear on hostile text', (_, rule) => {
    const { stepsPerByte, growth } = costOf(rule)
    expect(stepsPerByte).toBeLessThanOrEqual(1_500)
    expect(growth).toBeLessThanOrEqual(2.8)
  })

  it.each(ruleSet.rules.map((rule) => [rule.id, rule] as const))('%s alone finds its true examples and reports none of its false ones', (id, rule) => {
    const random = randomFor(id)
    for (let draw = 0; draw < DRAWS; draw++) {
      for (const template of rule.examples.matches) {
        const text = drawExample(template, random)
        const all = found(`before\n${text}\nafter\n`)
        const mine = all.find((finding) => finding.ruleId === id)
        const reported = all.filter(({ suppressedBy, start, end }) => suppressedBy === null && mine !== undefined && start < mine.end && mine.start < end)
        expect(reported.map(({ kind }) => kind), `${template} → ${text}`).toEqual([rule.kind])
      }
      for (const template of rule.examples.others) {
        const text = drawExample(template, random)
        const reported = found(`before\n${text}\nafter\n`).filter((finding) => finding.ruleId === id && finding.suppressedBy === null)
        expect(reported.map((finding) => finding.secret.revealText()), `${template} → ${text}`).toEqual([])
      }
    }
  })
})
