import { describe, expect, it } from 'vitest'
import { lineOfProblem, ruleChanges } from './toml-rules.ts'

const rule = (id: string, regex = 'a') => `[[rules]]\nid = "${id}"\nregex = '''${regex}'''\n[[rules.allowlists]]\nregexes = ["x"]\n\n`

describe('what saving rules changes', () => {
  it('is told by id, whatever moved', () => {
    expect(ruleChanges(rule('a') + rule('b'), rule('b') + rule('c') + rule('a', 'z'))).toEqual({ added: ['c'], changed: ['a'], removed: [], rest: false })
    expect(ruleChanges(rule('a') + rule('b'), rule('b'))).toEqual({ added: [], changed: [], removed: ['a'], rest: false })
  })

  it('counts a rule’s own allowlist as the rule, and a common one as the rest', () => {
    expect(ruleChanges(rule('a'), rule('a').replace('"x"', '"y"'))).toMatchObject({ changed: ['a'], rest: false })
    expect(ruleChanges(rule('a'), `${rule('a')}[allowlist]\npaths = ["vendor"]\n`)).toMatchObject({ changed: [], rest: true })
  })

  it('is nothing for the same text', () => {
    expect(ruleChanges(rule('a'), rule('a'))).toEqual({ added: [], changed: [], removed: [], rest: false })
    expect(ruleChanges('', '')).toEqual({ added: [], changed: [], removed: [], rest: false })
  })
})

it('a problem’s line is the one it names, or that of its rule', () => {
  const toml = `${rule('a')}${rule('b')}`
  const line = (problem: string) => lineOfProblem(problem, toml)
  expect(lineOfProblem('the rule b: the regular expression is not valid', '[[rules]]\nid = "a"\nregex = "a"\n[[rules]]\nid = "b"\nregex = "("\n')).toBe(6)
  expect([line('the rules are not valid TOML: line 12: no'), line('the rule b: the regular expression is not valid'), line('the rule number 2 is not of the format: rules.1.id'), line('the rule c: its id is used twice'), line('the rule number 9 is not'), line('something else')]).toEqual([12, 8, 7, null, null, null])
})
