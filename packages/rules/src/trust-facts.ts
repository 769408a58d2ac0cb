import { type Severity, severities } from '@muster/core'
import type { ConfigurationSubject } from './subject.ts'

type Trust = Pick<ConfigurationSubject, 'path' | 'settings'>

const into = { aws: 'an AWS role', gcp: 'Google Cloud', azure: 'a Microsoft Entra application', vault: 'a role of Vault' } as const
const names = { aws: 'AWS role', gcp: 'Google Cloud pool provider', azure: 'Microsoft Entra application', vault: 'Vault role' } as const

/** What one becomes, in words: `AWS role deploy`. */
export function targetOf({ settings }: Trust): string {
  const provider = (settings['provider']?.[0] ?? 'aws') as keyof typeof into
  const target = settings['target']?.[0] ?? ''
  return target === '' || target.startsWith('${') ? into[provider] : `${names[provider]} ${target}`
}

/** Whose tokens are believed, in words. */
export function issuerOf({ settings }: Trust): string {
  const issuer = settings['issuer']?.[0] ?? ''
  return issuer === '' || issuer.startsWith('${') ? 'the issuer' : issuer.replace(/^https?:\/\//, '')
}

/** What the policy asks of a token, in words: `sub like repo:org/*`. */
export function askedOf({ settings }: Trust): string {
  const asked = Object.entries(settings).flatMap(([key, values]) => {
    const [, how, claim] = /^(is|like)\.(.+)$/.exec(key) ?? []
    return claim === undefined ? [] : [`${claim} ${how === 'like' ? 'like' : 'is'} ${values.slice(0, 3).join(' or ')}${values.length > 3 ? ` and ${values.length - 3} more` : ''}`]
  })
  const condition = settings['condition']?.[0]
  return [...asked, ...condition === undefined ? [] : [`the condition ${condition}`]].join(', ')
}

/** Where it is written: `iam.tf:12`. */
export function placeOf({ path, settings }: Trust): string {
  const line = settings['line']?.[0]
  return line === undefined ? path : `${path}:${line}`
}

/** A level less where the file is an example, a test or somebody else's: what it says is likely applied nowhere. */
export function severityIn({ settings }: Trust, usual: Severity): Severity {
  const isOwn = (settings['path-class']?.[0] ?? 'other') === 'other'
  return isOwn ? usual : severities[Math.min(severities.indexOf(usual) + 1, severities.length - 1)]!
}
