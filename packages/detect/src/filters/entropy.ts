/** Shannon entropy of a text of one character per byte, in bits per byte; 0 for the empty text. */
export function shannonBits(text: string): number {
  const counts = new Uint32Array(256)
  for (let i = 0; i < text.length; i++) counts[text.charCodeAt(i) & 0xff]!++
  let bits = 0
  for (const count of counts) if (count > 0) bits -= count / text.length * Math.log2(count / text.length)
  return bits
}
