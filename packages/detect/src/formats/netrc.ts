import type { Format } from './input.ts'

const id = 'netrc'
const MAX_TOKENS = 100_000

type Token = { readonly text: string; readonly start: number; readonly end: number }

function* tokensOf(text: string): Generator<Token> {
  const pattern = /"(?:[^"\\\n]|\\.){0,4096}"|#[^\n]*|[^ \t\r\n]+/g
  let count = 0
  for (let match = pattern.exec(text); match !== null && count < MAX_TOKENS; match = pattern.exec(text), count++) {
    const raw = match[0]
    if (raw.startsWith('#')) continue
    const quoted = raw.length >= 2 && raw.startsWith('"') && raw.endsWith('"')
    if (quoted) yield { text: raw.slice(1, -1).replaceAll(/\\(.)/g, '$1'), start: match.index + 1, end: match.index + raw.length - 1 }
    else yield { text: raw, start: match.index, end: match.index + raw.length }
  }
}

/** `.netrc` of ftp, curl and git: `machine`, `login`, `password`, `account`; `macdef` bodies are stepped over. */
export const netrcFormat: Format = {
  id,
  matches: (input) => /^[._]?netrc(?:$|\.(?:bak|old|orig|save|txt|example|sample)$)/.test(input.name) || input.name.endsWith('.netrc') || /(?:^|\/)apt\/auth\.conf(?:\.d\/[^/]*)?$/.test(input.path),
  extract: (input, into) => {
    const withoutMacros = input.text.replaceAll(/^[ \t]*macdef[^\n]*\n(?:[^\n]+\n)*/gm, (body) => body.replaceAll(/[^\n]/g, ' '))
    let host: string | null = null
    let user: string | null = null
    let keyword: string | null = null
    for (const token of tokensOf(withoutMacros)) {
      if (keyword === null) {
        if (token.text === 'default') { host = 'default'; user = null } else if (/^(?:machine|login|password|account)$/.test(token.text)) keyword = token.text
        continue
      }
      if (keyword === 'machine') { host = token.text; user = null }
      if (keyword === 'login') user = token.text
      if (keyword === 'password') into.add(id, { secretType: 'password', value: token.text, start: token.start, end: token.end, facts: { host, user } })
      keyword = null
    }
  },
}
