import type { Format } from './input.ts'

const id = 'keytab'
const MAX_ENTRIES = 10_000

const enctypes: Readonly<Record<number, string>> = {
  1: 'des-cbc-crc', 2: 'des-cbc-md4', 3: 'des-cbc-md5', 16: 'des3-cbc-sha1', 17: 'aes128-cts-hmac-sha1-96', 18: 'aes256-cts-hmac-sha1-96',
  19: 'aes128-cts-hmac-sha256-128', 20: 'aes256-cts-hmac-sha384-192', 23: 'rc4-hmac', 24: 'rc4-hmac-exp', 25: 'camellia128-cts-cmac', 26: 'camellia256-cts-cmac',
}

/** A reader over one entry that yields null past its end. */
class Fields {
  readonly view: DataView
  readonly bytes: Uint8Array
  pos = 0
  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
  number(size: 1 | 2 | 4): number | null {
    if (this.pos + size > this.bytes.length) return null
    const value = size === 1 ? this.view.getUint8(this.pos) : size === 2 ? this.view.getUint16(this.pos) : this.view.getUint32(this.pos)
    this.pos += size
    return value
  }
  counted(): Uint8Array | null {
    const length = this.number(2)
    if (length === null || this.pos + length > this.bytes.length) return null
    this.pos += length
    return this.bytes.subarray(this.pos - length, this.pos)
  }
}

/**
 * Kerberos keytabs of version 0x0502 (MIT Kerberos documentation, "The Kerberos Keytab Binary File Format"): each key with its
 * principal, key version, kind of encryption and time. Deleted entries (negative length) are stepped over.
 */
export const keytabFormat: Format = {
  id,
  matches: (input) => input.bytes[0] === 5 && input.bytes[1] === 2 && input.bytes.length >= 10 && input.bytes.length <= 4_000_000,
  extract: (input, into) => {
    const view = new DataView(input.bytes.buffer, input.bytes.byteOffset, input.bytes.byteLength)
    let pos = 2
    for (let count = 0; pos + 4 <= input.bytes.length && count < MAX_ENTRIES; count++) {
      const length = view.getInt32(pos)
      const start = pos + 4
      if (length === 0 || start + Math.abs(length) > input.bytes.length) return
      pos = start + Math.abs(length)
      if (length < 0) continue
      const entry = entryOf(input.bytes.subarray(start, pos))
      if (entry === null) return
      into.add(id, {
        secretType: 'kerberos-key', value: entry.key, start: start + entry.keyStart, end: start + entry.keyStart + entry.key.length,
        facts: { principal: entry.principal, realm: entry.realm, kvno: String(entry.kvno), enctype: enctypes[entry.enctype] ?? String(entry.enctype), createdAt: entry.timestamp === 0 ? null : new Date(entry.timestamp * 1000).toISOString() },
      })
    }
  },
}

type KeytabEntry = { readonly principal: string; readonly realm: string; readonly kvno: number; readonly enctype: number; readonly timestamp: number; readonly key: Uint8Array; readonly keyStart: number }

function entryOf(bytes: Uint8Array): KeytabEntry | null {
  const fields = new Fields(bytes)
  const text = (part: Uint8Array) => Buffer.from(part).toString('latin1')
  const components = fields.number(2)
  const realm = fields.counted()
  if (components === null || realm === null || components > 64) return null
  const names: string[] = []
  for (let i = 0; i < components; i++) {
    const name = fields.counted()
    if (name === null) return null
    names.push(text(name))
  }
  fields.number(4)
  const timestamp = fields.number(4)
  const shortVersion = fields.number(1)
  const enctype = fields.number(2)
  const key = fields.counted()
  if (timestamp === null || shortVersion === null || enctype === null || key === null) return null
  const keyStart = fields.pos - key.length
  const kvno = fields.number(4)
  return { principal: `${names.join('/')}@${text(realm)}`, realm: text(realm), kvno: kvno === null || kvno === 0 ? shortVersion : kvno, enctype, timestamp, key, keyStart }
}
