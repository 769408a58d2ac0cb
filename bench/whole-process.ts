import { spawnSync } from 'node:child_process'

export type Timed = { readonly seconds: number; readonly cpuSeconds: number; readonly output: string }

/** Runs a command to its end; `times` of the shell tells the CPU time of it and its children. */
export function timed(command: readonly string[]): Timed {
  const started = performance.now()
  const { stdout, stderr } = spawnSync('bash', ['-c', '"$@" 2>/dev/null; times >&2', 'bash', ...command], { encoding: 'utf8', maxBuffer: 1 << 28 })
  const seconds = (performance.now() - started) / 1000
  const parts = [...(stderr.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)].map(([, minutes, rest]) => Number(minutes) * 60 + Number(rest))
  return { seconds, cpuSeconds: parts.reduce((sum, value) => sum + value, 0), output: stdout }
}
