import type { Collector, DraftFacts } from './found.ts'
import type { Scalar } from './tree.ts'

/** Adds one reference per `${{ secrets.NAME }}` inside a scalar: what the pipeline takes from the store of its system. */
export function addSecretExpressions(into: Collector, format: string, scalar: Scalar, facts: DraftFacts): void {
  const exact = scalar.end - scalar.start === scalar.text.length
  let count = 0
  for (const match of scalar.text.matchAll(/\$\{\{[^{}]{0,256}?\bsecrets\s{0,4}(?:\.\s{0,4}([A-Za-z_][\w-]{0,127})|\[\s{0,4}'([\w-]{1,128})'\s{0,4}\])[^{}]{0,256}\}\}/g)) {
    if (++count > 1000) return
    const name = match[1] ?? match[2] ?? ''
    const start = exact ? scalar.start + match.index : scalar.start
    into.add(format, {
      secretType: 'ci-secret', value: match[0], start, end: exact ? start + match[0].length : scalar.end, shared: !exact, facts: { name, ...facts },
      reference: { kind: 'ci-secret', name },
    })
  }
}
