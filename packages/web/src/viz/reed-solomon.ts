const EXP = new Uint8Array(512)
const LOG = new Uint8Array(256)
for (let power = 0, value = 1; power < 255; power++) {
  EXP[power] = value
  EXP[power + 255] = value
  LOG[value] = power
  // x⁸ + x⁴ + x³ + x² + 1, the field of ISO/IEC 18004 §7.5.2
  value = value & 0x80 ? ((value << 1) ^ 0x11d) & 0xff : value << 1
}

/** Product in GF(2⁸). */
export function multiply(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : EXP[LOG[a]! + LOG[b]!]!
}

/** α to the power. */
export function alpha(power: number): number {
  return EXP[power % 255]!
}

/** The `count` check codewords of `data`: the remainder by ∏(x − αⁱ), i < count. */
export function checkCodewords(data: readonly number[], count: number): number[] {
  let generator = [1]
  for (let root = 0; root < count; root++) {
    const next = [...generator, 0]
    for (const [index, factor] of generator.entries()) next[index + 1]! ^= multiply(factor, alpha(root))
    generator = next
  }
  const rest = Array.from({ length: count }, () => 0)
  for (const byte of data) {
    const factor = byte ^ rest.shift()!
    rest.push(0)
    for (let index = 0; index < count; index++) rest[index]! ^= multiply(generator[index + 1]!, factor)
  }
  return rest
}
