import { expect, it } from 'vitest'
import { context, credentialSubject, fileLine, secret } from '../fixtures.ts'
import { secretInWebRoot } from './in-web-root.ts'

const found = (path: string, inWebRoot = true) => secretInWebRoot.check(credentialSubject(secret(), [fileLine({ path, inWebRoot })]), context)?.severity ?? null

it.each([
  ['/var/www/html/.env', 'critical'], ['/var/www/html/wp-config.php', null], ['/var/www/html/wp-config.php.bak', 'critical'], ['/var/www/html/wp-config.php~', 'critical'], ['/var/www/html/a.PHP', null],
])('%s gives %s', (path, severity) => {
  expect(found(path)).toBe(severity)
})

it('what is not served is not found', () => {
  expect(found('/etc/app/.env', false)).toBeNull()
})
