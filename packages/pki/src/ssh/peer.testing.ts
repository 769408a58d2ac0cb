import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A directory of its own for keys made by the real tools at test time. */
export class PeerDirectory {
  readonly path = mkdtempSync(join(tmpdir(), 'muster-pki-'))
  readonly file = (name: string): string => join(this.path, name)

  read(name: string): Buffer {
    return readFileSync(this.file(name))
  }

  text(name: string): string {
    return readFileSync(this.file(name), 'utf8')
  }

  write(name: string, content: string | Uint8Array): string {
    writeFileSync(this.file(name), content, { mode: 0o600 })
    return this.file(name)
  }

  /** Runs a tool inside the directory and returns what it printed. */
  run(command: string, args: readonly string[], input?: string): string {
    const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: this.path, GNUPGHOME: this.path, LC_ALL: 'C' }
    return execFileSync(command, args, { cwd: this.path, input, env, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] })
  }

  /** `ssh-keygen` making `name` and `name.pub`. */
  sshKey(name: string, type: string, options: { bits?: number; passphrase?: string; comment?: string; extra?: readonly string[] } = {}): void {
    const bits = options.bits === undefined ? [] : ['-b', String(options.bits)]
    const comment = options.comment ?? `${name}@example`
    this.run('ssh-keygen', ['-q', '-t', type, ...bits, '-f', name, '-N', options.passphrase ?? '', '-C', comment, ...(options.extra ?? [])])
  }

  /** `SHA256:…` as `ssh-keygen -l` prints it. */
  sshFingerprint(name: string): string {
    return this.run('ssh-keygen', ['-l', '-f', name]).split(' ')[1]!
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

/** True when the tool can be started here. */
export function hasTool(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined
}
