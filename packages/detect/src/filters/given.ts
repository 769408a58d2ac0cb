import { nameWords } from '../formats/names.ts'
import { isText } from './configuration.ts'

/** What a password is for, where its name says so: somebody logs in with it. */
const owners = new Set(['db', 'database', 'admin', 'administrator', 'root', 'superuser', 'sudo', 'smtp', 'mail', 'mailer', 'imap', 'pop3', 'ftp', 'sftp', 'ssh', 'mysql', 'mariadb', 'postgres', 'postgresql', 'pg', 'mongo', 'mongodb', 'redis', 'rabbit', 'rabbitmq', 'amqp', 'mqtt', 'ldap', 'bind', 'kafka', 'elastic', 'elasticsearch', 'oracle', 'mssql', 'sqlserver', 'sql', 'jdbc', 'datasource', 'wifi', 'wpa', 'master', 'service', 'svc', 'proxy', 'keystore', 'truststore', 'jenkins', 'nexus', 'registry', 'docker', 'vpn', 'snmp', 'winrm', 'rdp', 'vnc', 'default', 'initial'])

const literal = String.raw`["'\x60]?\s{0,4}(?:=>|[:=(,])\s{0,4}["'\x60][^"'\x60\s]{1,100}["'\x60]`
/** Another part of a login, given on the same line as a literal: who logs in, and where. Lists of accounts that products come with name only who. */
const who = new RegExp(String.raw`(?:^|[^A-Za-z])(?:[\w.]{0,24}[_.])?(?:user|user_?name|login|uid|account|e?mail)${literal}`, 'i')
const where = new RegExp(String.raw`(?:^|[^A-Za-z])(?:[\w.]{0,24}[_.])?(?:host|hostname|server|db(?:_?name)?|database|url|dsn)${literal}`, 'i')

/** Words of forms, of checks and of choices, which stand beside the word for a password in every program. */
const words = /pass|pwd|psw|secret|token|creden|user|login|field|label|input|name|text|value|type|prompt|match|valid|requir|confirm|forgot|reset|current|chang|empty|missing|wrong|weak|strong|short|long|hidden|visible|show|hide|hash|crypt|obscur|plain|string|error|warn|exampl|dummy|fake|test|mock|sample|none|null|undefined|function|object|number|boolean|anonym|default|your|enter|key|config|setting|param|option|attr|prop|class|icon|button|form|page|auth|basic|digest/i

/** What sets or reads a setting by a name in quotes. */
const bySetting = /(?:^|[^a-z])(?:put|set\w*|define|get\w*|fetch|env|property|values|add\w*|default\w*)\s?\(\s?\[?["'`]$/i

type Given = { readonly name: string; readonly operator: string; readonly secret: string; readonly match: string; readonly line: string; readonly path: string }

/**
 * True for a word given to a password's name in a program where more than the name says that somebody logs in with it: whom or what it is for, the call
 * that takes it, the rest of the login beside it, or its length, for labels are short.
 */
export function isGivenPassword({ name, operator, secret, match, line, path }: Given): boolean {
  if (secret.length < 5 || words.test(secret) || isText(path)) return false
  const [last = '', before = ''] = nameWords(name).toReversed()
  if (!/^(?:pass|passwd|password|pwd|passphrase|pw)$/.test(last)) return false
  const given = operator.replace(/^[\])]+/, '')
  const ahead = line.slice(0, Math.max(0, line.indexOf(match)))
  if (operator === ',') return secret.length >= 8 && bySetting.test(ahead)
  if (secret.length >= 8 && last !== 'pass' && last !== 'pw' && (/^(?::[&'\w[\]?]*|As\w+|\{[\w;]*\})?:?=>?$|^:$/.test(given) || /#define\s+$/.test(ahead))) return true
  return owners.has(before) || (operator === '(' && /^(?:set|with|use|and)?$/.test(before)) || where.test(line) || (secret.length >= 8 && who.test(line))
}
