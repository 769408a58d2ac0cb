/** The UTF-8 of a text, one character per byte: what patterns are compared with. */
export function asBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}
