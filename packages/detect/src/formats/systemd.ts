import type { Format } from './input.ts'
import { linesOf } from './pairs.ts'
import { addSetting } from './settings.ts'

const id = 'systemd'

/** systemd units: `Environment=` with its quoting (systemd.exec(5)), and credentials that are loaded or set (`LoadCredential=`, `SetCredential=`). */
export const systemdFormat: Format = {
  id,
  matches: (input) => /\.(?:service|socket|timer|mount|container|pod)$/.test(input.name) || /\.(?:service|socket|container)\.d\/[^/]+\.conf$/.test(input.path),
  extract: (input, into) => {
    for (const { line, start } of linesOf(input.text)) {
      const setting = /^\s{0,16}(Environment|SetCredential|LoadCredential(?:Encrypted)?|PassEnvironment)\s{0,8}=\s{0,8}/.exec(line)
      if (setting === null) continue
      const from = setting[0].length
      const rest = line.slice(from, from + 65_536)
      if (setting[1] === 'Environment') {
        for (const match of rest.matchAll(/"([A-Za-z_]\w{0,127})=((?:[^"\\]|\\.){0,4096})"|'([A-Za-z_]\w{0,127})=([^']{0,4096})'|(?<=^|\s)([A-Za-z_]\w{0,127})=(\S{0,4096})/g)) {
          const name = match[1] ?? match[3] ?? match[5]!
          const text = match[2] ?? match[4] ?? match[6]!
          const at = start + from + match.index + match[0].indexOf('=') + 1
          addSetting(into, id, name, { text, start: at, end: at + text.length })
        }
      } else if (setting[1] !== 'PassEnvironment') {
        const divide = rest.indexOf(':')
        if (divide < 0) continue
        const text = rest.slice(divide + 1)
        const name = rest.slice(0, divide)
        const at = start + from + divide + 1
        into.add(id, { secretType: 'systemd-credential', value: text, start: at, end: at + text.length, facts: { name }, ...(setting[1] === 'SetCredential' ? {} : { reference: { kind: 'file', name: text.slice(0, 256) } }) })
      }
    }
  },
}
