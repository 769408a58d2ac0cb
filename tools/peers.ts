import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** A program or library the tests need as a real peer, and the Debian package that brings it. */
export type Peer = { readonly name: string; readonly debianPackage: string; readonly present: () => boolean }

const command = (name: string, debianPackage: string): Peer => ({ name, debianPackage, present: () => onPath(name) })

/** Every real peer of the test suite. */
export const peers: readonly Peer[] = [
  command('sshd', 'openssh-server'),
  command('ssh-keygen', 'openssh-client'),
  command('nginx', 'nginx-light'),
  command('openssl', 'openssl'),
  command('keytool', 'openjdk-17-jre-headless'),
  command('puttygen', 'putty-tools'),
  command('gpg', 'gnupg'),
  command('git', 'git'),
  command('xz', 'xz-utils'),
  command('bzip2', 'bzip2'),
  command('7z', 'p7zip-full'),
  command('dpkg-deb', 'dpkg'),
  { name: 'libnss3', debianPackage: 'libnss3', present: () => hasLibrary('libnss3.so') },
]

/**
 * Installs what is missing where that is possible (root on a Debian system) and returns what is still missing, with the
 * reason.
 */
export function providePeers(): readonly { readonly peer: Peer; readonly reason: string }[] {
  const missing = peers.filter((peer) => !peer.present())
  if (missing.length === 0) return []
  const reason = whyNotInstallable()
  if (reason !== null) return missing.map((peer) => ({ peer, reason }))
  const packages = missing.map((peer) => peer.debianPackage)
  process.stderr.write(`installing ${packages.join(', ')} for the tests\n`)
  const options = { stdio: ['ignore', 'ignore', 'inherit'] as ('ignore' | 'inherit')[], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  spawnSync('apt-get', ['update', '-qq'], options)
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], options)
  return missing.filter((peer) => !peer.present()).map((peer) => ({ peer, reason: `installing ${peer.debianPackage} failed` }))
}

function whyNotInstallable(): string | null {
  if (!onPath('apt-get')) return 'this system has no apt-get'
  if (process.getuid?.() !== 0) return 'only root may install packages'
  return null
}

function onPath(name: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin']
  return folders.some((folder) => folder !== '' && existsSync(`${folder}/${name}`))
}

function hasLibrary(name: string): boolean {
  if (process.platform !== 'linux') return true
  try {
    return execFileSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' }).includes(name)
  } catch {
    return false
  }
}
