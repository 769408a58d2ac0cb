import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@muster/core'
import { defaultRules, drawExample, FileInspector, seededRandom } from '@muster/detect'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { compiledRules } from './compiled-rules.ts'
import { keptRules } from './kept-rules.ts'

const config = `[[rules]]\nid = "box"\nregex = '''boxed-([a-z0-9]{16})'''\n`
const given = compiledRules(config)

let beside = ''
beforeEach(() => { beside = mkdtempSync(join(tmpdir(), 'muster-kept-')) })
afterEach(() => rmSync(beside, { recursive: true, force: true }))

const place = (text: string | null = config, program: string | null = 'program 1') => keptRules(text, program, beside)
const file = () => join(beside, 'muster', 'rules-given')

describe('rules that were kept', () => {
  it('find what the same rules find that were prepared anew', () => {
    const built = compiledRules(null)
    place(null)!.keep(built)
    const kept = place(null)!.recall()!
    expect(kept.digest).toBe(built.digest)
    const random = seededRandom(5)
    const inspectors = [built, kept].map(({ rules }) => new FileInspector(rules, { clock: systemClock }))
    let found = 0
    for (const { examples } of defaultRules().rules.slice(0, 60)) {
      const bytes = Buffer.from([...examples.matches, ...examples.others].map((template) => `${drawExample(template, random)}\n`).join(''))
      const [first, second] = inspectors.map((inspector) => inspector.inspect({ bytes, path: 'config/app.env' }))
      expect(second).toEqual(first)
      found += first!.found.length
    }
    expect(found).toBeGreaterThan(60)
  })

  it('are for this user alone, one file for each place, and for those rules, this program', () => {
    place()!.keep(given)
    place()!.keep(given)
    expect(readdirSync(join(beside, 'muster'))).toEqual(['rules-given'])
    expect([statSync(join(beside, 'muster')).mode & 0o777, statSync(file()).mode & 0o777]).toEqual([0o700, 0o600])
    expect(place()!.recall()).toMatchObject({ digest: given.digest, given: true })
    expect(place(`${config}# changed\n`)!.recall()).toBeNull()
    expect(place(config, 'program 2')!.recall()).toBeNull()
    expect(place(null)!.recall()).toBeNull()
    expect(place(config, null)).toBeNull()
  })

  it('are as good as none where they are damaged, cut off, a link, or open to others', () => {
    const spoilt: Record<string, () => void> = {
      damaged: () => { const bytes = readFileSync(file()); bytes[bytes.length - 9]! ^= 1; writeFileSync(file(), bytes) },
      'cut off': () => writeFileSync(file(), readFileSync(file()).subarray(0, -1)),
      empty: () => writeFileSync(file(), ''),
      'a link': () => { renameSync(file(), join(beside, 'elsewhere')); symlinkSync(join(beside, 'elsewhere'), file()) },
      'open to others': () => chmodSync(file(), 0o644),
      'a directory': () => { rmSync(file()); mkdirSync(file()) },
    }
    for (const [how, spoil] of Object.entries(spoilt)) {
      rmSync(file(), { recursive: true, force: true })
      place()!.keep(given)
      expect(place()!.recall(), how).not.toBeNull()
      spoil()
      expect(place()!.recall(), how).toBeNull()
    }
  })

  it('are not kept in a directory that others may use, or where nothing can be written', () => {
    mkdirSync(join(beside, 'muster'), { mode: 0o755 })
    place()!.keep(given)
    expect(readdirSync(join(beside, 'muster'))).toEqual([])
    rmSync(join(beside, 'muster'), { recursive: true })
    writeFileSync(join(beside, 'muster'), '')
    place()!.keep(given)
    expect(place()!.recall()).toBeNull()
  })
})
