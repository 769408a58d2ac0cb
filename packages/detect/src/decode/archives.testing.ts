import { crc32, deflateRawSync } from 'node:zlib'

/** A tar of the given members; a name that ends in `/` is a directory. */
export function tarOf(members: readonly { readonly name: string; readonly content?: string | Uint8Array; readonly link?: string }[]): Buffer {
  const parts = members.flatMap(({ name, content = '', link = null }) => {
    const body = Buffer.from(content)
    const header = Buffer.alloc(512)
    header.write(name.slice(0, 100), 0, 'utf8')
    header.write('0000644\0', 100)
    header.write(body.length.toString(8).padStart(11, '0'), 124)
    header.write(link !== null ? '2' : name.endsWith('/') ? '5' : '0', 156)
    header.write(link ?? '', 157)
    header.write('ustar\u000000', 257)
    header.fill(0x20, 148, 156)
    header.write(`${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148)
    return [header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]
  })
  return Buffer.concat([...parts, Buffer.alloc(1024)])
}

/** A zip of the given files, deflated; `flags` go into every directory entry (1: encrypted). */
export function zipOf(files: Readonly<Record<string, string | Uint8Array>>, flags = 0): Buffer {
  const local: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const [name, content] of Object.entries(files)) {
    const body = Buffer.from(content)
    const packed = deflateRawSync(body)
    const fixed = Buffer.alloc(26)
    fixed.writeUInt16LE(20, 0)
    fixed.writeUInt16LE(flags, 2)
    fixed.writeUInt16LE(8, 4)
    fixed.writeUInt32LE(crc32(body), 10)
    fixed.writeUInt32LE(packed.length, 14)
    fixed.writeUInt32LE(body.length, 18)
    fixed.writeUInt16LE(Buffer.byteLength(name), 22)
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    central.push(Buffer.from('PK\u0001\u0002\u0014\u0000', 'latin1'), fixed, tail, Buffer.from(name))
    local.push(Buffer.from('PK\u0003\u0004', 'latin1'), fixed, Buffer.from(name), packed)
    offset += 30 + Buffer.byteLength(name) + packed.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.write('PK\u0005\u0006', 'latin1')
  end.writeUInt16LE(Object.keys(files).length, 8)
  end.writeUInt16LE(Object.keys(files).length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...local, directory, end])
}
