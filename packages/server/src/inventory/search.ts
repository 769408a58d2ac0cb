/** What somebody typed into the search field, understood. */
export type Search =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** `prefix` as OpenSSH writes it, with `SHA256:`. */
  | { readonly kind: 'ssh-fingerprint'; readonly prefix: string }
  /** The first digits of a fingerprint or a serial number. `from` and `to` bound the 32-byte values they may begin. */
  | { readonly kind: 'digits'; readonly digits: string; readonly from: string; readonly to: string; readonly word: string }

const MAX_WORDS = 8
const MIN_DIGITS = 6

/**
 * Reads a search: `SHA256:…` is an SSH fingerprint, six or more hexadecimal digits (colons and blanks between pairs
 * allowed) begin a fingerprint, a key's fingerprint or a serial number, anything else is words that must all occur.
 */
export function readSearch(text: string): Search {
  const trimmed = text.trim()
  if (/^SHA256:[A-Za-z0-9+/]{1,43}=?$/.test(trimmed)) return { kind: 'ssh-fingerprint', prefix: trimmed.replace(/=$/, '') }
  const digits = /^(?:[0-9a-fA-F]{2}[: ]?)*[0-9a-fA-F]{1,2}$/.test(trimmed) ? trimmed.replaceAll(/[: ]/g, '').toLowerCase() : ''
  if (digits.length >= MIN_DIGITS && digits.length <= 64 && !/^[a-f]+$/.test(digits)) {
    // Serial numbers are kept without leading zeros.
    return { kind: 'digits', digits: digits.replace(/^0+(?=.)/, ''), from: digits.padEnd(64, '0'), to: digits.padEnd(64, 'f'), word: digits }
  }
  return { kind: 'words', words: trimmed.toLowerCase().split(/\s+/).filter((word) => word !== '').slice(0, MAX_WORDS) }
}
