import { connectionStringFormat } from '../formats/connection-strings.ts'
import { csvFormat } from '../formats/csv.ts'
import { appSettingsFormat, configXmlFormat } from '../formats/dotnet.ts'
import { formats } from '../formats/formats.ts'
import { iniFormat } from '../formats/ini-files.ts'
import type { WatchedText } from '../engine/matching.ts'
import { type Format, FormatInput } from '../formats/input.ts'
import { javaPropertiesFormat } from '../formats/java-config.ts'
import { jwtFormat } from '../formats/jwt.ts'
import { sqlRowsFormat } from '../formats/sql-rows.ts'
import { terraformFormat } from '../formats/terraform.ts'
import { urlFormat } from '../formats/urls.ts'
import { yamlSettingsFormat } from '../formats/yaml-settings.ts'

/** Bytes of a URL's authority that do not end it; a template in it may hold those too. */
const AUTHORITY = String.raw`[^\x00-\x20"'/#?<>\\\x60]*`

/** Formats, and texts (lower case) of which one at least occurs where one of them finds anything. */
type Clue = { readonly formats: ReadonlySet<Format>; readonly texts: readonly Omit<WatchedText, 'bit'>[] }
const clueOf = (format: Format, ...texts: readonly (string | Omit<WatchedText, 'bit'>)[]): Clue => ({ formats: new Set([format]), texts: texts.map((text) => (typeof text === 'string' ? { text } : text)) })

/** The formats that stand in any text. */
const anywhere: readonly Clue[] = [
  clueOf(connectionStringFormat, { text: 'assword', pattern: '(?i)assword[^!-~]{0,4}=' }, 'wd=', 'accountkey', 'accesskey', 'accesssignature'),
  // Most URLs are no logins.
  clueOf(urlFormat, { text: '://', pattern: String.raw`://${AUTHORITY}(?:@|[{$]\{)` }),
  clueOf(jwtFormat, 'eyj'),
]

/** Formats that take whatever setting has a telling name, or a value that was encrypted in place. */
const settings: ReadonlySet<Format> = new Set([yamlSettingsFormat, iniFormat, javaPropertiesFormat, appSettingsFormat, configXmlFormat, terraformFormat, csvFormat, sqlRowsFormat])
/** One of these stands in every such name or value (see `secretKindOfName`): a file with none of them need not be parsed for settings. */
const tellingTexts: readonly string[] = ['pass', 'pwd', 'psw', 'psk', 'pw', 'secret', 'token', 'key', 'cred', 'auth', 'connection', 'pat:', 'pat=', 'pat"', 'pat ', 'pat_', 'enc[', 'enc(', '{cipher', '{aes', 'vault', '${{']

const clues: readonly Clue[] = [
  ...anywhere, { formats: settings, texts: tellingTexts.map((text) => ({ text })) }, ...formats.flatMap((format) => (format.marks === undefined ? [] : [clueOf(format, ...format.marks.map((mark) => mark.toLowerCase()))])),
]
/** What the engine watches for on behalf of the formats: a bit for each clue. */
export const watchedTexts: readonly WatchedText[] = clues.flatMap(({ texts }, bit) => texts.map((text) => ({ ...text, bit })))
const standing: ReadonlySet<Format> = new Set(anywhere.flatMap(({ formats: own }) => [...own]))

/** Names of programs and prose, which no format claims by name. */
const plainText = /\.(?:[chsS]|cc|cpp|cxx|hh|hpp|inc|go|rs|rb|pl|pm|py|pyi|java|kt|scala|cs|fs|vb|swift|m|mm|lua|sh|ts|tsx|mts|cts|js|jsx|mjs|cjs|vue|css|scss|less|html?|svg|map|rst|md|mdx|adoc|tex|dtsi?|asm|ll|patch|diff|po|pot)$/
const claimed = /(?:^|[./_-])(?:env|passwd|shadow|hosts|inventory|action|users)[^/]*$|credential|aws|docker|kube|netrc|npmrc|yarnrc|pgpass|pypirc|htpasswd|htdigest|s3cfg|wp-config|boto/

const choices = new Map<number, readonly Format[]>()

/** The formats worth asking about a file in which the clues with these bits occur. */
export function formatsFor(path: string, watched: number): readonly Format[] {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return chosen(watched, plainText.test(name) && !claimed.test(name.toLowerCase()))
}

/** A file of this name that has whatever a format looks for. */
class AnyContent extends FormatInput {
  constructor(path: string) {
    super(new Uint8Array(0), path, () => {})
  }

  override has(): boolean {
    return true
  }
}

/** Which formats a file may be read in because of its path: the same text for paths that choose the same, empty where the path chooses none. */
export function formatsByPath(path: string): string {
  const input = new AnyContent(path)
  return formatsFor(path, -1).filter((format) => !anyPath.has(format) && format.matches(input)).map(({ id }) => id).join()
}

/** Formats that take a file by what it holds, whatever it is called. */
const anyPath: ReadonlySet<Format> = new Set(formats.filter((format) => format.matches(new AnyContent('x.unheard-of'))))

/** The formats worth asking about bytes that were decoded out of a text. */
export function formatsWithin(watched: number): readonly Format[] {
  return chosen(watched, true)
}

function chosen(watched: number, plain: boolean): readonly Format[] {
  const key = watched * 2 + Number(plain)
  const known = choices.get(key)
  if (known !== undefined) return known
  const idle = new Set(clues.flatMap(({ formats: own }, bit) => ((watched >> bit) & 1 ? [] : [...own])))
  const choice = formats.filter((format) => !idle.has(format) && (!plain || standing.has(format)))
  choices.set(key, choice)
  return choice
}
