export type TarMember = {
  readonly name: string
  readonly content?: string | Uint8Array
  /** Type flag of the header; told by the name otherwise. */
  readonly type?: string
  readonly link?: string
  /** Blocks that a sparse file's map goes on in, behind the header (GNU tar, "Old GNU format"). */
  readonly mapBlocks?: number
}

/** A tar of the given members; a name that ends in `/` is a directory. */
export function tarOf(members: readonly TarMember[]): Buffer {
  const parts = members.flatMap(({ name, content = '', type = name.endsWith('/') ? '5' : '0', link = '', mapBlocks = 0 }) => {
    const body = Buffer.from(content)
    const header = Buffer.alloc(512)
    header.write(name.slice(0, 100), 0, 'utf8')
    header.write('0000644\0', 100)
    header.write(body.length.toString(8).padStart(11, '0'), 124)
    header.write(type, 156)
    header.write(link.slice(0, 100), 157, 'utf8')
    header.write('ustar\u000000', 257)
    if (mapBlocks > 0) header[482] = 1
    header.fill(0x20, 148, 156)
    header.write(`${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148)
    const map = Array.from({ length: mapBlocks }, (_, at) => { const block = Buffer.alloc(512); block[504] = at + 1 < mapBlocks ? 1 : 0; return block })
    return [header, ...map, body, Buffer.alloc((512 - (body.length % 512)) % 512)]
  })
  return Buffer.concat([...parts, Buffer.alloc(1024)])
}

/** A pax header for the member that follows it. */
export function paxOf(records: Readonly<Record<string, string>>): TarMember {
  const content = Object.entries(records).map(([key, value]) => {
    const rest = ` ${key}=${value}\n`
    let length = rest.length
    while (`${length}${rest}`.length !== length) length = `${length}${rest}`.length
    return `${length}${rest}`
  }).join('')
  return { name: 'PaxHeaders/x', type: 'x', content }
}
