import { type Clock, type Secret, systemClock } from '@muster/core/basis'
import { type DecodedView, decodedViews, type DecodeLimits, type DecodeStep } from '../decode/index.ts'
import { defaultBudget, type ScanBudget, type Shortfall } from '../engine/matching.ts'
import { pathClassOf } from '../filters/path-class.ts'
import { LineCounter } from '../line-counter.ts'
import type { RuleSet } from '../rule.ts'
import { type Candidate, settled } from './candidate.ts'
import type { FoundSecret, Inspection, InspectProblem } from './found-secret.ts'
import { formatsFor, formatsWithin } from './format-choice.ts'
import { paired } from './key-pairs.ts'
import { type ByteRange, TextLines } from './text-lines.ts'
import { type PreparedRules, prepareRules } from './prepared-rules.ts'
import { formatVoice, type Reading, RuleVoice } from './voices.ts'

export type InspectOptions = {
  readonly clock?: Clock
  /** What one view of a file may cost. */
  readonly budget?: ScanBudget
  /** Milliseconds for a file with everything decoded out of it. */
  readonly maxMilliseconds?: number
  readonly maxFound?: number
  readonly decodeLimits?: Partial<DecodeLimits>
  /** Whether file formats are read and encodings and archives opened; both unless said otherwise. */
  readonly formats?: boolean
  readonly decode?: boolean
}

export type InspectFile = {
  readonly bytes: Buffer
  /** With `/` between its parts; not opened. */
  readonly path: string
  readonly signal?: AbortSignal
}

const MAX_PROBLEMS = 50
const MAX_DECODERS = 8

/** Decoders of a stretch of text; all others yield a file of its own, with lines of its own. */
const inText: ReadonlySet<DecodeStep['decoder']> = new Set(['base64', 'hex', 'percent', 'escape'])

/** Decoders of a text that is text itself. */
const ofText: ReadonlySet<DecodeStep['decoder']> = new Set(['utf-16le', 'utf-16be', 'notebook'])

/** A text that found things stand in: the file itself, or one that was decoded out of it. `foundBefore` counts what had been found when it began; `isOpened`: it is an archive whose entries are looked at. */
type Base = { readonly bytes: Buffer; readonly path: string; readonly layer: string | null; readonly hiddenBy: string | null; readonly candidates: Candidate[]; readonly foundBefore: number; isOpened: boolean }
type Frame = { readonly base: Base; readonly own: boolean; readonly within: ByteRange | null; readonly decoders: readonly string[] }

/**
 * Finds everything in a file, however it is told: by rules, by the file's format, in whatever can be decoded out of it. Made once for many files, one
 * at a time. Never throws for what a file contains.
 */
export class FileInspector {
  readonly #rules: RuleVoice
  readonly #ruleSet: RuleSet
  readonly #options: Required<InspectOptions>

  constructor(ruleSet: RuleSet | PreparedRules, options: InspectOptions = {}) {
    this.#ruleSet = ruleSet
    this.#rules = new RuleVoice('tables' in ruleSet ? ruleSet : prepareRules(ruleSet))
    this.#options = { clock: systemClock, budget: defaultBudget, maxMilliseconds: 60_000, maxFound: 10_000, decodeLimits: {}, formats: true, decode: true, ...options }
  }

  /** One result for each value and place, the most telling voice first, suppressed candidates among them. */
  inspect(file: InspectFile): Inspection {
    const run = new Run(this.#rules, this.#ruleSet, this.#options)
    run.file(file)
    return { found: paired(run.found), problems: run.problems }
  }
}

/** The work on one file. */
class Run {
  readonly found: FoundSecret[] = []
  readonly problems: InspectProblem[] = []
  readonly #rules: RuleVoice
  readonly #ruleSet: RuleSet
  readonly #options: Required<InspectOptions>
  readonly #deadline: number

  constructor(rules: RuleVoice, ruleSet: RuleSet, options: Required<InspectOptions>) {
    this.#rules = rules
    this.#ruleSet = ruleSet
    this.#options = options
    this.#deadline = options.clock.now().getTime() + options.maxMilliseconds
  }

  file({ bytes, path, signal }: InspectFile): void {
    const first: Frame = { base: { bytes, path, layer: null, hiddenBy: null, candidates: [], foundBefore: 0, isOpened: false }, own: true, within: null, decoders: [] }
    const frames = [first]
    this.#look(first, bytes)
    if (this.#options.decode) {
      const isLate = (): boolean => this.#options.clock.now().getTime() > this.#deadline
      const stop = { get aborted() { return signal?.aborted === true || isLate() } }
      for (const event of decodedViews(bytes, { path, limits: this.#options.decodeLimits, signal: stop })) {
        if ('problem' in event) { this.#problem(event.problem); continue }
        const { view } = event
        for (const left of frames.splice(view.provenance.length).toReversed()) this.#leave(left)
        const parent = frames.at(-1)!
        const frame = frameOf(view, parent, this.found.length)
        if (frame.own && parent.own && !ofText.has(view.provenance.at(-1)!.decoder)) parent.base.isOpened = true
        frames.push(frame)
        this.#look(frame, asBuffer(view.bytes))
        if (this.found.length >= this.#options.maxFound) { this.#problem({ code: 'input.limit', where: path, message: this.#tooMany() }); break }
        if (stop.aborted) break
      }
      if (isLate()) this.#problem({ code: 'input.timeout', where: path, message: shortfalls.time })
    }
    for (const left of frames.toReversed()) this.#leave(left)
  }

  #look({ base, own, within, decoders }: Frame, bytes: Buffer): void {
    const reading: Reading = { bytes, path: base.path, within, decoders }
    const { candidates, shortfall, watched } = this.#rules.about(reading, this.#options.clock, this.#options.budget)
    base.candidates.push(...candidates)
    if (shortfall !== null) this.#problem({ code: shortfall === 'time' ? 'input.timeout' : 'input.limit', where: base.path, message: shortfalls[shortfall] })
    if (!this.#options.formats) return
    const among = own ? formatsFor(base.path, watched) : formatsWithin(watched)
    if (among.length === 0) return
    const formats = formatVoice(reading, among, this.#ruleSet.allowlists)
    base.candidates.push(...formats.candidates)
    for (const problem of formats.problems) this.#problem(problem)
  }

  #leave({ base, own }: Frame): void {
    if (!own || base.candidates.length === 0) return
    const { path, layer, hiddenBy } = base
    const counter = new LineCounter(base.bytes)
    // What an archive holds unpacked is seen in its bytes too, but stands in the entry.
    const inside = new Set(base.isOpened ? this.found.slice(base.foundBefore).map(({ secret }) => textOf(secret)) : [])
    const all = settled(base.candidates).filter(({ secret }) => !inside.has(textOf(secret)))
    const secrets = all.filter(({ reference }) => reference === null)
    const lines = new TextLines(base.bytes, secrets, valuesOf(secrets))
    const room = this.#options.maxFound - this.found.length
    if (all.length > room) this.#problem({ code: 'input.limit', where: path, message: this.#tooMany() })
    for (const { start, end, inner: _inner, by: _by, generic: _generic, ...candidate } of all.slice(0, room)) {
      const first = counter.at(start)
      const lastByte = Math.max(start, end - 1)
      const last = counter.ahead(lastByte)
      this.found.push({
        ...candidate, path, pathClass: pathClassOf(path), layer, hiddenBy, line: first.line, column: start - first.lineStart + 1, endLine: last.line, endColumn: lastByte - last.lineStart + 1,
        context: lines.context({ start, end }),
      })
    }
  }

  #tooMany(): string {
    return `more than ${this.#options.maxFound} findings; the rest is not listed`
  }

  #problem({ code, where, message }: InspectProblem): void {
    if (this.problems.length < MAX_PROBLEMS && !this.problems.some((known) => known.where === where && known.message === message)) this.problems.push({ code, where, message })
  }
}

const shortfalls = {
  bytes: 'larger than the limit; the rest was not looked at', time: 'took too long; the rest was not looked at', matches: 'too many matches; the rest was not looked at',
} as const satisfies Record<Shortfall, string>

function frameOf(view: DecodedView, parent: Frame, foundBefore: number): Frame {
  const step = view.provenance.at(-1)!
  const decoders = view.provenance.map(({ decoder }) => decoder).slice(0, MAX_DECODERS)
  // Encodings inside encodings stand where the outermost of them begins.
  if (inText.has(step.decoder)) return { base: parent.base, own: false, within: parent.within ?? { start: step.start, end: step.end }, decoders }
  const base: Base = { bytes: asBuffer(view.bytes), path: view.path, layer: step.layer ?? parent.base.layer, hiddenBy: step.hiddenBy ?? parent.base.hiddenBy, candidates: [], foundBefore, isOpened: false }
  return { base, own: true, within: null, decoders }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

const textOf = (secret: Secret): string => Buffer.from(secret.reveal()).toString('latin1')

const MIN_REPEATED = 6
const MAX_REPEATED = 200

/** Values worth looking for again on lines that are shown, as latin-1 texts. */
function valuesOf(candidates: readonly Candidate[]): readonly string[] {
  const values = new Set<string>()
  for (const { secret } of candidates) {
    const text = textOf(secret)
    if (text.length >= MIN_REPEATED && text.length <= 4096) values.add(text)
    if (values.size >= MAX_REPEATED) break
  }
  return [...values].sort((a, b) => b.length - a.length)
}

