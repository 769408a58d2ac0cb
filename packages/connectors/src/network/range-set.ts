import type { IpAddress, IpRange } from './address.ts'

/** Sorted, disjoint, non-touching address ranges: IPv4 first, then by address. */
export type RangeSet = readonly IpRange[]

function before(a: IpRange, b: IpRange): number {
  if (a.family !== b.family) return a.family - b.family
  return a.first < b.first ? -1 : a.first > b.first ? 1 : 0
}

/** The union of any ranges, as a set. */
export function toRangeSet(ranges: readonly IpRange[]): RangeSet {
  const merged: IpRange[] = []
  for (const range of [...ranges].sort(before)) {
    const top = merged.at(-1)
    if (top !== undefined && top.family === range.family && range.first <= top.last + 1n) {
      if (range.last > top.last) merged[merged.length - 1] = { ...top, last: range.last }
    } else merged.push(range)
  }
  return merged
}

/** The addresses of `from` that are not in `remove`. Linear in both. */
export function subtractRanges(from: RangeSet, remove: RangeSet): RangeSet {
  const left: IpRange[] = []
  let position = 0
  for (const range of from) {
    let first = range.first
    while (position < remove.length && precedes(remove[position]!, range.family, first)) position++
    for (let i = position; i < remove.length; i++) {
      const hole = remove[i]!
      if (hole.family !== range.family || hole.first > range.last) break
      if (hole.first > first) left.push({ family: range.family, first, last: hole.first - 1n })
      first = hole.last + 1n
    }
    if (first <= range.last) left.push({ family: range.family, first, last: range.last })
  }
  return left
}

function precedes(range: IpRange, family: 4 | 6, first: bigint): boolean {
  return range.family < family || (range.family === family && range.last < first)
}

/** How many addresses the set holds. */
export function countAddresses(set: RangeSet): bigint {
  return set.reduce((sum, range) => sum + (range.last - range.first + 1n), 0n)
}

/** The `index`-th address of the set. Ranges' starting offsets are summed once, so each look-up is a binary search. */
export function indexAddresses(set: RangeSet): (index: bigint) => IpAddress {
  const starts: bigint[] = []
  let total = 0n
  for (const range of set) {
    starts.push(total)
    total += range.last - range.first + 1n
  }
  return (index) => {
    if (index < 0n || index >= total) throw new RangeError('address index out of range')
    let low = 0
    let high = set.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (starts[middle]! <= index) low = middle
      else high = middle - 1
    }
    const range = set[low]!
    return { family: range.family, value: range.first + index - starts[low]! }
  }
}

/** True when some range of the set holds the address; binary search. */
export function setHolds(set: RangeSet, address: IpAddress): boolean {
  let low = 0
  let high = set.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const range = set[middle]!
    if (range.family < address.family || (range.family === address.family && range.last < address.value)) low = middle + 1
    else if (range.family > address.family || range.first > address.value) high = middle - 1
    else return true
  }
  return false
}
