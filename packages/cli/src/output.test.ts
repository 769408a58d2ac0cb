import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { writeOutput } from './output.ts'

it('takes a report away from those who could read the one before it, and leaves devices as they are', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'muster-output-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const path = join(directory, 'report.json')
  writeFileSync(path, 'an older and longer report')
  chmodSync(path, 0o644)
  await writeOutput(path, ['{', '}'])
  expect(readFileSync(path, 'utf8')).toBe('{}')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  const before = statSync('/dev/null').mode
  await writeOutput('/dev/null', ['{}'])
  expect(statSync('/dev/null').mode).toBe(before)
  await expect(writeOutput(join(directory, 'missing', 'x'), [''])).rejects.toMatchObject({ code: 'file.unreadable' })
})
