/** A repeatable number in [0, 1) for the n-th thing of a series. */
export function unit(n: number, series = 0): number {
  let x = Math.imul(n + 0x9e3779b9, 0x85ebca6b) ^ Math.imul(series + 0x7f4a7c15, 0xc2b2ae35)
  x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d)
  x = Math.imul(x ^ (x >>> 12), 0x297a2d39)
  return ((x ^ (x >>> 15)) >>> 0) / 4_294_967_296
}

/** The entry of `list` that the n-th thing of a series gets. */
export function pick<T>(list: readonly T[], n: number, series = 0): T {
  return list[Math.floor(unit(n, series) * list.length)]!
}

/** A version 7 shaped UUID that carries `type` (one hex digit) and `n`. */
export function idOf(type: string, n: number): string {
  return `${type}1930000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
}

/** The number inside an id made by {@link idOf}; −1 for ids of another type. */
export function numberOf(type: string, id: string): number {
  return id.startsWith(`${type}1930000-`) ? Number.parseInt(id.slice(24), 16) : -1
}

/** 64 hex digits for the n-th thing of a series. */
export function hexOf(n: number, series: number): string {
  let text = ''
  for (let part = 0; part < 8; part++) text += Math.floor(unit(n * 8 + part, series) * 4_294_967_296).toString(16).padStart(8, '0')
  return text
}
