import { alignmentCentres, LARGEST_VERSION, layoutOf, type Layout } from './qr-tables.ts'
import { checkCodewords } from './reed-solomon.ts'

type Grid = (boolean | null)[][]

/** Data codewords in byte mode, terminated and padded (ISO/IEC 18004 §7.4). */
function dataCodewords(bytes: Uint8Array, layout: Layout): number[] {
  const bits: number[] = []
  const push = (value: number, length: number): void => {
    for (let bit = length - 1; bit >= 0; bit--) bits.push((value >> bit) & 1)
  }
  push(0b0100, 4)
  push(bytes.length, layout.version < 10 ? 8 : 16)
  for (const byte of bytes) push(byte, 8)
  push(0, Math.min(4, layout.dataCodewords * 8 - bits.length))
  while (bits.length % 8 !== 0) bits.push(0)
  const codewords = Array.from({ length: bits.length / 8 }, (_, index) => bits.slice(index * 8, index * 8 + 8).reduce((value, bit) => value * 2 + bit, 0))
  for (let pad = 0xec; codewords.length < layout.dataCodewords; pad ^= 0xec ^ 0x11) codewords.push(pad)
  return codewords
}

/** Data and check codewords of all blocks, interleaved (§7.6). */
export function interleave(data: readonly number[], layout: Layout): number[] {
  const shortLength = Math.floor(layout.dataCodewords / layout.blocks)
  const long = layout.dataCodewords % layout.blocks
  const blocks: number[][] = []
  for (let index = 0, at = 0; index < layout.blocks; index++) {
    const length = shortLength + (index >= layout.blocks - long ? 1 : 0)
    blocks.push(data.slice(at, at + length))
    at += length
  }
  const checks = blocks.map((block) => checkCodewords(block, layout.checkPerBlock))
  const result: number[] = []
  for (let index = 0; index <= shortLength; index++) for (const block of blocks) if (index < block.length) result.push(block[index]!)
  for (let index = 0; index < layout.checkPerBlock; index++) for (const check of checks) result.push(check[index]!)
  return result
}

/** `value` followed by its BCH remainder of `degree` bits. */
function withRemainder(value: number, degree: number, generator: number): number {
  let rest = value << degree
  for (let bit = 31 - Math.clz32(rest); bit >= degree && rest !== 0; bit = 31 - Math.clz32(rest)) rest ^= generator << (bit - degree)
  return (value << degree) | rest
}

function drawFunctions(grid: Grid, layout: Layout): void {
  const { size, version } = layout
  const set = (x: number, y: number, dark: boolean): void => {
    if (x >= 0 && y >= 0 && x < size && y < size) grid[y]![x] = dark
  }
  for (let index = 0; index < size; index++) {
    set(6, index, index % 2 === 0)
    set(index, 6, index % 2 === 0)
  }
  for (const [cx, cy] of [[3, 3], [size - 4, 3], [3, size - 4]] as const) {
    for (let dy = -4; dy <= 4; dy++) for (let dx = -4; dx <= 4; dx++) {
      const ring = Math.max(Math.abs(dx), Math.abs(dy))
      set(cx + dx, cy + dy, ring !== 2 && ring !== 4)
    }
  }
  const centres = alignmentCentres(version)
  const last = centres.length - 1
  for (const [i, cx] of centres.entries()) for (const [j, cy] of centres.entries()) {
    if ((i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0)) continue
    for (let dy = -2; dy <= 2; dy++) for (let dx = -2; dx <= 2; dx++) set(cx + dx, cy + dy, Math.max(Math.abs(dx), Math.abs(dy)) !== 1)
  }
  drawFormat(grid, size, 0)
  if (version >= 7) {
    const bits = withRemainder(version, 12, 0x1f25)
    for (let bit = 0; bit < 18; bit++) {
      const [far, near] = [size - 11 + (bit % 3), Math.floor(bit / 3)]
      set(far, near, ((bits >> bit) & 1) === 1)
      set(near, far, ((bits >> bit) & 1) === 1)
    }
  }
}

/** Level M and the mask, twice, and the module that is always dark (§7.9). */
function drawFormat(grid: Grid, size: number, mask: number): void {
  const bits = withRemainder(mask, 10, 0x537) ^ 0x5412
  const bit = (index: number): boolean => ((bits >> index) & 1) === 1
  for (let index = 0; index < 15; index++) {
    const down = index < 6 ? index : index < 8 ? index + 1 : size - 15 + index
    grid[down]![8] = bit(index)
    const across = index < 8 ? size - 1 - index : index === 8 ? 7 : 14 - index
    grid[8]![across] = bit(index)
  }
  grid[size - 8]![8] = true
}

const masks: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0, (_, y) => y % 2 === 0, (x) => x % 3 === 0, (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0, (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0, (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
]

function place(grid: Grid, codewords: readonly number[], size: number, mask: number): boolean[][] {
  const filled = grid.map((row) => [...row])
  let bit = 0
  let upwards = true
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5
    for (let step = 0; step < size; step++) {
      const y = upwards ? size - 1 - step : step
      for (const x of [right, right - 1]) {
        if (grid[y]![x] !== null) continue
        const dark = (((codewords[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1
        filled[y]![x] = dark !== masks[mask]!(x, y)
        bit++
      }
    }
    upwards = !upwards
  }
  drawFormat(filled, size, mask)
  return filled as boolean[][]
}

function linePenalty(line: readonly boolean[]): number {
  let penalty = 0
  for (let start = 0; start < line.length; ) {
    let end = start + 1
    while (end < line.length && line[end] === line[start]) end++
    if (end - start >= 5) penalty += end - start - 2
    start = end
  }
  const text = line.map((dark) => (dark ? '1' : '0')).join('')
  for (const pattern of ['10111010000', '00001011101']) for (let at = text.indexOf(pattern); at >= 0; at = text.indexOf(pattern, at + 1)) penalty += 40
  return penalty
}

/** How hard a symbol is to read (§7.8.3); the mask with the least is used. */
function penaltyOf(symbol: readonly boolean[][]): number {
  const size = symbol.length
  let penalty = 0
  let dark = 0
  for (let index = 0; index < size; index++) penalty += linePenalty(symbol[index]!) + linePenalty(symbol.map((row) => row[index]!))
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) {
    const value = symbol[y]![x]!
    if (value) dark++
    if (x + 1 < size && y + 1 < size && value === symbol[y]![x + 1] && value === symbol[y + 1]![x] && value === symbol[y + 1]![x + 1]) penalty += 3
  }
  return penalty + Math.floor(Math.abs((dark * 100) / (size * size) - 50) / 5) * 10
}

/**
 * The modules of a QR code of `text` (UTF-8, byte mode, level M), true for dark, without quiet zone (ISO/IEC 18004:2015).
 * Null for more than about 660 bytes.
 */
export function qrMatrix(text: string): boolean[][] | null {
  const bytes = new TextEncoder().encode(text)
  for (let version = 1; version <= LARGEST_VERSION; version++) {
    const layout = layoutOf(version)
    if (4 + (version < 10 ? 8 : 16) + bytes.length * 8 > layout.dataCodewords * 8) continue
    const grid: Grid = Array.from({ length: layout.size }, () => Array.from({ length: layout.size }, () => null))
    drawFunctions(grid, layout)
    const codewords = interleave(dataCodewords(bytes, layout), layout)
    const symbols = masks.map((_, mask) => place(grid, codewords, layout.size, mask))
    const penalties = symbols.map(penaltyOf)
    return symbols[penalties.indexOf(Math.min(...penalties))]!
  }
  return null
}
