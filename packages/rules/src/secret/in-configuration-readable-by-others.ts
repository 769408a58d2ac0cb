import { listPlaces } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { linesOf, liveSecret, placeWithin, severityAt } from '../secret-facts.ts'
import { NHI2, sources } from '../sources.ts'

const systemGroups = new Set(['root', 'wheel', 'shadow', 'adm', 'ssl-cert', 'ssh_keys'])

export const inConfigurationReadableByOthers: CredentialRule = {
  id: 'secret.in-configuration-readable-by-others',
  title: 'Secret in a file that others can read',
  severity: 'high',
  object: 'credential',
  meaning: 'Any account of the machine, or any member of the group, can read the secret: a compromised service of another user is enough.',
  remedy: 'Set the file’s mode to 0600 and its owner to the account that uses it, or move the secret to a store. Rotate it if untrusted accounts could have read it.',
  sources: [NHI2, sources.cwe(538), sources.pci('8.6.2')],
  check(subject) {
    const secret = liveSecret(subject)
    if (secret === null) return null
    const files = linesOf(subject, 'file-line')
    const world = files.filter(({ location }) => (location.file.mode & 0o004) !== 0)
    // A group with the account's own name is the account alone, by the custom of most systems.
    const group = files.filter(({ location: { file } }) => (file.mode & 0o044) === 0o040 && !systemGroups.has(file.groupName ?? '') && file.groupName !== file.ownerName)
    if (world.length === 0 && group.length === 0) return null
    const named = [...world, ...group].map(placeWithin)
    const parts = [
      ...(world.length > 0 ? [`readable by every account: ${listPlaces(world.map(placeWithin))}`] : []),
      ...(group.length > 0 ? [`readable by its group: ${listPlaces(group.map(placeWithin))}`] : []),
    ]
    return { severity: world.length > 0 ? severityAt(secret, world) : severityAt(secret, group, 1), evidence: parts.join('; '), places: named.slice(0, 50) }
  },
}
