import { connectionStringFormat } from '../formats/connection-strings.ts'
import { appSettingsFormat, configXmlFormat } from '../formats/dotnet.ts'
import { formats } from '../formats/formats.ts'
import { iniFormat } from '../formats/ini-files.ts'
import type { WatchedText } from '../engine/matching.ts'
import { type Format, FormatInput } from '../formats/input.ts'
import { javaPropertiesFormat } from '../formats/java-config.ts'
import { jwtFormat } from '../formats/jwt.ts'
import { terraformFormat } from '../formats/terraform.ts'
import { urlFormat } from '../formats/urls.ts'
import { yamlSettingsFormat } from '../formats/yaml-settings.ts'

/** Bytes of a URL's authority that do not end it; a template in it may hold those too. */
const AUTHORITY = String.raw`[^\x00-\x20"'/#?<>\\\x60]*`

/** The formats that stand in any text, each with the texts of which one at least must occur (lower case). */
const anywhere: readonly { readonly format: Format; readonly needs: readonly WatchedText[] }[] = [
  { format: connectionStringFormat, needs: [{ text: 'assword', pattern: '(?i)assword[^!-~]{0,4}=' }, { text: 'wd=' }, { text: 'accountkey' }, { text: 'accesskey' }, { text: 'accesssignature' }] },
  // Most URLs are no logins.
  { format: urlFormat, needs: [{ text: '://', pattern: String.raw`://${AUTHORITY}(?:@|[{$]\{)` }] },
  { format: jwtFormat, needs: [{ text: 'eyj' }] },
]

/** Formats that take whatever setting has a telling name, or a value that was encrypted in place. */
const settings: ReadonlySet<Format> = new Set([yamlSettingsFormat, iniFormat, javaPropertiesFormat, appSettingsFormat, configXmlFormat, terraformFormat])
/** One of these stands in every such name or value (see `secretKindOfName`): a file with none of them need not be parsed for settings. */
const tellingTexts: readonly string[] = ['pass', 'pwd', 'psw', 'psk', 'pw', 'secret', 'token', 'key', 'cred', 'auth', 'connection', 'pat:', 'pat=', 'pat"', 'pat ', 'pat_', 'enc[', 'enc(', '{cipher', '{aes', 'vault', '${{']

const neededTexts = anywhere.flatMap(({ needs }) => needs)
/** What the engine watches for on behalf of the formats. */
export const watchedTexts: readonly WatchedText[] = [...neededTexts, ...tellingTexts.map((text) => ({ text }))]
const telling = tellingTexts.reduce((bits, _, index) => bits | (1 << (neededTexts.length + index)), 0)

/** Names of programs and prose, which no format claims by name. */
const plainText = /\.(?:[chsS]|cc|cpp|cxx|hh|hpp|inc|go|rs|rb|pl|pm|py|pyi|java|kt|scala|cs|fs|vb|swift|m|mm|lua|sh|ts|tsx|mts|cts|js|jsx|mjs|cjs|vue|css|scss|less|html?|svg|map|rst|md|mdx|adoc|tex|dtsi?|asm|ll|patch|diff|po|pot)$/
const claimed = /(?:^|[./_-])(?:env|passwd|shadow|hosts|inventory|action|users)[^/]*$|credential|aws|docker|kube|netrc|npmrc|yarnrc|pgpass|pypirc|htpasswd|htdigest|s3cfg|wp-config|boto/

const choices = new Map<number, readonly Format[]>()

/** The formats worth asking about a file, when the texts with these bits occur in it. */
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
  const isTelling = !plain && (watched & telling) !== 0
  const needed = watched & ((1 << neededTexts.length) - 1)
  const key = needed * 4 + Number(plain) * 2 + Number(isTelling)
  const known = choices.get(key)
  if (known !== undefined) return known
  let bit = 0
  const idle = new Set(anywhere.filter(({ needs }) => !needs.map(() => (needed >> bit++) & 1).includes(1)).map(({ format }) => format))
  const all = plain ? anywhere.map(({ format }) => format) : isTelling ? formats : formats.filter((format) => !settings.has(format))
  const choice = all.filter((format) => !idle.has(format))
  choices.set(key, choice)
  return choice
}
