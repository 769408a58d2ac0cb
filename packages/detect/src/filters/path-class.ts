import type { PathClass } from '@muster/core'

/** What stands for the path of a finding in a message of git. */
export const messagePaths = { commit: '(commit message)', tag: '(tag message)' } as const

const classes: readonly (readonly [PathClass, RegExp])[] = [
  ['lock', /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.ya?ml|bun\.lockb?|deno\.lock|composer\.lock|cargo\.lock|gemfile\.lock|poetry\.lock|pdm\.lock|uv\.lock|pipfile\.lock|go\.sum|go\.work\.sum|flake\.lock|mix\.lock|pubspec\.lock|podfile\.lock|package\.resolved|gradle\.lockfile|packages\.lock\.json|\.terraform\.lock\.hcl|chart\.lock)$/i],
  ['minified', /(?:[.-]min\.(?:js|css|mjs)|\.(?:js|css|mjs)\.map|\.bundle\.js|\.chunk\.js)$/i],
  ['vendored', /(?:^|\/)(?:node_modules|bower_components|vendor|third[_-]party|site-packages|dist-packages|\.venv|pods)\//i],
  ['generated', /(?:\.pb\.go|_pb2\.py|\.g\.dart|\.designer\.cs|\.snap|\.svg|\.pot?|\.arb|\.xliff?|\.ipynb_checkpoints\/.*|\.pyc)$/i],
  ['test', /(?:^|\/)(?:tests?|__tests__|spec|testdata|fixtures?|mocks?|e2e)\/|(?:[._-](?:test|spec)\.\w+|_test\.go)$/i],
  ['documentation', /(?:^|\/)(?:docs?|documentation|man\d?|info)\/|\.(?:md|mdx|rst|adoc)$/i],
]

/** The class of a path with `/` between its parts. */
export function pathClassOf(path: string): PathClass {
  return classes.find(([, pattern]) => pattern.test(path))?.[0] ?? 'other'
}
