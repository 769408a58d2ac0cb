/** What a row gives beyond its pattern. */
export type RowOptions = {
  /** Lower-case texts of which a file must hold one; the literal that the pattern begins with, or the names, unless given. */
  readonly keywords?: readonly string[]
  /** Bits per byte the value must exceed (3), null for no bound. */
  readonly entropy?: number | null
  /** The structural check the value must pass. */
  readonly structure?: string
  /** What the value is, where another rule finds the same; the rule's id unless given. */
  readonly kind?: string
  /** Templates of true examples, for values that a drawn pattern does not make. */
  readonly examples?: readonly string[]
}

/** What stands between a name and the quote or the first byte of its value, in code and configuration: the name's quotes, a type, an operator. */
export const OPERATOR = String.raw`[\\"'\x60\])]{0,4}(?:[ \t]?:[ \t]?(?:&(?:'static )?str|(?:[oO]ptional\[)?[sS](?:ecretS)?tr(?:ing)?[\]?]?)|[ \t](?:[aA]s[ \t])?[sS]tring|[ \t]\{[ \t]get;(?:[ \t](?:private[ \t])?(?:set|init);)?[ \t]\})?[ \t]{0,20}(?:=>|:{0,3}={1,3}|[?.|+]{1,2}=|:|>)[ \t]{0,8}`
/** From the name of a method, or of what it is called with, to its argument. */
export const CALL = String.raw`["'\x60\])]{0,3}[ \t]{0,2}\([ \t]{0,8}`
/** Other ways from a name to its value: an attribute, an element, the next or inner element, the next line of YAML, what is called value beside the name or below it. */
export const APART = String.raw`["']\s{1,40}(?:value|content)[ \t]?=[ \t]?|["']>|>\s{0,60}<[Vv]alue>|><!\[CDATA\[|["'],[ \t]{1,20}default[ \t]?=[ \t]?|(?:[ \t]?:[ \t]?\w{1,20})?[ \t]?=[ \t]?[fF]ield\((?:default[ \t]?=[ \t]?)?|>\r?\n[ \t]{1,60}|</(?:key|name|stringProp)>\s{0,40}<(?:string|value|stringProp name="Argument\.value")>|::[ \t]{1,4}|["']?\r?\n[ \t-]{0,40}value:[ \t]{1,4}|["']?,\s{0,60}["']?[Vv]alue["']?[ \t]{0,4}[:=][ \t]{0,4}|["'][ \t]{0,4}:[ \t]{0,4}\{\s{0,60}(?:["'](?:[Tt]ype|sensitive|description)["'][ \t]{0,4}:[ \t]{0,4}["']?[\w. ]{1,60}["']?,\s{0,60}){0,2}["'](?:[Vv]alue|[Dd]efaultValue|default)["'][ \t]{0,4}:[ \t]{0,4}`
/** What a literal may begin with: the prefix some languages write before the quote, and the quote. */
const OPENING = String.raw`(?:[@bruLf]?[\\"'\x60]{1,4})?`
const BETWEEN = String.raw`(?:(?:${OPERATOR}|${CALL}|${APART}|["'\x60\])]{0,3}[ \t]{0,4}(?:\|\||\?\?)[ \t]{0,4}|["'\x60]?\)?[ \t]{0,4},[ \t]{0,4})${OPENING}|[ \t]{1,8}["'])`

/** A rule for values that say by themselves what they are: `pattern` is the whole value. In the format of `compileConfig`. */
export function token(id: string, description: string, pattern: string, options: RowOptions = {}): string {
  const keywords = options.keywords ?? [leadingLiteral(pattern)]
  const examples = options.examples ?? [`API_TOKEN="«${pattern}»"`, `token: «${pattern}»`]
  return rule(id, description, String.raw`${pattern.startsWith('[A-Za-z0-9+/]') ? '' : '\\b'}(${pattern})${boundaryBehind(pattern)}`, keywords, options, examples, [`API_TOKEN="«${shortened(pattern)}»"`, `token: ${keywords[0]!.replaceAll(/[^\w.-]/g, '')}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx`])
}

/**
 * A rule for values that only the name they are given to tells from others. `names` are patterns of what the name holds; anything of a name
 * may follow. In the format of `compileConfig`.
 */
export function named(id: string, description: string, names: readonly string[], value: string, options: RowOptions = {}): string {
  const keywords = options.keywords ?? names.map(leadingLiteral)
  const name = names[0]!.replaceAll(/\[[^\]]*\]\??/g, '_')
  // Hexadecimal digits are written in either case.
  const written = value.replaceAll('[a-f0-9]', '[A-Fa-f0-9]')
  const examples = options.examples ?? [`${name}_key = "«${value}»"`, `${name.toUpperCase()}_TOKEN: «${value}»`, `<${name}>«${value}»</${name}>`]
  return rule(id, description, String.raw`(?i)[\w.-]{0,50}?(?:${names.join('|')})[\w.-]{0,30}\b${BETWEEN}(?-i:(${written}))(?:[^\w+/=-]|$)`, keywords, { ...options, tags: ['named'] }, examples,
    [`${name}_key = "«${shortened(value)}»"`, `${name}_key = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"`, `other = "«${value}»"`])
}

/** A rule for addresses that let in whoever knows them: `host` with its path is a pattern, `secret` what follows. In the format of `compileConfig`. */
export function address(id: string, description: string, host: string, secret: string, keyword: string): string {
  return rule(id, description, `${host}(${secret})`, [keyword], { entropy: null }, [`url: https://«${host}${secret}»`], [`url: https://«${host}»`, `url: https://«${host}»XXXXXXXXXXXXXXXXXXXX`])
}

function rule(id: string, description: string, regex: string, keywords: readonly string[], { entropy = 3, structure, kind, tags = [] }: RowOptions & { readonly tags?: readonly string[] }, examples: readonly string[], counterexamples: readonly string[]): string {
  const list = (texts: readonly string[]) => `[${texts.map((text) => `'''${text}'''`).join(', ')}]`
  return [
    '[[rules]]', `id = "${id}"`, `description = "${description}"`, `regex = '''${regex}'''`, `keywords = ${JSON.stringify(keywords)}`,
    ...entropy === null ? [] : [`entropy = ${entropy}`], ...tags.length === 0 ? [] : [`tags = ${JSON.stringify(tags)}`], ...kind === undefined ? [] : [`kind = "${kind}"`], ...structure === undefined ? [] : [`structure = "${structure}"`],
    `examples = ${list(examples)}`, `counterexamples = ${list(counterexamples)}`, '',
  ].join('\n')
}

/** The lower-case text that every match of `pattern` begins with. */
function leadingLiteral(pattern: string): string {
  const literal = /^(?:[\w-]|\\[.+/|^$-]|[:@#~=/!% ,])*/.exec(pattern)![0]
  // What a repetition or an option follows is not certain.
  return (/^[?*{]/.test(pattern.slice(literal.length)) ? literal.slice(0, -1) : literal).replaceAll('\\', '').toLowerCase()
}

/** What must follow, so that a longer value is not taken for one of the right length. */
function boundaryBehind(pattern: string): string {
  const last = /(\[[^\]]*\])(?:\{[\d,]+\})?[^[\]]{0,8}$/.exec(pattern)?.[1] ?? ''
  return last.includes('/') || /=(?:\{[\d,]+\}|\?)?$/.test(pattern) ? String.raw`(?:[^\w+/=]|$)` : String.raw`(?:[^\w-]|$)`
}

/** The pattern for values one byte shorter than allowed. */
function shortened(pattern: string): string {
  let done = false
  const parts = pattern.split(/(\{\d+(?:,\d*)?\})/)
  for (let i = parts.length - 1; i >= 0 && !done; i--) {
    const least = /^\{(\d+)/.exec(parts[i]!)?.[1]
    if (least === undefined || Number(least) < 2) continue
    parts[i] = `{${Number(least) - 1}}`
    done = true
  }
  return parts.join('')
}
