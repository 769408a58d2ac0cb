import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '@muster/core'
import { defaultRules } from '@muster/detect'
import { workbench } from '@muster/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chooseRules, type RuleWishes } from './rule-choice.ts'

const bench = workbench()
const rule = (id: string, regex = `${id}_[a-z]{20}`) => `[[rules]]\nid = "${id}"\nregex = '''${regex}'''\nkeywords = ["${id}_"]\n`
const wishes: RuleWishes = { config: undefined, environmentPath: null, environmentToml: null, targets: [], hostileTargets: true, enabled: [], clock: systemClock }
const chosen = async (rest: Partial<RuleWishes>) => chooseRules({ ...wishes, ...rest })
const ids = async (rest: Partial<RuleWishes>) => (await chosen(rest)).ruleSet.rules.map(({ id }) => id)

beforeAll(() => {
  mkdirSync(join(bench.path, 'target'))
  bench.write('flag.toml', rule('flag'))
  bench.write('variable.toml', rule('variable'))
  bench.write('target/.gitleaks.toml', `${rule('target')}${rule('costly', '(?:[a-z]+[0-9a-z]*)+!')}`)
})
afterAll(() => bench.remove())

describe('the rules are', () => {
  const environmentPath = join(bench.path, 'variable.toml')
  const targets = [join(bench.path, 'target')]

  it('those of --config, else of the environment, else of the target, else the built-in ones', async () => {
    const environmentToml = rule('text')
    expect(await ids({ config: join(bench.path, 'flag.toml'), environmentPath, environmentToml, targets })).toEqual(['flag'])
    expect(await ids({ environmentPath, environmentToml, targets })).toEqual(['variable'])
    expect(await ids({ environmentToml, targets })).toEqual(['text'])
    expect(await ids({ targets })).toEqual(['target'])
    const builtIn = await chosen({ targets: [bench.path] })
    expect(builtIn).toMatchObject({ config: null, formats: true, warnings: [] })
    expect(builtIn.ruleSet.rules.map(({ id }) => id)).toEqual(defaultRules().rules.map(({ id }) => id))
  })

  it('without costly ones of a target that is somebody else\'s, which is said', async () => {
    expect((await chosen({ targets })).warnings).toEqual([expect.stringMatching(/target\/\.gitleaks\.toml: left out.*: costly; --config/)])
    expect(await ids({ targets, hostileTargets: false })).toEqual(['target', 'costly'])
    expect(await ids({ config: join(bench.path, 'target/.gitleaks.toml') })).toEqual(['target', 'costly'])
  })

  it('read together with file formats only where the built-in ones are among them', async () => {
    expect(await chosen({ environmentToml: rule('text') })).toMatchObject({ formats: false })
    expect(await chosen({ environmentToml: `[extend]\nuseDefault = true\n${rule('text')}` })).toMatchObject({ formats: true })
    expect(await chosen({ enabled: ['private-key'] })).toMatchObject({ formats: false })
  })

  it('enabled by the names gitleaks gives them as well', async () => {
    expect(await ids({ enabled: ['github-pat', 'private-key'] })).toEqual(['github-personal-access-token', 'private-key'])
    await expect(chosen({ enabled: ['sidekiq-secret'] })).rejects.toThrow(/no rule here for sidekiq-secret/)
  })

  it('none where a text has none, which is said', async () => {
    expect(await chosen({ environmentToml: '[whitelist]\nfiles = ["x"]\n' })).toMatchObject({ ruleSet: { rules: [] }, warnings: [expect.stringContaining('GITLEAKS_CONFIG_TOML has no rules')] })
  })

  it('named in what is wrong with them', async () => {
    await expect(chosen({ environmentToml: '[[rules]]\nid = "x"\nregex = "("' })).rejects.toThrow(/^GITLEAKS_CONFIG_TOML: the rule x/)
    await expect(chosen({ environmentToml: '[extend]\npath = "/missing.toml"' })).rejects.toThrow(/the rules \/missing\.toml, which are extended, cannot be read: ENOENT/)
    await expect(chosen({ environmentToml: '[extend]\npath = "/dev/zero"' })).rejects.toThrow(/no file of at most/)
    await expect(chosen({ enabled: ['nonsense'] })).rejects.toThrow(/there is no rule "nonsense"/)
  })
})
