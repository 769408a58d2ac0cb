import type { Format } from './input.ts'
import { linesOf } from './pairs.ts'

const inventoryKey = /(?:^|\s)(ansible_(?:ssh_|become_|sudo_|su_|winrm_|httpapi_|network_|enable_)?(?:password|pass)|ansible_become_password)=("[^"]{0,1024}"|'[^']{0,1024}'|[^\s]{1,1024})/g

/** Whole files under Ansible vault: presence, version, cipher and vault id; the content stays closed. */
export const ansibleVaultFormat: Format = {
  id: 'ansible-vault',
  matches: (input) => Buffer.from(input.bytes.subarray(input.base, input.base + 15)).toString('latin1').startsWith('$ANSIBLE_VAULT;'),
  extract: (input, into) => {
    const header = /^\$ANSIBLE_VAULT;(\d\.\d);(\w{1,16})(?:;([\w.@-]{1,128}))?/.exec(input.text.slice(0, 256))
    if (header !== null) into.add('ansible-vault', { secretType: 'encrypted-file', value: header[0], start: 0, end: header[0].length, facts: { version: header[1], cipher: header[2], vaultId: header[3] }, reference: { kind: 'encrypted', name: 'ansible-vault' } })
  },
}

/** INI inventories: the passwords Ansible logs in and becomes another user with, by host. */
export const ansibleInventoryFormat: Format = {
  id: 'ansible-inventory',
  matches: (input) => (/^(?:hosts|inventory)/.test(input.name) || /(?:^|\/)inventor(?:y|ies)\//.test(input.path)) && input.has('ansible_'),
  extract: (input, into) => {
    let group = ''
    for (const { line, start } of linesOf(input.text)) {
      if (/^\s*[#;]/.test(line) || line.length > 16_384) continue
      const section = /^\[([^\]]{1,256})\]/.exec(line)
      if (section !== null) group = section[1]!
      const host = /^([\w.:[\]-]{1,253})\s/.exec(line)?.[1]
      for (const match of line.matchAll(inventoryKey)) {
        const raw = match[2]!
        const quoted = /^["']/.test(raw) && raw.length > 1
        const text = quoted ? raw.slice(1, -1) : raw
        const at = start + match.index + match[0].length - raw.length + (quoted ? 1 : 0)
        into.add('ansible-inventory', { secretType: 'password', value: text, start: at, end: at + text.length, facts: { name: match[1], group, host: host?.includes('=') === true ? null : host, user: /ansible_(?:ssh_)?user=(\S{1,128})/.exec(line)?.[1] } })
      }
    }
  },
}
