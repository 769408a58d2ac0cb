/**
 * Longer fuzzing of every reader than the tests do: `npm run fuzz -- [MINUTES] [TARGET…]`, default one minute shared by all.
 * Each target runs on its seeds mutated by a generator whose start value is printed. A crash (anything thrown but a
 * MusterError) or an input that takes over two seconds is printed as hex, shortened as far as it still fails; exit code 1.
 */
import { isMusterError } from '@muster/core'
import { apiFuzzTargets } from '../packages/connectors/src/kubernetes/fuzz.ts'
import { scanFuzzTargets } from '../packages/connectors/src/secrets/fuzz.ts'
import { detectFuzzTargets } from '../packages/detect/src/fuzz.ts'
import { secretsFuzzTargets } from '../packages/cli/src/secrets/fuzz.ts'
import { fuzzTargets as x509FuzzTargets, type FuzzTarget } from '../packages/pki/src/fuzz.ts'
import { mutate, seededRandom } from '../packages/pki/src/fuzz-mutate.ts'
import { pgpFuzzTargets } from '../packages/pki/src/pgp/fuzz.ts'
import { sshFuzzTargets } from '../packages/pki/src/ssh/fuzz.ts'

const fuzzTargets: readonly FuzzTarget[] = [...x509FuzzTargets, ...sshFuzzTargets, ...pgpFuzzTargets, ...secretsFuzzTargets, ...apiFuzzTargets, ...scanFuzzTargets, ...detectFuzzTargets]

const SLOW_MS = 2_000

type Failure = { readonly input: Buffer; readonly reason: string }

/** Why the input fails; null when it does not. Readers of streams end later. */
async function failureOf(target: FuzzTarget, input: Uint8Array): Promise<string | null> {
  const started = performance.now()
  try {
    const outcome: unknown = target.run(input)
    if (outcome instanceof Promise) await outcome
  } catch (error) {
    if (isMusterError(error)) return null
    return error instanceof Error ? (error.stack ?? error.message) : String(error)
  }
  const took = performance.now() - started
  return took > SLOW_MS ? `took ${Math.round(took)} ms` : null
}

/** Cuts the input from the end and from the front while it still crashes. */
async function shorten(target: FuzzTarget, failure: Failure): Promise<Failure> {
  if (failure.reason.startsWith('took ')) return failure
  let { input, reason } = failure
  for (let step = input.length >> 1; step >= 1; step >>= 1) {
    for (const candidate of [input.subarray(0, input.length - step), input.subarray(step)]) {
      const again = await failureOf(target, candidate)
      if (again !== null) [input, reason] = [candidate, again]
    }
  }
  return { input, reason }
}

async function fuzz(target: FuzzTarget, milliseconds: number, start: number): Promise<{ runs: number; failure: Failure | null }> {
  const random = seededRandom(start)
  const seeds = target.seeds()
  const until = performance.now() + milliseconds
  let runs = 0
  for (; performance.now() < until; runs++) {
    const input = mutate(seeds[random(seeds.length)]!, random)
    const reason = await failureOf(target, input)
    if (reason !== null) return { runs, failure: await shorten(target, { input, reason }) }
  }
  return { runs, failure: null }
}

async function main(args: readonly string[]): Promise<number> {
  const minutes = Number(args[0] ?? 1)
  const wanted = args.slice(1)
  const targets = fuzzTargets.filter(({ name }) => wanted.length === 0 || wanted.includes(name))
  if (!(minutes > 0) || targets.length === 0) {
    console.error(`usage: npm run fuzz -- [MINUTES] [TARGET…]\ntargets: ${fuzzTargets.map(({ name }) => name).join(' ')}`)
    return 2
  }
  let crashes = 0
  for (const target of targets) {
    const start = crypto.getRandomValues(new Uint32Array(1))[0]!
    const { runs, failure } = await fuzz(target, (minutes * 60_000) / targets.length, start)
    console.log(`${target.name}: ${runs} inputs, start value ${start}${failure === null ? '' : ', FAILED'}`)
    if (failure === null) continue
    crashes++
    console.log(`  ${failure.reason}\n  input: ${failure.input.toString('hex')}`)
  }
  return crashes === 0 ? 0 : 1
}

process.exitCode = await main(process.argv.slice(2))
