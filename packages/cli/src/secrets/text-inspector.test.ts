import { systemClock } from '@muster/core'
import { compileConfig, defaultRules } from '@muster/detect'
import { describe, expect, it } from 'vitest'
import { randomText } from './leak.testing.ts'
import { textInspector, type TextRules } from './text-inspector.ts'

/** A rule for which a short text takes longer than anybody waits. */
const endless = `[[rules]]\nid = "slow"\nregex = '''start((a+)+)+b'''\n[[rules]]\nid = "box"\nregex = '''boxed-([a-z0-9]{16})'''\n`
const own: TextRules = { config: endless, ruleSet: compileConfig(endless, { defaults: defaultRules, trusted: true }), formats: false }
const ours: TextRules = { config: null, ruleSet: defaultRules(), formats: true }
const never = new AbortController().signal
const inspector = (rules: TextRules, signal: AbortSignal, inThread: boolean) => textInspector(rules, { decode: true, clock: systemClock, signal, inThread })

describe('a text', () => {
  it('is looked at alike in this thread and in another, one after the other', async () => {
    const text = Buffer.from(`DATABASE_URL=postgres://app:${randomText(24)}9k@db.example.test/app\n`)
    const seen = []
    for (const inThread of [false, true]) {
      const { inspect, close } = await inspector(ours, never, inThread)
      for (const bytes of [text, Buffer.from('nothing\n'), text]) seen.push((await inspect(bytes, 'a/.env'))!.found.map(({ ruleId, line, secret, path }) => [ruleId, line, secret.revealText(), path]))
      await close()
    }
    expect(seen[0]).toHaveLength(1)
    expect(seen.slice(3)).toEqual(seen.slice(0, 3))
    expect(text.includes('postgres://')).toBe(true)
  })

  it('that rules of somebody else never finish is left when the time is up', async () => {
    const time = new AbortController()
    const { inspect, close } = await inspector(own, time.signal, false)
    expect((await inspect(Buffer.from(`boxed-${'a1'.repeat(8)}`), 'x'))!.found.map(({ ruleId }) => ruleId)).toEqual(['box'])
    const endlessly = inspect(Buffer.from(`start${'a'.repeat(60)}c`), 'x')
    time.abort()
    expect(await endlessly).toBeNull()
    await close()
  })

  it('is not looked at when the time was up before', async () => {
    for (const rules of [own, ours]) {
      const { inspect, close } = await inspector(rules, AbortSignal.abort(), false)
      expect(await inspect(Buffer.from('boxed-aaaaaaaaaaaaaaaa'), 'x')).toBeNull()
      await close()
    }
  })
})
