import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AuditRecord } from '@muster/core/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHAIN_START, chainHash, verifyChain } from './chain.ts'
import { readExport } from './export-file.ts'

function exportOf(length: number): string[] {
  let previous = CHAIN_START
  return Array.from({ length }, (_, index) => {
    const record = {
      seq: index + 1, at: '2026-03-01T12:00:00.000Z', actorKind: 'account' as const, actorId: 'a', actor: 'ann@example.com', action: 'thing.changed',
      objectType: 'thing', objectId: `o${index}`, outcome: 'success' as const, detail: { name: 'zoë' },
    }
    previous = chainHash(previous, record)
    return JSON.stringify({ ...record, hash: previous })
  })
}

describe('an exported audit log', () => {
  let directory: string
  const program = fileURLToPath(new URL('verify-file.ts', import.meta.url))
  beforeAll(async () => { directory = await mkdtemp(join(tmpdir(), 'muster-audit-')) })
  afterAll(() => rm(directory, { recursive: true }))

  const read = (content: string) => readExport((async function* () { yield Buffer.from(content) })(), 'test')
  const verify = async (content: string, ...argv: string[]) => {
    const file = join(directory, 'audit.ndjson')
    await writeFile(file, content)
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, file, ...argv], { encoding: 'utf8' })
    return { status, stdout, stderr }
  }

  it('verifies by a program without a server', async () => {
    const lines = exportOf(20)
    const { hash } = JSON.parse(lines.at(-1)!) as AuditRecord
    expect(await verify(`${lines.join('\n')}\n`)).toEqual({ status: 0, stdout: '', stderr: `muster: intact: 20 records, head 20:${hash}\n` })
    const cut = await verify(lines.slice(0, 19).join('\n'), '--json', '--head', `20:${hash}`)
    expect([cut.status, JSON.parse(cut.stdout)]).toMatchObject([1, { intact: false, records: 19, brokenAtSeq: 20 }])
  })

  it('names the record that was changed, damaged or cut in two', async () => {
    const lines = exportOf(9)
    for (const change of [lines[4]!.replace('zoë', 'zoe'), lines[4]!.slice(0, 40), 'null', '{}']) {
      expect(await verifyChain(read(lines.toSpliced(4, 1, change).join('\n')))).toMatchObject({ intact: false, brokenAtSeq: 5, records: 4 })
    }
    const found = await verify(lines.toSpliced(4, 1).join('\n'))
    expect([found.status, found.stderr]).toEqual([1, 'muster: broken at record 5; the 4 before it are intact\n'])
  })

  it('is told from other files, missing ones and bad arguments', async () => {
    await expect(verifyChain(read('{"something":"else"}\n'))).rejects.toMatchObject({ code: 'input.unrecognised' })
    await expect(verifyChain(read('x'.repeat(300_000)))).rejects.toMatchObject({ code: 'input.limit' })
    expect((await verify('', '--head', 'nonsense')).status).toBe(2)
    expect(spawnSync(process.execPath, [program, join(directory, 'nowhere')]).status).toBe(3)
  })

  it('reads the same however the stream is cut', async () => {
    const bytes = Buffer.from(`${exportOf(3).join('\n')}\n`)
    for (const size of [1, 7, 333, 100_000]) {
      const chunks = (async function* () { for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size) })()
      const records = await Array.fromAsync(readExport(chunks, 'test'))
      expect(records.map(({ seq, detail }) => [seq, detail])).toEqual([1, 2, 3].map((seq) => [seq, { name: 'zoë' }]))
    }
  })
})
