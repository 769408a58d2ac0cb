import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A scratch directory in which real tools (openssl, keytool, ssh-keygen) make files to compare with. */
export type Workbench = {
  readonly path: string
  /** Runs a tool in the directory; its standard output. Throws with its standard error when it fails. */
  run(tool: string, ...args: readonly string[]): string
  read(name: string): Buffer
  write(name: string, content: string | Uint8Array): void
  remove(): void
}

export function workbench(): Workbench {
  const path = mkdtempSync(join(tmpdir(), 'muster-test-'))
  return {
    path,
    run: (tool, ...args) => execFileSync(tool, args, { cwd: path, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 * 1024 * 1024 }).toString(),
    read: (name) => readFileSync(join(path, name)),
    write: (name, content) => writeFileSync(join(path, name), content),
    remove: () => rmSync(path, { recursive: true, force: true }),
  }
}

/** True when the tool can be started; tests that need it say so and are skipped otherwise. */
export function hasTool(tool: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(tool, args, { stdio: 'ignore' })
    return true
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT')
  }
}
