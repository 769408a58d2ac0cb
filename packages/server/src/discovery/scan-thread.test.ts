import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { verificationOptionsSchema } from '@muster/connectors'
import type { ScanBatch } from '@muster/core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { scanInThread } from './scan-thread.ts'

let directory = ''
beforeEach(() => { directory = mkdtempSync(join(tmpdir(), 'muster-thread-')) })
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const config = `[[rules]]\nid = "slow"\nregex = '''start((a+)+)+b'''\n[[rules]]\nid = "box"\nregex = '''boxed-([a-z0-9]{16})'''\n`

async function scan(signal: AbortSignal) {
  const batches: ScanBatch[] = []
  const secrets = { fingerprintKey: new Uint8Array(32).fill(1), memoryDirectory: join(directory, 'memory'), token: null, signsInWith: 'token' as const, verification: verificationOptionsSchema.parse({ providers: [] }) }
  const outcome = await scanInThread({ kind: 'secrets', options: { targets: [directory], config, threads: 1 }, resumeFrom: null, passphrases: [], secrets }, signal, (batch) => { batches.push(batch); return Promise.resolve(true) }, () => Promise.resolve(null))
  return { outcome, problems: batches.flatMap(({ problems }) => problems.map(({ code, where }) => `${code} ${where.replace(directory, '')}`)), seen: batches.flatMap(({ observations }) => observations).filter((each) => each.observation === 'sighting' && each.of === 'credential').length, batches: batches.length }
}

it('a scan on the server with rules that do not come back from a file names it and comes to its end', async () => {
  writeFileSync(join(directory, 'a.txt'), `start${'a'.repeat(60)}c\n`)
  writeFileSync(join(directory, 'b.txt'), `boxed-${'a1'.repeat(8)}\n`)
  expect(await scan(new AbortController().signal)).toMatchObject({ outcome: 'done', problems: ['input.timeout /a.txt'], seen: 1 })
})

it('one that is stopped meanwhile ends, and says nothing more', async () => {
  writeFileSync(join(directory, 'a.txt'), `start${'a'.repeat(60)}c\n`)
  expect(await scan(AbortSignal.timeout(3000))).toEqual({ outcome: 'stopped', problems: [], seen: 0, batches: 0 })
})
