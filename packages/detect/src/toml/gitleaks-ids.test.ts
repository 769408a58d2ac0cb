import { systemClock } from '@muster/core'
import { describe, expect, it } from 'vitest'
import { FileInspector } from '../inspect/index.ts'
import { defaultRules } from '../rules/default.ts'
import { parseRegex } from '../regex/parse.ts'
import { sampleRegex, seededRandom } from '../regex/sample.ts'
import { compileConfig } from './compile.ts'
import { meantHere, namedHere } from './gitleaks-ids.ts'

const random = seededRandom(11)
const value = sampleRegex(parseRegex('[A-Za-z0-9]{28}').root, random)
const ours = new Set(defaultRules().rules.map(({ id }) => id))
const compiled = (text: string) => compileConfig(`[extend]\nuseDefault = true\n${text}`, { defaults: defaultRules, trusted: true })
/** Filters that object, for each finding; null where none does. */
const looked = (text: string, path: string, content: string) =>
  new FileInspector(compiled(text), { clock: systemClock }).inspect({ bytes: Buffer.from(content), path }).found.map(({ suppressedBy }) => suppressedBy?.filter ?? null)

describe('ids of gitleaks\' default rules', () => {
  it('mean rules that exist', () => {
    for (const id of ['generic-api-key', 'github-pat', 'jwt', 'openai-api-key', 'slack-webhook-url']) expect(namedHere(id)!.filter((name) => !ours.has(name))).toEqual([])
    expect(namedHere('pkcs12-file')).toEqual([])
    expect(namedHere('private-key')).toBeNull()
    expect(namedHere('constructor')).toBeNull()
    expect(meantHere(['private-key', 'github-pat'])).toEqual(['private-key', 'github-pat', 'github-personal-access-token'])
  })

  it('disable ours, and formats that tell the same', () => {
    expect(compiled('disabledRules = ["github-pat"]').rules.some(({ id }) => id === 'github-personal-access-token')).toBe(false)
    for (const path of ['.env', 'config/app.yaml', 'src/a.ts']) {
      const content = path.endsWith('.yaml') ? `api_key: ${value}\n` : path === '.env' ? `API_KEY=${value}\n` : `const api_key = "${value}"\n`
      expect(looked('', path, content)).toEqual([null])
      expect(looked('disabledRules = ["generic-api-key"]', path, content).filter((filter) => filter === null)).toEqual([])
    }
  })

  it('carry exceptions over to ours', () => {
    const exception = `[[rules]]\nid = "generic-api-key"\n[[rules.allowlists]]\npaths = ["^fixtures/"]\n`
    for (const name of ['a.env', 'a.ts', 'a.yaml']) {
      const content = name === 'a.env' ? `API_KEY=${value}\n` : name === 'a.ts' ? `const api_key = "${value}"\n` : `api_key: ${value}\n`
      expect(looked(exception, `app/${name}`, content)).toEqual([null])
      expect(looked(exception, `fixtures/${name}`, content)).toEqual(['allowlist'])
    }
    const targeted = `[[allowlists]]\ntargetRules = ["generic-api-key"]\nregexes = ['''${value.slice(0, 9)}''']\n`
    expect(looked(targeted, 'app/a.ts', `const api_key = "${value}"\n`)).toEqual(['allowlist'])
  })

  it('of rules there are none of here change nothing', () => {
    expect(compiled('[[rules]]\nid = "pkcs12-file"\n[[rules.allowlists]]\npaths = ["x"]\n').rules).toEqual(defaultRules().rules)
  })

  it('may be disabled and made anew', () => {
    expect(looked(`disabledRules = ["generic-api-key", "made-anew"]\n[[rules]]\nid = "made-anew"\nregex = '''${value.slice(0, 12)}'''\n`, 'app/a.txt', `${value}\n`)).toEqual([null])
  })

  it('with a pattern of their own are rules of this name', () => {
    expect(compiled('[[rules]]\nid = "github-pat"\nregex = "xyz_[a-z]{9}"\n').rules.at(-1)!.id).toBe('github-pat')
  })
})

it('every name that is given stands for a rule', () => {
  const unknown = ['1password-secret-key', 'aws-access-token', 'gcp-api-key', 'gitlab-pat', 'stripe-access-token', 'telegram-bot-api-token', 'datadog-access-token', 'sonar-api-token'].flatMap((id) => namedHere(id)!).filter((id) => !ours.has(id))
  expect(unknown).toEqual([])
})
