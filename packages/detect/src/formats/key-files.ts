import type { Format, FormatInput } from './input.ts'

const id = 'key-file'
const MAX_BYTES = 1_000_000

/** What a binary file is by its extension and its first bytes; null for all else. Stores of certificates alone are none, where their format says so in clear. */
function kindOf({ bytes, extension, name }: FormatInput): { readonly secretType: string; readonly container: string } | null {
  if (bytes.length < 32 || bytes.length > MAX_BYTES) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const magic = view.getUint32(0)
  // Java's stores: version, count of entries, then the tag of the first, 1 for a private key.
  if ((magic === 0xfeedfeed || magic === 0xcececece) && view.getUint32(8) > 0 && view.getUint32(12) === 1) return { secretType: 'key-store', container: magic === 0xfeedfeed ? 'jks' : 'jceks' }
  if (view.getUint16(0) !== 0x3082 || view.getUint16(2) + 4 !== bytes.length) return null
  // RFC 7292 §4: version 3, then signed or enveloped content.
  if (/^(?:p12|pfx|pkcs12)$/.test(extension) && bytes[4] === 2 && bytes[6] === 3) return { secretType: 'key-store', container: 'pkcs12' }
  const isKey = bytes[4] === 2 && bytes[5] === 1 && bytes[6] === 0 && (bytes[7] === 0x30 || (bytes[7] === 2 && bytes[8] === 0x82))
  return isKey && (/^(?:der|key|pk8|p8|pkcs8)$/.test(extension) || name.includes('key')) ? { secretType: 'private-key', container: bytes[7] === 2 ? 'pkcs1' : 'pkcs8' } : null
}

/** Private keys in binary: PKCS #12 stores, Java's stores whose first entry is a key, and PKCS #1 and #8 in DER (RFC 7292, RFC 8017, RFC 5958). The file is the secret, whatever password it has. */
export const keyFileFormat: Format = {
  id,
  matches: (input) => kindOf(input) !== null,
  extract: (input, into) => {
    const { secretType, container } = kindOf(input)!
    into.add(id, { secretType, value: input.bytes, start: 0, end: input.bytes.length, facts: { container } })
  },
}
