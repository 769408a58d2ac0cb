/** ISO/IEC 18004:2015 table 9, error correction level M, versions 1 to 20: check codewords per block, then number of blocks. */
const CHECK_PER_BLOCK = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26]
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16]
export const LARGEST_VERSION = CHECK_PER_BLOCK.length

/** How the codewords of a version divide into blocks. */
export type Layout = { readonly version: number; readonly size: number; readonly codewords: number; readonly dataCodewords: number; readonly blocks: number; readonly checkPerBlock: number }

/** Centres of the alignment patterns along one axis (annex E). */
export function alignmentCentres(version: number): number[] {
  if (version === 1) return []
  const count = Math.floor(version / 7) + 2
  const step = Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2
  const size = version * 4 + 17
  return [6, ...Array.from({ length: count - 1 }, (_, index) => size - 7 - index * step).reverse()]
}

/** Modules left for data and check bits once every function pattern has its place. */
function dataModules(version: number): number {
  const size = version * 4 + 17
  const align = alignmentCentres(version).length
  const finders = 3 * 64
  const alignment = align === 0 ? 0 : (align * align - 3) * 25
  const timing = 2 * (size - 16) - (align === 0 ? 0 : 2 * 5 * (align - 2))
  const format = 31
  return size * size - finders - alignment - timing - format - (version >= 7 ? 36 : 0)
}

export function layoutOf(version: number): Layout {
  const codewords = Math.floor(dataModules(version) / 8)
  const blocks = BLOCKS[version - 1]!
  const checkPerBlock = CHECK_PER_BLOCK[version - 1]!
  return { version, size: version * 4 + 17, codewords, dataCodewords: codewords - blocks * checkPerBlock, blocks, checkPerBlock }
}
