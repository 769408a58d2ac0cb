import { rmSync } from 'node:fs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { plant, scanSecretsIn, seen } from '../scan.testing.ts'
import { commit, git, newRepository } from './git.testing.ts'
import { PathRules } from './path-rules.ts'

let root = ''
let repo = ''
beforeEach(() => { ({ root, repo } = newRepository()) })
afterEach(() => rmSync(root, { recursive: true, force: true }))

it('rules about paths name what they match, and nothing any more once they took too long', () => {
  const rules = new PathRules([/\.pem$/, /^(?:a+)+$/], 200)
  expect(['x.pem', 'aaa', 'b.txt', 'x.pem'].map((path) => rules.name(path))).toEqual([true, true, false, true])
  expect(rules.tooSlowOn).toBeNull()
  expect(rules.name(`${'a'.repeat(60)}!`)).toBe(false)
  expect([rules.tooSlowOn, rules.name('x.pem')]).toEqual([`${'a'.repeat(60)}!`, false])
  expect(new PathRules([]).name('x')).toBe(false)
})

it('a repository with a path that a rule does not come back from is read, and says that the rule saw one path of each blob', async () => {
  const config = `[[rules]]\nid = "slow"\npath = '''^(a+)+$'''\nregex = '''never'''\n[[rules]]\nid = "box"\nregex = '''boxed-([a-z0-9]{16})'''\n`
  const slow = `${'a'.repeat(60)}!`
  plant(repo, { 'x.txt': `boxed-${'a1'.repeat(8)}\n`, [slow]: 'nothing\n' })
  commit(repo, 'one')
  // Listed under the path it has now, its content is looked at under that alone.
  git(repo, 'mv', slow, 'now.txt')
  commit(repo, 'two')
  const outcome = await scanSecretsIn(repo, { config, formats: false })
  expect(seen(outcome)).toEqual([`x.txt:1 ${'a1'.repeat(8)}`])
  expect(outcome.problems.map(({ code, where, message }) => `${code} ${where}: ${message}`)).toEqual([`input.timeout ${slow}: rules about paths took too long on this one; they see one path of each blob`])
})
