const MAX_DEPTH = 32

/**
 * The one JSON text of a value (RFC 8785): members sorted by UTF-16 code units, no white space, numbers as ECMAScript
 * prints them. `undefined` members are left out, as JSON.stringify does; `toJSON` is honoured.
 *
 * @throws TypeError for what JSON cannot carry (NaN, infinities, bigint, functions, nesting over 32 levels).
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0)
}

function write(value: unknown, depth: number): string {
  if (depth > MAX_DEPTH) throw new TypeError('nested too deeply for canonical JSON')
  const plain = hasToJson(value) ? value.toJSON() : value
  switch (typeof plain) {
    case 'string':
    case 'boolean':
      return JSON.stringify(plain)
    case 'number':
      if (!Number.isFinite(plain)) throw new TypeError('not a JSON number')
      return JSON.stringify(plain)
    case 'object':
      return plain === null ? 'null' : writeObject(plain, depth)
    default:
      throw new TypeError(`canonical JSON cannot carry a ${typeof plain}`)
  }
}

function writeObject(value: object, depth: number): string {
  if (Array.isArray(value)) return `[${value.map((entry: unknown) => write(entry ?? null, depth + 1)).join(',')}]`
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  members.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${write(member, depth + 1)}`).join(',')}}`
}

function hasToJson(value: unknown): value is { toJSON(): unknown } {
  return typeof value === 'object' && value !== null && 'toJSON' in value && typeof value.toJSON === 'function'
}
