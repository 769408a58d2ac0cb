import {
  above, add, and, atLeast, below, block, call, type Code, get, i32, isZero, jump, jumpIf, leave, load16, load32, load8, loop, ne, row, select, set, shiftLeft, store32, store8, sub, wasmFunction, wasmModule, when,
} from '../wasm/emitter.ts'

/** Bytes looked at in one go. */
export const BLOCK_BYTES = 64 * 1024
/** Stretches of a block that are gone through at the same time: each step waits for the memory the one before asked for. */
export const CHAINS = 5
/** Bytes of a place that a sieve looks at. */
const SIEVE_STEPS = 256
/** Bytes of a place that a guard looks at. */
const GUARD_STEPS = 16
/** Next states of a sieve that end it. */
export const SIEVE_REJECTS = 0xffff
export const SIEVE_ACCEPTS = 0xfffe
/** A found place: what it is of, and its address. */
export const OUT_BYTES = 8
/** Bit of an entry that only notes that its text occurs. */
export const NOTES = 0x80000000

/** Addresses in the kernel's memory. */
export type KernelLayout = {
  /** By byte: its column in a row of the automaton. */
  readonly classes: number
  /** By byte: 1 for bytes of a word. */
  readonly words: number
  /** By chain: where its next hit goes; behind them where the next found place goes. */
  readonly cursors: number
  /** By flag: 1 where its text has been seen. */
  readonly flags: number
  /** By what places are of: the address of its sieve, 0 for none. */
  readonly sieves: number
  /** Rows of the automaton; each has a column for every class and one for the entries of its state. */
  readonly table: number
  readonly rowBytes: number
  /** How far a class is shifted to become a column. */
  readonly classShift: number
  readonly firstAccepting: number
  /** By chain, {@link hitBytes} apart: states and the addresses behind what was found. */
  readonly hits: number
  readonly hitBytes: number
  readonly out: number
  readonly outEnd: number
  readonly pages: number
}

/**
 * The inner loops of the engine as a WebAssembly module for memory laid out so. `run` follows the automaton from one address to another, `runAll` does so in
 * {@link CHAINS} stretches, `sift` turns hits into places where a rule may match.
 */
export function kernelModule(layout: KernelLayout): Uint8Array<ArrayBuffer> {
  return wasmModule(layout.pages, [run(layout), runAll(layout), maySuit(layout), sift(layout)])
}

const MAY_SUIT = 2

/** The state after the byte at `at`. */
function step({ classes, classShift }: KernelLayout, state: number, at: number): Code {
  const column = load8(load8(get(at)), classes)
  return set(state, load32(add(get(state), classShift === 0 ? column : shiftLeft(column, i32(classShift)))))
}

const advance = (local: number, by: number): Code => set(local, add(get(local), i32(by)))

/** Where `state` accepts, notes it among the hits of `chain`. */
function note({ firstAccepting, cursors }: KernelLayout, state: number, at: number, hit: number, chain: Code): Code {
  return when(atLeast(get(state), i32(firstAccepting)), row(
    set(hit, load32(chain, cursors)),
    store32(get(hit), get(state)), store32(get(hit), get(at), 4),
    store32(chain, add(get(hit), i32(8)), cursors),
  ))
}

/** Follows the automaton over `at` ≤ address < `end` for the chain of that number; returns the state behind. Without a chain (−1) nothing is noted. */
function run(layout: KernelLayout) {
  return wasmFunction('run', { params: ['at', 'end', 'state', 'chain'], i32: ['hit'], result: true }, (v) => row(
    block(loop(
      jumpIf(1, atLeast(get(v.at), get(v.end))),
      step(layout, v.state, v.at), advance(v.at, 1),
      when(atLeast(get(v.chain), i32(0x80000000)), jump(1)),
      note(layout, v.state, v.at, v.hit, shiftLeft(get(v.chain), i32(2))),
      jump(0),
    )),
    get(v.state),
  ))
}

/** Follows the automaton over {@link CHAINS} stretches of `length` bytes each from `at` at once; `states` is the address of the states they begin in. */
function runAll(layout: KernelLayout) {
  const chains = Array.from({ length: CHAINS }, (_, chain) => chain)
  return wasmFunction('runAll', { params: ['at', 'length', 'states'], i32: ['end', 'hit', ...chains.map((chain) => `at${chain}` as const), ...chains.map((chain) => `state${chain}` as const)] }, (v) => {
    const at = (chain: number) => v[`at${chain}`]!
    const state = (chain: number) => v[`state${chain}`]!
    return row(
      set(v.end, add(get(v.at), get(v.length))),
      ...chains.map((chain) => row(
        set(state(chain), load32(get(v.states), chain * 4)),
        set(at(chain), get(v.at)), set(v.at, add(get(v.at), get(v.length))),
      )),
      loop(
        ...chains.map((chain) => row(step(layout, state(chain), at(chain)), advance(at(chain), 1))),
        ...chains.map((chain) => note(layout, state(chain), at(chain), v.hit, i32(chain * 4))),
        jumpIf(0, below(get(at(0)), get(v.end))),
      ),
    )
  })
}

/**
 * 1 unless what `entry` is of cannot match at `start`. Bytes before `floor` and from `end` on are not there. Guard: by byte, a bit for each of the first positions
 * it may stand at. Sieve: by byte its column, then rows of next states, each by its distance from the first.
 */
function maySuit({ words, sieves }: KernelLayout) {
  const reject = row(i32(0), leave)
  return wasmFunction('maySuit', { params: ['start', 'guard', 'id', 'floor', 'end'], i32: ['at', 'stop', 'bit', 'sieve', 'state'], result: true }, (v) => row(
    when(below(get(v.start), get(v.floor)), reject),
    // The lowest bit of a guard's address says that a match begins a word.
    when(and(get(v.guard), i32(1)), when(above(get(v.start), get(v.floor)), when(load8(load8(sub(get(v.start), i32(1))), words), reject))),
    set(v.guard, and(get(v.guard), i32(-2))),
    set(v.at, get(v.start)), set(v.bit, i32(1)),
    set(v.stop, lesser(add(get(v.start), i32(GUARD_STEPS)), get(v.end))),
    block(loop(
      jumpIf(1, atLeast(get(v.at), get(v.stop))),
      when(isZero(and(load16(add(get(v.guard), shiftLeft(load8(get(v.at)), i32(1)))), get(v.bit))), reject),
      advance(v.at, 1), set(v.bit, shiftLeft(get(v.bit), i32(1))),
      jump(0),
    )),
    set(v.sieve, load32(shiftLeft(get(v.id), i32(2)), sieves)),
    when(isZero(get(v.sieve)), row(i32(1), leave)),
    set(v.at, get(v.start)),
    set(v.stop, lesser(add(get(v.start), i32(SIEVE_STEPS)), get(v.end))),
    block(loop(
      jumpIf(1, atLeast(get(v.at), get(v.stop))),
      set(v.state, load16(add(get(v.sieve), add(get(v.state), load8(add(get(v.sieve), load8(get(v.at)))))), 256)),
      jumpIf(1, atLeast(get(v.state), i32(SIEVE_ACCEPTS))),
      advance(v.at, 1),
      jump(0),
    )),
    ne(get(v.state), i32(SIEVE_REJECTS)),
  ))
}

const lesser = (a: Code, b: Code): Code => select(below(a, b), a, b)

/**
 * Goes through the hits from `hit` to `hits` and appends the places that suit; places from `to` on belong to the next block. Returns the first hit not gone through:
 * there was no room left.
 */
function sift(layout: KernelLayout) {
  const { rowBytes, flags, cursors, outEnd } = layout
  const out = cursors + CHAINS * 4
  return wasmFunction('sift', { params: ['hit', 'hits', 'to', 'floor', 'end'], i32: ['entry', 'entries', 'anchor', 'id', 'guard', 'out'], result: true }, (v) => row(
    set(v.out, load32(i32(0), out)),
    block(loop(
      jumpIf(1, atLeast(get(v.hit), get(v.hits))),
      jumpIf(1, atLeast(get(v.out), i32(outEnd))),
      set(v.entry, load32(load32(get(v.hit)), rowBytes - 4)),
      set(v.entries, add(get(v.entry), shiftLeft(load32(get(v.entry)), i32(4)))),
      loop(
        // An entry: length of the text, distance from the start of a match, guard, what it is of.
        block(
          set(v.anchor, sub(load32(get(v.hit), 4), load32(get(v.entry), 4))),
          jumpIf(0, atLeast(get(v.anchor), get(v.to))),
          set(v.id, load32(get(v.entry), 16)),
          when(atLeast(get(v.id), i32(NOTES)), row(store8(and(get(v.id), i32(~NOTES)), i32(1), flags), jump(1))),
          set(v.guard, load32(get(v.entry), 12)),
          when(get(v.guard), jumpIf(1, isZero(call(MAY_SUIT, sub(get(v.anchor), load32(get(v.entry), 8)), get(v.guard), get(v.id), get(v.floor), get(v.end))))),
          store32(get(v.out), get(v.id)), store32(get(v.out), get(v.anchor), 4),
          advance(v.out, OUT_BYTES),
        ),
        advance(v.entry, 16),
        jumpIf(0, below(get(v.entry), get(v.entries))),
      ),
      advance(v.hit, 8),
      jump(0),
    )),
    store32(i32(0), get(v.out), out),
    get(v.hit),
  ))
}
