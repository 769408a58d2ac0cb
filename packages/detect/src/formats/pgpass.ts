import type { Format } from './input.ts'
import { linesOf } from './pairs.ts'

const id = 'pgpass'

/** PostgreSQL's password file: `host:port:database:user:password`, backslash escapes `:` and itself (PostgreSQL docs §32.16). */
export const pgpassFormat: Format = {
  id,
  matches: (input) => /^\.?pgpass(?:\.conf|\.|$)/.test(input.name) || input.name.endsWith('.pgpass'),
  extract: (input, into) => {
    for (const { line, start } of linesOf(input.text)) {
      if (line.startsWith('#') || line.length > 8192 || into.full) continue
      const fields: { text: string; start: number }[] = [{ text: '', start: 0 }]
      for (let at = 0; at < line.length; at++) {
        if (line[at] === ':' && fields.length < 5) { fields.push({ text: '', start: at + 1 }); continue }
        if (line[at] === '\\' && at + 1 < line.length) at++
        fields.at(-1)!.text += line[at]!
      }
      const [host, port, database, user, password] = fields
      if (password === undefined) continue
      into.add(id, {
        secretType: 'database-password', value: password.text, start: start + password.start, end: start + line.length,
        facts: { host: host!.text, port: port!.text, database: database!.text, user: user!.text, scheme: 'postgresql' },
      })
    }
  },
}
