/** A labelled corpus made from a seed: files with credentials at known places, and files with none. Nothing of it is stored. */
import { defaultRules, type Rule, SecretScanner } from '@muster/detect'
import { systemClock } from '@muster/core'
import { parseRegex } from '../packages/detect/src/regex/parse.ts'
import { sampleRegex, seededRandom } from '../packages/detect/src/regex/sample.ts'
import { drawExample } from '../packages/detect/src/rules/examples.ts'
import { type Draw, negativeSorts } from './detect-negatives.ts'
import { passwordPlaces } from './detect-passwords.ts'
import { carriers, surroundings } from './detect-surroundings.ts'

/** What stands in a file: `needle` is the text as written there. */
export type Label = { readonly kind: string; readonly place: string; readonly needle: string }
/** A file of the corpus; `sort` names what a file without credentials is full of. */
export type CorpusFile = { readonly path: string; readonly bytes: Buffer; readonly labels: readonly Label[]; readonly sort: string | null; readonly items: number }

const GENERIC_VALUES = 6
const NEGATIVES_PER_SORT = 70
const ITEMS_PER_FILE = 14

const genericNames = ['DB_PASSWORD', 'api_key', 'client_secret', 'auth_token', 'SECRET_KEY', 'jwt_secret', 'admin_password', 'access_token', 'smtp_password', 'encryption_key', 'session_secret', 'webhook_secret', 'redis_password', 'service_account_token', 'private_api_key']

function drawer(seed: number): Draw {
  const random = seededRandom(seed)
  const from = (alphabet: string) => (length: number) => Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]!).join('')
  return {
    random, hex: from('0123456789abcdef'), base64: from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'),
    alnum: from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'), pick: (all) => all[Math.floor(random() * all.length)]!,
  }
}

/** A password as people and generators make them. */
function password(draw: Draw): string {
  const word = () => draw.pick(['Autumn', 'Falcon', 'Pumpkin', 'Monday', 'Berlin', 'Coffee', 'Thunder', 'Tiger', 'Yellow', 'Rocket'])
  switch (Math.floor(draw.random() * 5)) {
    case 0: return draw.alnum(16)
    case 1: return sampleRegex(parseRegex('[A-Za-z0-9!@#%^&*_+=.-]{18}').root, draw.random).replace(/^[^A-Za-z0-9]/, 'k').replace(/[^A-Za-z0-9]$/, 'Z')
    case 2: return `${word()}${word()}${Math.floor(draw.random() * 9000) + 1000}!`
    case 3: return `${word().toLowerCase().replace('o', '0').replace('e', '3')}@${Math.floor(draw.random() * 900) + 100}`
    default: return draw.base64(24).replaceAll('/', 'x').replaceAll('+', 'y')
  }
}

/** A value of no provider's form: hex, base64, letters and digits, as applications generate them. */
function anonymousToken(draw: Draw): string {
  switch (Math.floor(draw.random() * 4)) {
    case 0: return draw.hex(draw.pick([32, 40, 64]))
    case 1: return draw.alnum(draw.pick([24, 32, 48]))
    case 2: return `${draw.base64(43)}=`
    default: return sampleRegex(parseRegex('[A-Za-z0-9_-]{36}').root, draw.random).replace(/^[_-]/, 'a').replace(/[_-]$/, 'b')
  }
}

type Drawn = { readonly name: string; readonly value: string }

/** A value the rule is for, out of its first example, and the name that stands before it there. */
function drawnFrom(rule: Rule, scanner: SecretScanner, draw: Draw): Drawn | null {
  const text = drawExample(rule.examples.matches[0]!, draw.random)
  const found = scanner.scan({ bytes: Buffer.from(text), path: 'a.txt' }, systemClock).findings.find(({ ruleId }) => ruleId === rule.id)
  if (found === undefined || /\s/.test(found.secret.revealText())) return null
  if (!/^[\w.-]+(?:_key|API_TOKEN) ?=/.test(text) && !text.startsWith('API_TOKEN=')) return null
  const name = /^[A-Za-z_][\w.-]*(?=["' ]{0,2}[=:])/.exec(text)?.[0]
  return { name: name === undefined || name === 'API_TOKEN' ? draw.pick(['API_TOKEN', `${rule.id.replaceAll('-', '_')}`, 'credential', 'service_key']) : name, value: found.secret.revealText() }
}

const needleIn = (text: string, value: string): string => [value, encodeURIComponent(value), value.replaceAll('&', '&amp;'), JSON.stringify(value).slice(1, -1), Buffer.from(value).toString('base64')].find((form) => text.includes(form)) ?? ''

/** Files with one credential each: every kind of ours, values of no kind, and passwords where they stand in a form of their own. */
function positives(seed: number, drawsPerKind: number): CorpusFile[] {
  const draw = drawer(seed)
  const { rules } = defaultRules()
  const scanner = new SecretScanner(defaultRules())
  const files: CorpusFile[] = []
  let turn = 0
  const add = (kind: string, place: string, path: string, text: string, value: string) => {
    const needle = needleIn(text, value)
    files.push({ path: `p${files.length}/${path}`, bytes: encoded(text, turn), labels: [{ kind, place, needle: needle === '' ? value : needle }], sort: null, items: 1 })
  }
  for (const rule of rules.filter(({ generic }) => !generic)) {
    for (let i = 0; i < drawsPerKind; i++) {
      const drawn = drawnFrom(rule, scanner, draw)
      if (drawn === null) {
        const example = drawExample(rule.examples.matches[0]!, draw.random)
        const [finding] = scanner.scan({ bytes: Buffer.from(example), path: 'a.txt' }, systemClock).findings.filter(({ ruleId }) => ruleId === rule.id)
        if (finding !== undefined) add(rule.kind, 'own', 'notes/keys.txt', `before\n${example}\nafter\n`, finding.secret.revealText())
        continue
      }
      const { id, path, text } = surroundings[turn++ % surroundings.length]!
      add(rule.kind, id, path, text(drawn.name, drawn.value), drawn.value)
    }
  }
  for (const { id, path, text } of surroundings) {
    for (let i = 0; i < GENERIC_VALUES; i++) {
      const name = draw.pick(genericNames)
      const value = /password/i.test(name) ? password(draw) : anonymousToken(draw)
      turn++
      add(/password/i.test(name) ? 'a password' : 'a token', id, path, text(name, value), value)
    }
  }
  for (const { id, path, text } of [...carriers, ...carriers]) {
    const value = anonymousToken(draw).replaceAll(/[=+/]/g, '')
    add('a carried token', id, path, text('', value), value)
  }
  for (const { id, path, text } of passwordPlaces) {
    for (let i = 0; i < 5; i++) {
      const value = password(draw)
      add('a password in its place', id, path, text(value), value)
    }
  }
  return files
}

/** One file in forty is UTF-16, one has Windows line ends and a byte order mark. */
function encoded(text: string, turn: number): Buffer {
  if (turn % 40 === 7) return Buffer.from(`\ufeff${text}`, 'utf16le')
  return Buffer.from(turn % 40 === 8 ? `\ufeff${text.replaceAll('\n', '\r\n')}` : text)
}

function negatives(seed: number): CorpusFile[] {
  const draw = drawer(seed ^ 0x5eed)
  return negativeSorts.flatMap(({ id, path, text }) => Array.from({ length: Math.ceil(NEGATIVES_PER_SORT / ITEMS_PER_FILE) }, (_, i): CorpusFile => ({
    path: `n/${id}${i}/${path}`, labels: [], sort: id, items: ITEMS_PER_FILE,
    bytes: Buffer.from(`${Array.from({ length: ITEMS_PER_FILE }, () => text(draw)).join('\n')}\n`),
  })))
}

/** The whole corpus of a seed. */
export function corpus(seed: number, drawsPerKind = 2): readonly CorpusFile[] {
  return [...positives(seed, drawsPerKind), ...negatives(seed)]
}
