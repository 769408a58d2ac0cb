import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { fileMemory } from './file-memory.ts'
import { commit, git, newRepository } from './git/git.testing.ts'
import type { ScanMemory } from './memory.ts'
import { githubToken, type Outcome, plant, scanSecretsIn, seen } from './scan.testing.ts'

let root = ''
let repo = ''
let cache = ''
beforeEach(() => {
  ;({ root, repo, cache } = newRepository())
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const observed = ({ observations }: Outcome) => observations.map((each) => JSON.stringify(each)).sort()
const scan = (memory: ScanMemory = fileMemory(cache)) => scanSecretsIn(repo, {}, { parts: { memory } })
/** A memory that counts how often a blob it knows nothing of is asked for. */
function counting(): { readonly memory: ScanMemory; readonly unknown: () => number } {
  let count = 0
  const real = fileMemory(cache)
  const memory: ScanMemory = { ...real, cleanBlobs: (ruleSet) => {
    const blobs = real.cleanBlobs(ruleSet)
    return { ...blobs, has: (id) => { const known = blobs.has(id); if (!known) count++; return known } }
  } }
  return { memory, unknown: () => count }
}

it('an unchanged repository gives the same again, a changed one what is new, with only new blobs and found ones read', async () => {
  const [first, second] = [githubToken(), githubToken()]
  plant(repo, { 'a.txt': `${first}\n`, ...Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`clean-${i}.txt`, `nothing ${i}\n`])) })
  commit(repo, 'one')
  const whole = await scan()
  expect(observed(await scan())).toEqual(observed(whole))
  plant(repo, { 'b.txt': `${second}\n`, 'clean-20.txt': 'nothing more\n' })
  commit(repo, 'two')
  const { memory, unknown } = counting()
  const after = await scan(memory)
  expect(seen(after)).toEqual([`a.txt:1 ${first}`, `b.txt:1 ${second}`])
  // What held something, the two that are new, and the message of the new commit.
  expect(unknown()).toBe(4)
  expect(observed(after)).toEqual(observed(await scanSecretsIn(repo)))
  git(repo, 'mv', 'clean-3.txt', 'renamed.env')
  commit(repo, 'three')
  const again = counting()
  await scan(again.memory)
  expect(again.unknown()).toBe(4)
})

it('holds no value, and is for this user alone', async () => {
  const token = githubToken()
  plant(repo, { 'a.txt': `${token}\n`, 'b.txt': 'clean' })
  commit(repo, `remove ${token}`)
  await scan()
  const files = readdirSync(cache)
  expect(files.length).toBeGreaterThan(1)
  for (const name of files) {
    expect(readFileSync(join(cache, name)).includes(token.slice(4, 30))).toBe(false)
    expect(statSync(join(cache, name)).mode & 0o077).toBe(0)
  }
  expect(statSync(cache).mode & 0o077).toBe(0)
})

it('under other rules, damaged or out of reach, is as good as none', async () => {
  const token = githubToken()
  plant(repo, { 'a.txt': `${token}\n`, 'b.txt': 'the house-key-4711 of a house\n' })
  commit(repo, 'one')
  await scan()
  const own = `[[rules]]\nid = "house"\nregex = '''house-key-\\d+'''\nkeywords = ["house"]`
  expect(seen(await scanSecretsIn(repo, { config: own, formats: false }, { parts: { memory: fileMemory(cache) } }))).toEqual(['b.txt:1 house-key-4711'])
  for (const name of readdirSync(cache)) writeFileSync(join(cache, name), 'odd')
  expect(seen(await scan())).toEqual([`a.txt:1 ${token}`])
  expect(seen(await scan(fileMemory('/dev/null/none')))).toEqual([`a.txt:1 ${token}`])
})
