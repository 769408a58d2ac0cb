import { createHmac, timingSafeEqual } from 'node:crypto'

const STEP_SECONDS = 30
const DIGITS = 6
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** The time step an instant lies in (RFC 6238 §4.2). */
export function totpStep(now: Date): number {
  return Math.floor(now.getTime() / 1000 / STEP_SECONDS)
}

/** The six-digit code of a step: HOTP with HMAC-SHA-1 (RFC 4226 §5.3, RFC 6238 §4), which every authenticator app speaks. */
export function totpCode(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', secret).update(counter).digest()
  const offset = mac[mac.length - 1]! & 0x0f
  const value = mac.readUInt32BE(offset) & 0x7fffffff
  return String(value % 10 ** DIGITS).padStart(DIGITS, '0')
}

/**
 * The step whose code this is, looked for one step either side of now (RFC 6238 §5.2); null for none. The caller keeps the
 * step and refuses it, and those before it, from then on.
 */
export function matchingTotpStep(secret: Uint8Array, code: string, now: Date, lastUsedStep: number | null): number | null {
  const current = totpStep(now)
  let found: number | null = null
  for (const step of [current - 1, current, current + 1]) {
    const same = code.length === DIGITS && timingSafeEqual(Buffer.from(totpCode(secret, step)), Buffer.from(code.replaceAll(/\D/g, 'x')))
    if (same && (lastUsedStep === null || step > lastUsedStep)) found ??= step
  }
  return found
}

/** RFC 4648 §6 without padding. */
export function toBase32(bytes: Uint8Array): string {
  let text = ''
  let value = 0
  let bits = 0
  for (const byte of bytes) {
    value = (value << 8) | byte
    bits += 8
    while (bits >= 5) {
      text += BASE32[(value >>> (bits - 5)) & 31]
      bits -= 5
    }
    value &= (1 << bits) - 1
  }
  return bits > 0 ? text + BASE32[(value << (5 - bits)) & 31] : text
}

/** What an authenticator app scans (the otpauth:// form its apps agree on). */
export function totpUri(email: string, secret: Uint8Array): string {
  const label = `Muster:${encodeURIComponent(email)}`
  return `otpauth://totp/${label}?secret=${toBase32(secret)}&issuer=Muster&algorithm=SHA1&digits=${DIGITS}&period=${STEP_SECONDS}`
}
