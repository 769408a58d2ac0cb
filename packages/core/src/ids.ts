import { toHex } from './bytes.ts'
import type { Clock } from './clock.ts'

/** The isolated organisation everything belongs to. An installation starts with one, {@link DEFAULT_TENANT}. */
export type TenantId = string & { readonly __brand: 'TenantId' }

export const DEFAULT_TENANT = 'default' as TenantId

/** The least UUID version 7 of an instant: ids made at or after it are not below it. */
export function leastUuidV7(at: Date): string {
  const hex = Math.max(0, Math.min(at.getTime(), 2 ** 48 - 1)).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`
}

/**
 * A UUID version 7 (RFC 9562 §5.7): 48 bits of Unix milliseconds from `clock`, 74 random bits, so ids sort by creation
 * and no sequence is shared between processes.
 */
export function uuidV7(clock: Clock, random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array = (bytes) => crypto.getRandomValues(bytes)): string {
  const bytes = random(new Uint8Array(16))
  let milliseconds = clock.now().getTime()
  for (let i = 5; i >= 0; i--) {
    bytes[i] = milliseconds % 256
    milliseconds = Math.floor(milliseconds / 256)
  }
  bytes[6] = (bytes[6]! & 0x0f) | 0x70
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = toHex(bytes)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
