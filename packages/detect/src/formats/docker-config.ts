import type { Format } from './input.ts'
import { child, entriesOf, type Scalar, scalarAt, textAt, type Tree } from './tree.ts'
import type { Collector } from './found.ts'

const id = 'docker-config'

/** Base64 that decodes to `user:password`; null otherwise. */
export function basicAuthOf(base64: string): { readonly user: string; readonly password: string } | null {
  if (base64.length > 65_536 || !/^[A-Za-z0-9+/_-]{2,}={0,2}$/.test(base64)) return null
  const decoded = Buffer.from(base64, 'base64').toString('latin1').replace(/\0+$/, '')
  const colon = decoded.indexOf(':')
  return colon < 0 ? null : { user: decoded.slice(0, colon), password: decoded.slice(colon + 1) }
}

/** Adds the registry passwords of an `auths` mapping; also used for Kubernetes image pull secrets. */
export function addRegistryAuths(auths: Tree | null, into: Collector, format: string, place?: { readonly start: number; readonly end: number }): void {
  const placeOf = (scalar: Scalar) => (place === undefined ? { start: scalar.start, end: scalar.end } : { start: place.start, end: place.end, shared: true })
  for (const { key, value } of entriesOf(auths)) {
    const host = key.text
    const auth = scalarAt(value, 'auth')
    const basic = auth === null ? null : basicAuthOf(auth.text)
    if (auth !== null && basic !== null) {
      into.add(format, { secretType: 'registry-password', value: basic.password, ...placeOf(auth), facts: { host, user: basic.user } })
    }
    const user = textAt(value, 'username') ?? basic?.user
    for (const [field, secretType] of [['password', 'registry-password'], ['identitytoken', 'registry-token'], ['registrytoken', 'registry-token']] as const) {
      const scalar = scalarAt(value, field)
      if (scalar !== null && (field !== 'password' || basic === null)) into.add(format, { secretType, value: scalar.text, ...placeOf(scalar), facts: { host, user } })
    }
  }
}

/** Docker's and Podman's registry logins: `config.json`, `auth.json` (`auths`) and the older `.dockercfg`. */
export const dockerConfigFormat: Format = {
  id,
  marks: ['"auth'],
  matches: (input) => (input.extension === 'json' || input.name.includes('dockercfg') || input.name.includes('dockerconfig')) && input.has('"auth'),
  extract: (input, into) => {
    const root = input.json
    if (root === null) return
    const auths = child(root, 'auths')
    if (auths !== null) return addRegistryAuths(auths, into, id)
    if (input.name.includes('dockercfg')) addRegistryAuths(root, into, id)
  },
}
