import { randomBytes } from 'node:crypto'
import { type Connector, manualClock, type Observation, type ScanBatch, scanBatchSchema, Secret, type SecretFingerprints, systemClock } from '@muster/core'
import { fingerprintsUnder } from '@muster/detect'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FakeAnswer, fakeServer } from './fake-server.testing.ts'

/** A connector and what it is pointed at: a fake, or, by the environment, the real thing. */
export type Pointed<Options> = {
  readonly connector: Connector<Options>
  readonly options: Record<string, unknown>
  /** Values that must appear nowhere. */
  readonly secrets: readonly string[]
  readonly close: () => Promise<void>
}

/** Real installations to run the suite against, as JSON in `MUSTER_CONFORMANCE_NAME`: `{ "token": "…", "options": { … } }`. */
export function realPoint(name: string): { readonly token: string; readonly options: Record<string, unknown> } | null {
  const text = process.env[`MUSTER_CONFORMANCE_${name.toUpperCase()}`]
  return text === undefined ? null : (JSON.parse(text) as { token: string; options: Record<string, unknown> })
}

export const testFingerprints: SecretFingerprints = fingerprintsUnder(new Secret(randomBytes(32)))

/** Runs a scan, to its end or through its first `batches`. */
export async function scanned<Options>({ connector, options }: Pick<Pointed<Options>, 'connector' | 'options'>, more: { readonly resumeFrom?: string | null; readonly batches?: number; readonly signal?: AbortSignal; readonly now?: string } = {}): Promise<ScanBatch[]> {
  const { resumeFrom = null, batches = Infinity, signal = new AbortController().signal, now } = more
  const all: ScanBatch[] = []
  for await (const batch of connector.scan(connector.options.parse(options), { clock: now === undefined ? systemClock : manualClock(now), signal, resumeFrom, passphrases: [] })) {
    all.push(batch)
    if (all.length >= batches) break
  }
  return all
}

export const observationsOf = (batches: readonly ScanBatch[]): Observation[] => batches.flatMap(({ observations }) => observations)

/** Machines an observation speaks of. */
function machinesIn(observation: Observation): readonly string[] {
  if (observation.observation === 'relation') return [observation.from, observation.to].flatMap((end) => (end.of === 'machine' ? [end.ref] : end.of === 'identity' ? [end.machine] : []))
  if (observation.observation === 'coverage') return observation.machine === null ? [] : [observation.machine]
  return observation.of === 'machine' ? [] : [observation.machine]
}

/** What every connector to an API promises, checked on whatever `point` gives. */
export function connectorConformance<Options>(name: string, point: () => Promise<Pointed<Options>>): void {
  describe(`${name} as a connector`, () => {
    let pointed: Pointed<Options>
    let whole: ScanBatch[]
    beforeAll(async () => {
      pointed = await point()
      whole = await scanned(pointed)
    })
    afterAll(() => pointed.close())

    it('sees something, in batches that keep the contract', () => {
      for (const batch of whole) expect(scanBatchSchema.safeParse(batch).error).toBeUndefined()
      expect(observationsOf(whole).some(({ observation }) => observation === 'sighting')).toBe(true)
    })

    it('introduces every machine before it speaks of it', () => {
      const known = new Set<string>()
      for (const observation of observationsOf(whole)) {
        if (observation.observation === 'sighting' && observation.of === 'machine') known.add(observation.ref)
        expect(machinesIn(observation).filter((ref) => !known.has(ref))).toEqual([])
      }
    })

    it('relates only what it saw', () => {
      const all = observationsOf(whole)
      const fingerprints = new Set(all.flatMap((each) => (each.observation === 'sighting' && each.of === 'credential' ? [each.credential.fingerprint] : [])))
      const identities = new Set(all.flatMap((each) => (each.observation === 'sighting' && each.of === 'identity' ? [`${each.machine} ${each.name}`] : [])))
      const unknown = all.flatMap((each) => (each.observation === 'relation' ? [each.from, each.to] : [])).filter((end) => (end.of === 'credential' ? !fingerprints.has(end.fingerprint) : end.of === 'identity' ? !identities.has(`${end.machine} ${end.name}`) : false))
      expect(unknown).toEqual([])
    })

    it('says after the last sighting of a scope what it looked at, and with which rights', () => {
      const coverage = observationsOf(whole).filter((each) => each.observation === 'coverage')
      expect(coverage.length).toBeGreaterThan(0)
      expect(coverage.filter(({ rights }) => rights === '')).toEqual([])
    })

    it('resumes after any batch and sees the same', async () => {
      const everything = new Set(observationsOf(whole).map((each) => JSON.stringify(each)))
      for (let end = 1; end < whole.length; end++) {
        const { cursor } = whole[end - 1]!
        const rest = await scanned(pointed, { resumeFrom: cursor })
        const both = new Set([...observationsOf(whole.slice(0, end)), ...observationsOf(rest)].map((each) => JSON.stringify(each)))
        expect(both).toEqual(everything)
      }
    })

    it('starts over from a cursor that is none of its own', async () => {
      const again = await scanned(pointed, { resumeFrom: '{"version":1,"scan":"other","after":"x"}' })
      expect(observationsOf(again).length).toBe(observationsOf(whole).length)
    })

    it('ends when it is cancelled', async () => {
      const cancel = new AbortController()
      cancel.abort()
      expect(observationsOf(await scanned(pointed, { signal: cancel.signal }))).toEqual([])
    })

    it('lets no value out', () => {
      const text = JSON.stringify(whole)
      expect(pointed.secrets.filter((secret) => text.includes(secret) || text.includes(Buffer.from(secret).toString('base64').replace(/=+$/, '')))).toEqual([])
    })
  })
}

/** Names of fields that the connectors read, so that arbitrary answers get further than their first look. */
const fields = [
  'id', 'name', 'login', 'full_name', 'secrets', 'variables', 'value', 'key', 'title', 'config', 'url', 'items', 'metadata', 'spec', 'data', 'type', 'namespace', 'uid', 'username', 'full_path', 'path_with_namespace', 'token', 'environments',
  'created_at', 'expires_at', 'annotations', 'labels', 'subjects', 'roleRef', 'kind', 'containers', 'env', '__proto__', 'constructor', 'continue',
]
const oddText = fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom('', 'acme', 'acme/web', 'kube-system', '../..', 'a\u0000b', '2027-01-31', 'ssh-ed25519 AAAA', 'e30=', 'x'.repeat(600)))
const oddJson = fc.letrec((tie) => ({
  any: fc.oneof({ depthSize: 'small' }, oddText, fc.double({ noNaN: true }), fc.boolean(), fc.constant(null), fc.array(tie('any'), { maxLength: 4 }), fc.dictionary(fc.constantFrom(...fields), tie('any'), { maxKeys: 8 })),
})).any

const oddAnswer: fc.Arbitrary<FakeAnswer> = fc.oneof(
  { weight: 8, arbitrary: oddJson.map((json) => ({ json })) },
  { weight: 2, arbitrary: fc.record({ status: fc.constantFrom(204, 301, 302, 401, 403, 404, 410, 418, 422), json: oddJson, headers: fc.constantFrom<Record<string, string>>({}, { location: '/a' }, { location: 'http://127.0.0.2/' }, { link: '<?page=2>; rel="next"' }) }) },
  { weight: 1, arbitrary: fc.constantFrom<FakeAnswer>({ text: '{' }, { text: '<html>', headers: { 'content-type': 'text/html' } }, { text: `"${'x'.repeat(200_000)}"` }) },
)

/** What a connector promises of a server that answers anything: batches that keep the contract, problems, and an end. */
export function hostileAnswers<Options>(name: string, point: (url: string) => Pick<Pointed<Options>, 'connector' | 'options'>): void {
  describe(`${name} at a server that answers anything`, () => {
    it('ends, with batches that keep the contract', async () => {
      await fc.assert(fc.asyncProperty(fc.array(oddAnswer, { minLength: 1, maxLength: 40 }), async (answers) => {
        let count = 0
        // What comes first decides whether the scan begins at all.
        const first = [{ json: { login: 'a', id: 1, username: 'a', gitVersion: 'v1' } }, ...answers]
        const server = await fakeServer(() => first[count++ % first.length]!)
        try {
          const batches = await scanned(point(server.url))
          for (const batch of batches) expect(scanBatchSchema.safeParse(batch).error).toBeUndefined()
        } finally {
          await server.close()
        }
      }), { numRuns: 40 })
    })
  })
}
