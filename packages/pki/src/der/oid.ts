import { MusterError } from '@muster/core'
import { derLimits } from './limits.ts'

/** Interned dotted forms; emptied when full, so hostile input cannot make it grow. */
const dotted = new Map<string, string>()
const MAX_INTERNED = 2048
/** Arcs above 2^53 exist (UUID-based OIDs under 2.25 have 128 bits), hence BigInt for long ones. */
const MAX_ARC_OCTETS = 19

/**
 * Dotted form of an object identifier whose content octets are given as latin-1 text.
 * @throws MusterError der.invalid for a truncated or non-minimal arc, der.limit for one longer than 19 octets
 */
export function oidFromContent(content: string): string {
  const known = dotted.get(content)
  if (known !== undefined) return known
  const text = decode(content)
  if (dotted.size >= MAX_INTERNED) dotted.clear()
  // a copy, because `content` may be a slice that keeps a whole document alive
  dotted.set(Buffer.from(content, 'latin1').toString('latin1'), text)
  return text
}

function decode(content: string): string {
  if (content.length === 0 || content.length > derLimits.oidBytes) {
    throw new MusterError('der.limit', 'an object identifier is empty or too long')
  }
  const arcs: string[] = []
  let at = 0
  while (at < content.length) {
    let end = at
    while (end < content.length && content.charCodeAt(end) >= 0x80) end++
    if (end === content.length) throw new MusterError('der.invalid', 'an object identifier ends within an arc')
    if (content.charCodeAt(at) === 0x80) throw new MusterError('der.invalid', 'an arc of an object identifier is not in its shortest form')
    if (end - at >= MAX_ARC_OCTETS) throw new MusterError('der.limit', 'an arc of an object identifier is too long')
    pushArc(arcs, content, at, end + 1)
    at = end + 1
  }
  return arcs.join('.')
}

function pushArc(arcs: string[], content: string, from: number, to: number): void {
  let value = 0n
  for (let i = from; i < to; i++) value = (value << 7n) | BigInt(content.charCodeAt(i) & 0x7f)
  if (arcs.length > 0) {
    arcs.push(value.toString())
    return
  }
  const first = value < 40n ? 0n : value < 80n ? 1n : 2n
  arcs.push(first.toString(), (value - first * 40n).toString())
}

/** Content octets of a dotted object identifier, as latin-1 text. @throws MusterError der.invalid when it is not one */
export function oidToContent(oid: string): string {
  if (!/^[012](\.(0|[1-9]\d{0,38}))+$/.test(oid)) throw new MusterError('der.invalid', `not an object identifier: ${JSON.stringify(oid.slice(0, 80))}`)
  const arcs = oid.split('.').map(BigInt)
  const [first, second, ...rest] = arcs as [bigint, bigint, ...bigint[]]
  if (first < 2n && second > 39n) throw new MusterError('der.invalid', `not an object identifier: ${JSON.stringify(oid)}`)
  return [first * 40n + second, ...rest].map(encodeArc).join('')
}

function encodeArc(value: bigint): string {
  let text = String.fromCharCode(Number(value & 0x7fn))
  for (let rest = value >> 7n; rest > 0n; rest >>= 7n) text = String.fromCharCode(Number(rest & 0x7fn) | 0x80) + text
  return text
}

/** A table from object identifiers, keyed as {@link DerCursor.oidKey} reads them. */
export function oidTable<Value>(entries: Readonly<Record<string, Value>>): ReadonlyMap<string, Value> {
  return new Map(Object.entries(entries).map(([oid, value]) => [oidToContent(oid), value]))
}
