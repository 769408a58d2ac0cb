import type { Format } from './input.ts'
import { addSetting, safeFact } from './settings.ts'
import { child, entriesOf, itemsOf, type Scalar, scalarAt, textAt, type Tree } from './tree.ts'
import type { Collector } from './found.ts'

const id = 'mcp'

/** Settings of AI agents (`claude_desktop_config.json`, `mcp.json`, editors' `settings.json`): what servers of the Model Context Protocol are started and called with. */
export const mcpFormat: Format = {
  id,
  marks: ['"mcpServers"', '"servers"'],
  matches: (input) => ['json', 'jsonc'].includes(input.extension) && input.bytes.length <= 4_000_000 && (input.has('"mcpServers"') || (input.has('"servers"') && input.name.includes('mcp'))),
  extract: (input, into) => {
    for (const servers of [child(input.json, 'mcpServers'), child(child(input.json, 'mcp'), 'servers'), child(input.json, 'servers')]) {
      for (const { key, value } of entriesOf(servers)) addServer(value, into, { server: key.text, command: textAt(value, 'command'), host: safeFact(textAt(value, 'url')) })
    }
  },
}

function addServer(server: Tree, into: Collector, facts: Record<string, string | null>): void {
  for (const { key, value } of entriesOf(child(server, 'env'))) if (value.kind === 'scalar') addSetting(into, id, key.text, value, facts)
  for (const { key, value } of entriesOf(child(server, 'headers'))) {
    const token = value.kind === 'scalar' ? /^(?:Bearer|Basic|token)\s+(\S{8,4096})$/i.exec(value.text)?.[1] : undefined
    if (token !== undefined && value.kind === 'scalar' && !token.startsWith('$')) into.add(id, { secretType: 'token', value: token, start: value.start + value.text.length - token.length, end: value.end, facts: { ...facts, name: key.text } })
    else if (value.kind === 'scalar') addSetting(into, id, key.text, value, facts)
  }
  // `--api-key=…`, or the option and its value as two arguments.
  const args = itemsOf(child(server, 'args')).filter((item): item is Scalar => item.kind === 'scalar')
  for (const [index, argument] of args.entries()) {
    const option = /^--?([\w-]{2,64})(?:=(.+))?$/.exec(argument.text)
    if (option === null) continue
    const [, name, inline] = option
    const next = args[index + 1]
    if (inline !== undefined) addSetting(into, id, name!, { text: inline, start: argument.end - inline.length, end: argument.end }, facts)
    else if (next !== undefined && !next.text.startsWith('-')) addSetting(into, id, name!, next, facts)
  }
  const password = scalarAt(server, 'password')
  if (password !== null) addSetting(into, id, 'password', password, facts)
}
