import { compileConfig, defaultRules } from '@muster/detect'
import { describe, expect, it } from 'vitest'
import { resolveConfig } from './resolve-config.ts'

const none = () => { throw new Error('nothing is read') }
const rule = (id: string, rest = '') => `[[rules]]\nid = "${id}"\nregex = '''${id}_[a-z]{20}'''\nkeywords = ["${id}_"]\n${rest}`
const all = { enabled: [], defaultIds: [], leftOut: new Set<string>() }
const compiled = (text: string) => compileConfig(text, { defaults: defaultRules })

describe('a configuration of rules as one text', () => {
  it('compiles to the same rules as the texts it was made of', () => {
    const files: Record<string, string> = {
      base: `${rule('first', '[[rules.allowlists]]\nstopwords = ["sample"]\n')}\n${rule('second')}`,
      own: `[extend]\npath = "base"\ndisabledRules = ["second"]\n[[rules]]\nID = "first"\nKeywords = ["other"]\n[rules.allowlist]\npaths = ["^test/"]\n${rule('third', 'entropy = 3.5\n')}\n[allowlist]\nregexes = ["x{3}"]\n`,
    }
    const readPath = (path: string) => files[path]!
    const direct = compileConfig(files['own']!, { defaults: defaultRules, readPath })
    expect(compiled(resolveConfig(files['own']!, readPath, all))).toEqual(direct)
    expect(direct.rules.map(({ id }) => id)).toEqual(['first', 'third'])
  })

  it('keeps to the rules that were enabled, of the default ones too', () => {
    const ids = defaultRules().rules.map(({ id }) => id)
    const text = `[extend]\nuseDefault = true\n${rule('mine')}`
    expect(compiled(resolveConfig(text, none, all)).rules).toHaveLength(ids.length + 1)
    expect(compiled(resolveConfig(text, none, { ...all, enabled: ['mine', 'aws-access-key-id'], defaultIds: ids })).rules.map(({ id }) => id)).toEqual(['aws-access-key-id', 'mine'])
  })

  it('goes without rules that are left out', () => {
    expect(compiled(resolveConfig(`${rule('one')}\n${rule('two')}`, none, { ...all, leftOut: new Set(['one']) })).rules.map(({ id }) => id)).toEqual(['two'])
  })

  it.each([
    ['a = ', /not valid TOML/],
    ['[extend]\npath = "x"\nuseDefault = true', /only one is possible/],
  ])('%j is refused', (text, why) => {
    expect(() => resolveConfig(text, none, all)).toThrow(why)
  })

  it('that extends itself is refused', () => {
    const text = '[extend]\npath = "x"'
    expect(() => resolveConfig(text, () => text, all)).toThrow(/three deep/)
  })
})
