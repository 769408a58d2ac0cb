import { execFileSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { rawPath } from '../../local/raw-path.ts'
import { GitProgram } from './program.ts'

it('gives up on a repository that keeps git waiting', async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'muster-git-')))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  execFileSync('git', ['init', '-q', root])
  const git = new GitProgram('git', rawPath(root), new AbortController().signal, 500)
  expect(await git.text(['rev-parse', '--git-dir'])).toBe('.git\n')
  execFileSync('mkfifo', [join(root, 'pipe')])
  execFileSync('git', ['-C', root, 'config', 'include.path', join(root, 'pipe')])
  expect(await git.text(['rev-parse', '--git-dir'])).toBeNull()
})
