import { systemClock } from '@muster/core'
import { afterEach, describe, expect, it } from 'vitest'
import { compiledRules } from './compiled-rules.ts'
import type { JobItem } from './inspection-job.ts'
import { InspectionPool, type PoolOptions } from './inspection-pool.ts'

/** A rule for which a short text takes longer than anybody waits, and one that is quick. */
const config = `[[rules]]\nid = "slow"\nregex = '''start((a+)+)+b'''\n[[rules]]\nid = "box"\nregex = '''boxed-([a-z0-9]{16})'''\n`
const box = (letter: string): string => `boxed-${`${letter}1`.repeat(8)}\n`
const endless = `start${'a'.repeat(60)}c\n`

const pools: InspectionPool[] = []
afterEach(async () => { await Promise.all(pools.splice(0).map((pool) => pool.close())) })

function poolOf(options: Partial<PoolOptions> = {}): InspectionPool {
  const pool = new InspectionPool(compiledRules(config), { formats: false, decode: false, maxFileBytes: 1024 * 1024 }, { threads: 2, clock: systemClock, signal: new AbortController().signal, patienceMs: 1000, ...options })
  pools.push(pool)
  return pool
}

function jobOf(texts: Readonly<Record<string, string>>): { readonly items: readonly JobItem[]; readonly bytes: Uint8Array } {
  let at = 0
  const items = Object.entries(texts).map(([path, text]) => ({ path, start: at, end: (at += text.length) }))
  return { items, bytes: new TextEncoder().encode(Object.values(texts).join('')) }
}

const told = ({ results }: Awaited<ReturnType<InspectionPool['do']>>) => results.map(({ item, found, problems, unread }) => [item, found.map(({ ruleId }) => ruleId).join() || problems.map(({ where, message }) => `${where}: ${message.replace(/\d.*/, 'N')}`).join(), unread])

describe('rules that are not ours', () => {
  it('are used by no thread but those that can be ended, however small the scan and whatever number was asked for', async () => {
    const pool = poolOf({ threads: 0 })
    const shared = pool.share(jobOf({ a: box('a') }))
    expect(pool.doHere()).toBe(false)
    expect(told(await shared)).toEqual([[0, 'box', false]])
  })

  it('that do not come back from a file cost the scan that file: it is named, and what stands before and behind it is found', async () => {
    const pool = poolOf()
    const { whole, ...outcome } = await pool.do(jobOf({ a: box('a'), b: endless, c: box('c'), d: endless, e: box('e') }))
    expect(whole).toBe(true)
    expect(told({ whole, ...outcome })).toEqual([
      [0, 'box', false], [1, 'b: not finished: took longer than N', true], [2, 'box', false], [3, 'd: not finished: took longer than N', true], [4, 'box', false],
    ])
    expect(outcome.results[1]!.problems[0]).toMatchObject({ code: 'input.timeout' })
  })

  it('hold up no other job, and jobs behind the file are done by another thread', async () => {
    const pool = poolOf({ threads: 1 })
    const all = await Promise.all([pool.share(jobOf({ a: endless })), ...['b', 'c', 'd', 'e', 'f'].map((name) => pool.share(jobOf({ [name]: box(name) })))])
    expect(all.map((each) => told(each)[0]![1])).toEqual(['a: not finished: took longer than N', 'box', 'box', 'box', 'box', 'box'])
  })

  it('are stopped when the time is up: the file is named, what was found until then is kept, and nothing behind it counts as looked at', async () => {
    const time = new AbortController()
    const pool = poolOf({ threads: 1, signal: time.signal, patienceMs: Infinity })
    await pool.do(jobOf({ warm: 'nothing\n' }))
    const jobs = [pool.do(jobOf({ a: box('a'), b: endless, c: box('c') })), pool.do(jobOf({ d: box('d') }))]
    time.abort()
    const [first, second] = await Promise.all(jobs)
    expect([told(first!), first!.whole]).toEqual([[[0, 'box', false], [1, 'b: not finished: took longer than N', true]], false])
    expect([told(second!), second!.whole]).toEqual([[], false])
    expect(await pool.do(jobOf({ e: box('e') }))).toEqual({ results: [], bytesRead: 0, whole: false })
  })
})

describe('our own rules', () => {
  it('are used by the caller\'s thread too, which starts no other for a small scan', async () => {
    const pool = new InspectionPool(compiledRules(null), { formats: true, decode: true, maxFileBytes: 1024 * 1024 }, { threads: 2, clock: systemClock, signal: new AbortController().signal })
    pools.push(pool)
    const shared = pool.share(jobOf({ a: 'nothing\n' }))
    expect(pool.doHere()).toBe(true)
    expect(await shared).toEqual({ results: [], bytesRead: 8, whole: true })
  })
})
