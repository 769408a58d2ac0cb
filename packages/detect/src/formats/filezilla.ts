import type { Format } from './input.ts'
import { attributeOf, childText, elementsOf } from './xml.ts'

const id = 'filezilla'

/** FileZilla's `sitemanager.xml`, `recentservers.xml` and exports: passwords are base64 unless a master password protects them. */
export const filezillaFormat: Format = {
  id,
  marks: ['<FileZilla'],
  matches: (input) => input.extension === 'xml' && input.has('<FileZilla'),
  extract: (input, into) => {
    for (const server of elementsOf(input.xml)) {
      if (server.name !== 'Server') continue
      const pass = server.children.find((element) => element.name === 'Pass')
      const scalar = pass?.text[0]
      if (pass === undefined || scalar === undefined) continue
      const encoding = attributeOf(pass, 'encoding')?.text ?? 'plain'
      const value = encoding === 'base64' ? Buffer.from(scalar.text, 'base64').toString('latin1') : scalar.text
      into.add(id, {
        secretType: 'password', value, start: scalar.start, end: scalar.end, ...(encoding === 'crypt' ? { reference: { kind: 'encrypted', name: 'master password' } } : {}),
        facts: { host: childText(server, 'Host')?.text, port: childText(server, 'Port')?.text, user: childText(server, 'User')?.text, protocol: childText(server, 'Protocol')?.text },
      })
    }
  },
}
