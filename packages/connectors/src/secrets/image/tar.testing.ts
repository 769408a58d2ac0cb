/** A tar of the given members; a name that ends in `/` is a directory. */
export function tarOf(members: readonly { readonly name: string; readonly content?: string | Uint8Array }[]): Buffer {
  const parts = members.flatMap(({ name, content = '' }) => {
    const body = Buffer.from(content)
    const header = Buffer.alloc(512)
    header.write(name.slice(0, 100), 0, 'utf8')
    header.write('0000644\0', 100)
    header.write(body.length.toString(8).padStart(11, '0'), 124)
    header.write(name.endsWith('/') ? '5' : '0', 156)
    header.write('ustar\u000000', 257)
    header.fill(0x20, 148, 156)
    header.write(`${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148)
    return [header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]
  })
  return Buffer.concat([...parts, Buffer.alloc(1024)])
}
