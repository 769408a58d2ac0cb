import * as key from './key/index.ts'
import * as inventory from './inventory/index.ts'
import * as pgp from './pgp/index.ts'
import type { Rule } from './rule.ts'
import * as secret from './secret/index.ts'
import * as ssh from './ssh/index.ts'
import * as sshd from './sshd/index.ts'
import * as tls from './tls/index.ts'
import * as trust from './trust/index.ts'
import * as x509 from './x509/index.ts'

/** Every rule, in the order of its id. */
export const rules: readonly Rule[] = [x509, key, ssh, sshd, pgp, tls, inventory, secret, trust]
  .flatMap((family) => Object.values(family) as Rule[])
  .sort((a, b) => (a.id < b.id ? -1 : 1))

const byId = new Map(rules.map((rule) => [rule.id, rule]))

/** The rule of that id, or null. */
export function ruleById(id: string): Rule | null {
  return byId.get(id) ?? null
}
