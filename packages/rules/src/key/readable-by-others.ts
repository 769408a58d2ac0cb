import { type FileFacts, placeOf } from '@muster/core'
import { listPlaces, privateKeysOf } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { NHI2, sources } from '../sources.ts'

const systemGroups = new Set(['ssl-cert', 'ssh_keys', 'root', 'wheel', 'shadow'])

export const readableByOthers: CredentialRule = {
  id: 'key.readable-by-others',
  title: 'Private key file is readable by others',
  severity: 'high',
  object: 'credential',
  meaning: 'Any account of the machine, or any member of the group, can copy the key and use it elsewhere without a trace.',
  remedy: 'Set the mode to 0600 and the owner to the account that uses the key. Rotate the key if untrusted accounts could have read it.',
  sources: [NHI2, sources.sp1800_16, sources.pci('3.6.1.2')],
  check(subject) {
    const world: string[] = []
    const group: string[] = []
    for (const at of privateKeysOf(subject)) {
      if (at.location.kind !== 'file' && at.location.kind !== 'keystore-entry' && at.location.kind !== 'file-line') continue
      if ('protection' in at.location && at.location.protection?.encrypted === true) continue
      const file: FileFacts = at.location.file
      if ((file.mode & 0o004) !== 0) world.push(placeOf(at.location))
      else if ((file.mode & 0o040) !== 0 && !systemGroups.has(file.groupName ?? '')) group.push(placeOf(at.location))
    }
    if (world.length === 0 && group.length === 0) return null
    const severity = world.length > 0 ? 'high' : 'medium'
    const parts = [
      ...(world.length > 0 ? [`readable by every account: ${listPlaces(world)}`] : []),
      ...(group.length > 0 ? [`readable by its group: ${listPlaces(group)}`] : []),
    ]
    return { severity, evidence: parts.join('; '), places: [...world, ...group].slice(0, 50) }
  },
}
