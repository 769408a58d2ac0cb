import type { Secret } from '@muster/core'

/** Stands for a value, as in gitleaks' reports. */
export const REDACTED = 'REDACTED'

/** Value and match as a report shows them. */
export type ShownValue = { readonly secret: string; readonly match: string }

/**
 * Shows `100 - percent` percent of a value and of what its pattern matched around it; nothing at 100. Below that somebody asked for it with
 * `--redact`. Cut as gitleaks does: the beginning and three dots.
 */
export function shownValue(secret: Secret, match: Secret, percent: number): ShownValue {
  const value = secret.revealText()
  const around = match.revealText()
  const secretText = percent >= 100 ? REDACTED : percent <= 0 ? value : `${value.slice(0, evenRound((value.length * (100 - percent)) / 100))}...`
  if (value === '') return { secret: '', match: percent >= 100 ? '' : around }
  // A match that does not contain the value as it is used (a decoded one) would show it in another form.
  if (!around.includes(value)) return { secret: secretText, match: percent <= 0 ? around : secretText }
  return { secret: secretText, match: around.replaceAll(value, secretText) }
}

/** Shorter values are likely to be part of words. */
const MIN_QUOTED = 6

/** Takes values out of texts that may quote them, such as messages of commits. */
export function withoutValues(secrets: readonly Secret[]): (text: string) => string {
  const values = [...new Set(secrets.map((secret) => secret.revealText()))].filter((value) => value.length >= MIN_QUOTED).sort((a, b) => b.length - a.length)
  return (text) => values.reduce((left, value) => (left.includes(value) ? left.replaceAll(value, REDACTED) : left), text)
}

/** Length of a value in bytes: with the kind, all that is told of one. */
export function lengthOf(secret: Secret): number {
  return secret.reveal().length
}

function evenRound(number: number): number {
  const floor = Math.floor(number)
  if (number - floor !== 0.5) return Math.round(number)
  return floor % 2 === 0 ? floor : floor + 1
}
