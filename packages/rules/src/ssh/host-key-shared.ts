import { listPlaces } from '../facts.ts'
import type { CredentialRule } from '../rule.ts'
import { NHI9, sources } from '../sources.ts'

export const hostKeyShared: CredentialRule = {
  id: 'ssh.host-key-shared',
  title: 'SSH host key shared between hosts',
  severity: 'high',
  object: 'credential',
  meaning: 'The machines cannot be told apart: whoever takes over one can impersonate all. Usually an image was cloned with its host keys.',
  remedy: 'Delete the host keys on all but one machine, let sshd make new ones, and remove them from the image.',
  sources: [NHI9, sources.ir7966],
  check(subject) {
    if (subject.credential.kind !== 'ssh-key') return null
    const machines = new Map<string, string>()
    for (const at of subject.locations) {
      const presented = at.location.kind === 'endpoint' && at.location.protocol === 'ssh'
      const stored = at.location.kind === 'file' && at.location.part === 'private-key' && /(^|\/)ssh_host_[a-z0-9]+_key$/.test(at.location.path)
      if (presented || stored) machines.set(at.machineId, at.machineName)
    }
    return machines.size < 2 ? null : { evidence: `${machines.size} hosts have it: ${listPlaces([...machines.values()])}` }
  },
}
