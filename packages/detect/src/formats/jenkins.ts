import type { Format } from './input.ts'
import { childText, elementsOf } from './xml.ts'

const id = 'jenkins'
const secretElements: Readonly<Record<string, string>> = { password: 'password', secret: 'secret', privateKey: 'private-key', passphrase: 'passphrase', secretKey: 'aws-secret-access-key', secretBytes: 'secret-file', apiToken: 'token', token: 'token', uploadedKeystoreBytes: 'keystore', clientSecret: 'client-secret', bindPassword: 'password', authToken: 'token', appSecret: 'client-secret', credentialsId: 'credential-reference' }

/** Jenkins' `credentials.xml`, `config.xml` and job files: credentials by id and type; values encrypted by the controller's key are references. */
export const jenkinsFormat: Format = {
  id,
  matches: (input) => input.extension === 'xml' && (input.name === 'credentials.xml' || input.has('com.cloudbees.plugins.credentials') || input.has('hudson.') || input.has('jenkins.')),
  extract: (input, into) => {
    for (const element of elementsOf(input.xml)) {
      const facts = {
        credentialId: childText(element, 'id')?.text, description: childText(element, 'description')?.text, user: childText(element, 'username')?.text ?? childText(element, 'accessKey')?.text,
        className: element.name, scope: childText(element, 'scope')?.text,
      }
      for (const inner of [...element.children, ...element.children.filter((child) => child.name === 'privateKeySource').flatMap((child) => child.children)]) {
        const secretType = secretElements[inner.name]
        const scalar = inner.text[0]
        if (secretType === undefined || scalar === undefined || (facts.credentialId === undefined && inner.name === 'token' && scalar.text.length < 8)) continue
        const encrypted = /^\{[A-Za-z0-9+/]{16,}={0,2}\}$/.test(scalar.text) ? { kind: 'encrypted', name: 'jenkins' } : null
        const reference = inner.name === 'credentialsId' ? { kind: 'jenkins-credential', name: scalar.text } : encrypted
        into.add(id, { secretType, value: scalar.text, start: scalar.start, end: scalar.end, facts, ...(reference === null ? {} : { reference }) })
      }
    }
  },
}
