import { expect, it } from 'vitest'
import { logOptions } from './log-options.ts'

it.each([
  ['main..HEAD', ['main..HEAD']],
  ['-1', ['--max-count=1']], ['-n 5 --all', ['--max-count=5', '--all']], ['-n5', ['--max-count=5']],
  ['--since="2 weeks ago" --no-merges', ['--since=2 weeks ago', '--no-merges']],
  ["--author 'Ann B' HEAD", ['--author=Ann B', 'HEAD']],
  ['-p -U0 a^..b -- src --output=x', ['a^..b', '--', 'src', '--output=x']],
  ['', []],
])('%j chooses commits', (text, words) => {
  expect(logOptions(text)).toEqual(words)
})

it.each(['--output=/tmp/x', '--ext-diff', '--exec=x', '-O/bin/sh', '--format=%H', '--all=x'])('%j is refused', (text) => {
  expect(() => logOptions(text)).toThrow(/is not supported/)
})
