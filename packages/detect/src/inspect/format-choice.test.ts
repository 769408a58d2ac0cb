import { systemClock } from '@muster/core'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { engineTables } from '../engine/matching.ts'
import { extractSecrets } from '../formats/extract.ts'
import { formats } from '../formats/formats.ts'
import { FormatInput } from '../formats/input.ts'
import { defaultRules } from '../rules/default.ts'
import { SecretScanner } from '../scan.ts'
import { formatsByPath, formatsFor, watchedTexts } from './format-choice.ts'

const scanner = new SecretScanner(defaultRules(), engineTables(defaultRules().rules, watchedTexts))

function extracted(text: string, path: string): readonly [string[], string[]] {
  const bytes = Buffer.from(text)
  const { watched } = scanner.scan({ bytes, path }, systemClock)
  const seen = (among?: Parameters<typeof extractSecrets>[2]) => extractSecrets(bytes, { path }, among).found.map(({ format, start }) => `${format} ${start}`)
  return [seen(formatsFor(path, watched)), seen()]
}

it('there are no more clues to watch for than bits', () => expect(Math.max(...watchedTexts.map(({ bit }) => bit))).toBeLessThan(31))

it.each([
  ['foo.txt', 'a/b/bar.md', true], ['old/.npmrc', '.npmrc', true], ['a.yaml', 'values.yml', true], ['main.c', 'README.md', true],
  ['foo.txt', '.npmrc', false], ['a.yaml', '.github/workflows/a.yaml', false], ['a.json', 'appsettings.json', false], ['env.py', '.env', false],
])('%s and %s choose the same formats: %j', (one, other, same) => expect(formatsByPath(one) === formatsByPath(other)).toBe(same))

const names = ['a.json', 'a.jsonc', 'a', 'a.yaml', 'a.yml', 'a.conf', 'a.config', 'kubeconfig', 'config', 'mcp.json', 'settings.json', '.dockercfg', 'terraform.tfstate', 'a.xml', 'a.tf', 'a.hcl', 'a.sh', 'Makefile', 'a.bicep', 'a.ts', 'a.py', 'a.template', 'x.azureauth']

it.each(formats.filter(({ marks }) => marks !== undefined))('$id takes no file without one of its marks', ({ marks, matches }) => {
  /** A file that holds everything but those. */
  class Unmarked extends FormatInput {
    override has(needle: string): boolean {
      return !marks!.some((mark) => needle.includes(mark))
    }
  }
  expect(names.filter((name) => matches(new Unmarked(new Uint8Array(0), name, () => {})))).toEqual([])
})

it('no path chooses what stands in any text', () => expect(formatsByPath('foo.txt')).toBe(''))

it('leaves out no format that would find something', () => {
  const keys = fc.constantFrom('password', 'db_pass', 'userPw', 'rootpw', 'psk', 'apiKey', 'token', 'GH_PAT', 'pat', 'client_secret', 'credentials', 'registry-auth', 'connectionString', 'colour', 'PASSWORT', 'pat_prod')
  const values = fc.constantFrom('k7Qm2xVw9RtL4pZs', 'ENC[AES256_GCM,data:abcd]', '{cipher}abcdef0123456789', '${{ secrets.DEPLOY }}', 'Server=db;User Id=a;Password=k7Qm2xVw9', 'https://ann:k7Qm2xVw9@git.test/x', 'blue')
  const forms = fc.constantFrom((name: string, value: string) => `${name}: ${value}\n`, (name: string, value: string) => `"${name}": "${value}"\n`, (name: string, value: string) => `${name} = "${value}"\n`)
  fc.assert(fc.property(fc.constantFrom('a.yaml', 'b.ini', 'c.properties', 'appsettings.json', 'd.tf', 'e.py', 'f.c', 'Makefile', 'web.config'), fc.array(fc.tuple(keys, values, forms), { maxLength: 4 }), (path, lines) => {
    const [chosen, all] = extracted(lines.map(([name, value, form]) => form(name, value)).join(''), path)
    expect(chosen).toEqual(all)
  }), { numRuns: 500 })
})
