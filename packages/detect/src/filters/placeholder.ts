const words = [
  'example', 'placeholder', 'changeme', 'change_me', 'change-me', 'change_this', 'change-this', 'changethis', 'changeit', 'yourkey', 'your_', 'your-', 'yourtoken', 'yoursecret', 'yourpassword', 'insert_', 'insert-', 'replace_', 'replace-',
  'replaceme', 'redacted', 'notreal', 'not_real', 'not-real', 'sample_', 'sample-', 'deadbeef', '<secret>', '[secret]', 'xxxxxx', 'undefined',
]
/** Short ones occur by chance within a long key, so they count where a word begins. */
export const shortWord = /(?:^|[^A-Za-z0-9])(?:(?:fake|dummy|fixme|lorem|foo_?bar)|(?:todo|tbd|mock|blah|tba)(?:[^A-Za-z0-9]|$))/i
const templates: readonly RegExp[] = [
  /^\$\{[^}]*\}?$/, /^\$\(?[A-Za-z_][A-Za-z0-9_.]*\)?$/, /\{\{/, /^%\(?[A-Za-z_][\w.]*\)?[sd%]?$/, /^<[^>]*>?$/, /^#\{/, /^@[\w.-]+@$/, /^\[[\w .-]+\]$/, /^\W*[*\u2022]{3,}\W*$/,
  /^(?:process\.env|os\.environ|System\.getenv|env|vars|secrets|var|local|data)\./,
]
const counting = '01234567890123456789'
const alphabet = 'abcdefghijklmnopqrstuvwxyz'

/** A property of a program, e.g. `session.token`; a known form of token can look like one, a value of unknown kind hardly. */
export function readsLikeProperty(value: string): boolean {
  return /^[A-Za-z_$]+(?:[?!]?\.[A-Za-z_$]+)+!?$/.test(value)
}

/** True for a longer value that repeats itself or counts: nobody's key, though it may be a short password. */
export function isSpelledOut(secret: string): boolean {
  return secret.length >= 12 && (new Set(secret.toLowerCase()).size <= 3 || runs(secret.toLowerCase()) * 2 > secret.length)
}

/** Why the value stands for a secret rather than being one; null where nothing says so. */
export function placeholderReason(secret: string): string | null {
  const lower = secret.toLowerCase()
  const word = words.find((candidate) => lower.includes(candidate))
  if (word !== undefined) return `holds the word ${JSON.stringify(word)} of placeholders`
  if (shortWord.test(secret)) return 'begins with a word of placeholders'
  if (templates.some((template) => template.test(secret))) return 'refers to a value elsewhere'
  if (/\.{3,}$|…|\u00e2\u0080\u00a6/.test(secret)) return 'is cut short'
  const distinct = new Set(lower).size
  if (secret.length >= 8 && distinct <= 3) return 'repeats very few characters'
  const run = /([^\s-])\1{7,}/.exec(secret)?.[0].length ?? 0
  if (run * 4 > secret.length) return 'repeats one character'
  if (runs(lower) * 2 > secret.length) return 'counts or spells the alphabet'
  return null
}

/** How many characters stand in runs of six or more from the digits or the alphabet in order. */
function runs(text: string): number {
  let covered = 0
  for (let at = 0; at < text.length;) {
    let length = 1
    while (at + length < text.length && (counting.includes(text.slice(at, at + length + 1)) || alphabet.includes(text.slice(at, at + length + 1))) && length < 26) length++
    if (length >= 6) covered += length
    at += length >= 6 ? length : 1
  }
  return covered
}
