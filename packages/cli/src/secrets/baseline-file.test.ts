import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { testRepository, type TestRepository } from '../git/repository.testing.ts'
import { addToBaseline, openBaseline } from './baseline-file.ts'
import { readBaseline } from './baseline.ts'
import { leakOf, randomText } from './leak.testing.ts'

let repository: TestRepository | null = null
afterEach(() => repository?.remove())

it('branches that add entries merge without a conflict, and everything is known afterwards', async () => {
  repository = testRepository()
  const path = join(repository.path, '.muster-baseline')
  const leaks = Array.from({ length: 12 }, () => leakOf(randomText(24)))
  await addToBaseline(await openBaseline(path), leaks.slice(0, 2))
  repository.commit({ '.gitattributes': '.muster-baseline merge=union\n' })
  const add = async (branch: string, some: typeof leaks) => {
    repository!.git('checkout', '-q', '-b', branch, 'main')
    await addToBaseline(await openBaseline(path), some)
    repository!.commit({}, branch)
  }
  await add('one', leaks.slice(2, 8))
  await add('two', leaks.slice(6, 12))
  repository.git('merge', '-q', '-m', 'both', 'one')
  const { known } = await readBaseline(path)
  expect(leaks.map((leak) => known.look(leak)?.state)).toEqual(leaks.map(() => 'new'))
  // Written again it is in order.
  await addToBaseline(await openBaseline(path), leaks)
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n').slice(1)
  expect(lines).toEqual(lines.toSorted())
  expect(lines).toHaveLength(12)
})

it('a value that moves to another line and file changes nothing of the baseline', async () => {
  repository = testRepository()
  const path = join(repository.path, '.muster-baseline')
  const value = randomText(24)
  await addToBaseline(await openBaseline(path), [leakOf(value)])
  const before = readFileSync(path, 'utf8')
  expect(await addToBaseline(await openBaseline(path), [leakOf(value, { file: 'elsewhere', line: 70, endLine: 70 })])).toBe(0)
  expect(readFileSync(path, 'utf8')).toBe(before)
})
