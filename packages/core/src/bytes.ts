const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Lower-case hex, two digits a byte, no separators. */
export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += HEX[byte]
  return text
}

/** Bytes of an even-length hex text; null when it is not hex. Colons and spaces between bytes are allowed. */
export function fromHex(text: string): Uint8Array | null {
  const digits = text.replaceAll(/[:\s]/g, '')
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) return null
  const bytes = new Uint8Array(digits.length / 2)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(digits.slice(i * 2, i * 2 + 2), 16)
  return bytes
}

/** OpenSSH's form of a SHA-256 digest: `SHA256:` and unpadded base64. */
export function toOpenSshFingerprint(sha256: Uint8Array): string {
  let binary = ''
  for (const byte of sha256) binary += String.fromCharCode(byte)
  return `SHA256:${btoa(binary).replace(/=+$/, '')}`
}
