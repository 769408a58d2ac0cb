import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { workbench } from '@muster/testkit'

/** A git repository to try things on. */
export type TestRepository = {
  readonly path: string
  git(...args: readonly string[]): string
  write(files: Readonly<Record<string, string>>): void
  /** Writes and stages the files and commits them; the commit's id. */
  commit(files: Readonly<Record<string, string>>, message?: string): string
  remove(): void
}

export function testRepository(...initOptions: readonly string[]): TestRepository {
  const bench = workbench()
  const git = (...args: readonly string[]) => bench.run('git', '-c', 'user.name=Ann', '-c', 'user.email=ann@example.com', '-c', 'commit.gpgsign=false', ...args).trim()
  git('init', '-q', '-b', 'main', ...initOptions)
  const write = (files: Readonly<Record<string, string>>) => {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(bench.path, name)), { recursive: true })
      writeFileSync(join(bench.path, name), content)
    }
  }
  return {
    path: bench.path, git, write, remove: () => bench.remove(),
    commit: (files, message = 'change') => {
      write(files)
      git('add', '-A')
      git('commit', '-q', '--no-verify', '-m', message)
      return git('rev-parse', 'HEAD')
    },
  }
}
