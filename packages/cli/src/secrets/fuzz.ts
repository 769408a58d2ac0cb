import { Secret } from '@muster/core'
import { parseRaw } from '../git/changes.ts'
import { parseBaseline } from './baseline.ts'
import { ignoreFile } from './ignore-file.ts'
import type { Recognisable } from './known-values.ts'
import { logOptions } from './log-options.ts'
import { resolveConfig } from './resolve-config.ts'

const leak: Recognisable = { ruleId: 'r', kind: 'private-key', secret: Secret.fromText('value'), file: 'a', line: 1, endLine: 2, commit: null }
const text = (read: (text: string) => unknown) => (bytes: Uint8Array) => { read(Buffer.from(bytes).toString('utf8')) }
const seeds = (...texts: readonly string[]) => () => texts.map((each) => Buffer.from(each))

/** Readers of what repositories and people hand to `scan secrets`. */
export const secretsFuzzTargets: readonly { readonly name: string; readonly seeds: () => readonly Buffer[]; readonly run: (bytes: Uint8Array) => void }[] = [
  {
    name: 'secrets-baseline', run: text((each) => parseBaseline(each, 'fuzz').known.look(leak)),
    seeds: seeds(
      `{"muster":"secrets baseline","version":1,"salt":"${'ab'.repeat(32)}"}\n{"fingerprint":"${'cd'.repeat(32)}","rule":"r","state":"new","reason":""}\n`,
      '[{"RuleID":"r","File":"a","StartLine":1,"EndLine":1,"Secret":"REDACTED","Commit":""}]',
      `{"version":"1.5.0","results":{"a":[{"type":"Private Key","hashed_secret":"${'ef'.repeat(20)}","line_number":1,"is_secret":true}]}}`,
    ),
  },
  { name: 'gitleaks-ignore', run: text((each) => ignoreFile(each, new Set(['r'])).look(leak)), seeds: seeds(`# c\na:r:1\n${'0'.repeat(40)}:a:r:1\n`) },
  {
    name: 'gitleaks-config', run: text((each) => resolveConfig(each, () => '', { enabled: [], defaultIds: [], leftOut: new Set() })),
    seeds: seeds('[extend]\npath = "x"\ndisabledRules = ["a"]\n[[rules]]\nid = "r"\nregex = \'\'\'x\'\'\'\n[rules.allowlist]\npaths = ["y"]\n'),
  },
  {
    name: 'git-changes', run: (bytes) => { parseRaw(Buffer.from(bytes)) },
    seeds: seeds(`${'a'.repeat(40)}\0:100644 100644 ${'b'.repeat(40)} ${'0'.repeat(40)} M\0path\0::000000 100644 100644 ${'0'.repeat(40)} ${'c'.repeat(40)} ${'d'.repeat(40)} AM\0other\0`),
  },
  { name: 'log-options', run: text(logOptions), seeds: seeds('--all --since="2 weeks" -n 3 a..b -- \'x y\'') },
]
