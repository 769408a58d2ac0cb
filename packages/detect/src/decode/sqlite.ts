/** A table of a database as text: each row as `column = "text"` lines. */
export type TableText = { readonly name: string; readonly bytes: Uint8Array }

const MAGIC = 'SQLite format 3\0'
const MAX_TEXT = 65_536
const [INTERIOR, LEAF] = [0x05, 0x0d]

/** True for a database file of SQLite 3 (SQLite's "Database File Format" §1.3). */
export function isSqlite(bytes: Uint8Array): boolean {
  return bytes[0] === 0x53 && bytes.length >= 512 && Buffer.from(bytes.buffer, bytes.byteOffset, 16).toString('latin1') === MAGIC
}

/** The rows of every table, by walking its b-tree from the root its schema names. Damaged pages are stepped over; work is linear in the pages. */
export function* sqliteTables(bytes: Uint8Array): Generator<TableText, void, void> {
  const pages = new Pages(bytes)
  for (const [type, name, , root, sql] of pages.rows(1)) {
    if (type !== 'table' || name === undefined || name === null || !/^\d{1,9}$/.test(root ?? '')) continue
    const columns = columnsOf(sql ?? '')
    const lines: string[] = []
    for (const row of pages.rows(Number(root))) lines.push(rowText(row, columns))
    if (lines.length > 0) yield { name, bytes: Buffer.from(lines.join(''), 'latin1') }
  }
}

/** Texts as settings: by the name of their column, and by the text before them where that could be a name, as tables of keys and values have it. */
function rowText(row: readonly (string | null)[], columns: readonly string[]): string {
  let text = ''
  let before = ''
  for (const [index, value] of row.entries()) {
    if (value === null || value === '' || /^\d+$/.test(value)) continue
    const quoted = /["\n]/.test(value) ? value : `"${value}"`
    text += `${before === '' ? columns[index] ?? 'column' : before} = ${quoted}\n`
    before = /^[A-Za-z_][\w.-]{2,60}$/.test(value) && !/password|secret|token|key/i.test(columns[index + 1] ?? '') ? value : ''
  }
  return text === '' ? '' : `${text}\n`
}

/** Names of columns in a `CREATE TABLE`, in order; a guess where it has definitions within definitions. */
function columnsOf(sql: string): readonly string[] {
  const body = sql.slice(sql.indexOf('(') + 1, 8192).replaceAll(/\([^()]*\)/g, '')
  return body.split(',').map((definition) => /^\s*["'`[]?([\w -]{1,64}?)["'`\]]?(?:\s|$)/.exec(definition)?.[1] ?? '')
}

class Pages {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #size: number
  readonly #usable: number
  /** Each page counts once, so that no circle and no page of two tables costs more. */
  readonly #seen = new Set<number>()

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const size = this.#view.getUint16(16)
    this.#size = size === 1 ? 65_536 : size
    this.#usable = this.#size - bytes[20]!
  }

  /** The columns of each row below a page, texts as latin-1 and numbers in digits; null for blobs of no text and for NULL. */
  *rows(root: number): Generator<readonly (string | null)[], void, void> {
    const open = [root]
    for (let page = open.pop(); page !== undefined; page = open.pop()) {
      const start = (page - 1) * this.#size
      if (this.#size < 512 || page < 1 || start + this.#size > this.#bytes.length || !this.#isNew(page)) continue
      const header = page === 1 ? start + 100 : start
      const kind = this.#bytes[header]
      const count = Math.min(this.#view.getUint16(header + 3), this.#size / 2)
      if (kind === INTERIOR) open.push(this.#view.getUint32(header + 8))
      for (let index = count - 1; kind === INTERIOR && index >= 0; index--) {
        const cell = this.#cell(header + 12 + 2 * index, start)
        if (cell !== null) open.push(this.#view.getUint32(cell))
      }
      // Cells of one page do not overlap in a sound file: what they take together is bounded by it.
      let room = 2 * this.#size
      for (let index = 0; kind === LEAF && index < count && room > 0; index++) {
        const cell = this.#cell(header + 8 + 2 * index, start)
        const found = cell === null ? null : this.#row(cell, start + this.#size)
        room -= found?.here ?? 4
        if (found?.row != null) yield found.row
      }
    }
  }

  #isNew(page: number): boolean {
    const isNew = !this.#seen.has(page)
    this.#seen.add(page)
    return isNew
  }

  #cell(pointer: number, start: number): number | null {
    if (pointer + 2 > start + this.#size) return null
    const cell = this.#view.getUint16(pointer)
    return cell >= 4 && cell + 4 <= this.#size ? start + cell : null
  }

  #row(cell: number, end: number): { readonly row: readonly (string | null)[] | null; readonly here: number } {
    const [length, atRowid] = varint(this.#bytes, cell, end)
    const [, atPayload] = varint(this.#bytes, atRowid, end)
    const payload = this.#payload(atPayload, length, end)
    return { row: payload === null ? null : columnsIn(payload), here: 4 + Math.min(this.#kept(length), end - cell) }
  }

  /** How much of a record its page holds (§1.6). */
  #kept(length: number): number {
    const most = this.#usable - 35
    const least = Math.floor((this.#usable - 12) * 32 / 255) - 23
    const kept = length <= most ? length : least + (length - least) % (this.#usable - 4)
    return length <= most || kept <= most ? kept : least
  }

  /** A record, with what of it lies on overflow pages. */
  #payload(at: number, length: number, end: number): Buffer | null {
    if (length < 1 || length > this.#bytes.length || at >= end) return null
    const here = this.#kept(length)
    if (at + here > end) return null
    const parts = [this.#bytes.subarray(at, at + here)]
    let left = length - here
    let page = left > 0 && at + here + 4 <= end ? this.#view.getUint32(at + here) : 0
    while (left > 0) {
      const start = (page - 1) * this.#size
      if (page < 1 || start + this.#size > this.#bytes.length || !this.#isNew(page)) return null
      const size = Math.min(left, this.#usable - 4)
      parts.push(this.#bytes.subarray(start + 4, start + 4 + size))
      left -= size
      page = this.#view.getUint32(start)
    }
    return Buffer.concat(parts)
  }
}

/** A number of one to nine bytes, big-endian (§1.6), and where the next begins; the end where none is whole. */
function varint(bytes: Uint8Array, at: number, end: number): readonly [value: number, next: number] {
  let value = 0
  for (let index = 0; index < 9 && at + index < end; index++) {
    const byte = bytes[at + index]!
    if (index === 8) return [value * 256 + byte, at + 9]
    value = value * 128 + (byte & 0x7f)
    if (byte < 0x80) return [value, at + index + 1]
  }
  return [0, end]
}

/** The values of a record (§2.1). */
function columnsIn(payload: Buffer): readonly (string | null)[] {
    const types: number[] = []
    const [headerLength, first] = varint(payload, 0, payload.length)
    for (let next = first; next < headerLength && headerLength <= payload.length && types.length < 2000;) {
      const [type, behind] = varint(payload, next, headerLength)
      types.push(type)
      next = behind
    }
    let at = headerLength
    return types.map((type) => {
      const size = type >= 12 ? (type - (type % 2 === 0 ? 12 : 13)) / 2 : [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0][type]!
      const from = at
      at += size
      if (at > payload.length) return null
      const bytes = payload.subarray(from, at)
      if (type >= 12) return size > MAX_TEXT || bytes.includes(0) ? null : bytes.toString('latin1')
      return type >= 1 && type <= 5 ? String(bytes.readIntBE(0, size)) : type === 8 ? '0' : type === 9 ? '1' : null
    })
}
