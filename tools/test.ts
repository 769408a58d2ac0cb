/**
 * `npm test`: provides the real peers, checks types and style, runs the unit and the browser tests, and closes with one
 * line that counts what the runners reported. Exits 1 on any failure, and in CI also when anything was skipped.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { providePeers } from './peers.ts'

type Report = { readonly numPassedTests: number; readonly numFailedTests: number; readonly numPendingTests: number; readonly numTodoTests: number; readonly success: boolean }

const inCi = process.env['CI'] === 'true'
const total = { passed: 0, failed: 0, skipped: 0 }

const missing = providePeers()
for (const { peer, reason } of missing) process.stderr.write(`without ${peer.name} (${peer.debianPackage}): ${reason}; the tests that need it are skipped\n`)

step('types', 'tsc', ['--noEmit', '-p', 'tsconfig.json'])
step('style', 'oxlint', ['--quiet'])
suite('unit', [])
suite('browser', ['--config', 'test/e2e/vitest.config.ts'])

process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`)
process.exit(total.failed > 0 || total.passed === 0 || (inCi && total.skipped > 0) ? 1 : 0)

/** A check that either holds or not; it counts as one test. */
function step(name: string, program: string, args: readonly string[]): void {
  process.stderr.write(`\n— ${name}\n`)
  const { status } = spawnSync(program, args, { stdio: 'inherit' })
  if (status === 0) total.passed++
  else total.failed++
}

/** A vitest run, counted from its own report. */
function suite(name: string, args: readonly string[]): void {
  process.stderr.write(`\n— ${name} tests\n`)
  const folder = mkdtempSync(join(tmpdir(), 'muster-report-'))
  const file = join(folder, 'report.json')
  const reporter = inCi ? 'dot' : 'default'
  const { status } = spawnSync('vitest', ['run', `--reporter=${reporter}`, '--reporter=json', `--outputFile.json=${file}`, ...args], { stdio: 'inherit' })
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as Report
    total.passed += report.numPassedTests
    total.failed += report.numFailedTests
    total.skipped += report.numPendingTests + report.numTodoTests
    // A file that does not load fails the run without a failed test of its own.
    if (status !== 0 && report.numFailedTests === 0) total.failed++
  } catch {
    process.stderr.write(`the ${name} tests left no report\n`)
    total.failed++
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
