import {
  above, add, and, andVectors, anyBit, atLeast, atMost, below, block, bytesDiffer, bytesEqual, call, type Code, constantVector, eq, get, i32, jump, jumpIf, leadingZeros, leave, load32, load8, loadVector, loop, ne, or, orVectors, row, set,
  shiftBytesRight, shiftLeft, shiftRight, signBits, splat, store32, storeVector, sub, swizzle, trailingZeros, wasmFunction, wasmModule, when, xor,
} from '../wasm/emitter.ts'

/** Bytes looked at in one go, and how many of those behind are there too. */
export const SIGNS_BLOCK = 64 * 1024
export const SIGNS_BEHIND = 32

/** Runs of letters of base64 shorter than this do not count. */
export const MIN_RUN = 20
/** Longer lines may go on in the next one. */
export const WRAPPED_LINE = 60
export const MIN_HEX_RUN = 32

/** Addresses in the memory of {@link signsModule}. */
export const signsLayout = {
  /** By byte: 1 for letters of base64, 3 for hex digits too; the value of a letter; 1 for readable bytes, 16 for zero. */
  classes: 0, sextets: 256, readable: 512,
  /** What was seen: how many `%hh`, how many `\\x` and `\\u`, 1 for a zero; behind the last run. */
  percents: 768, escapes: 772, zeros: 776, runsEnd: 780,
  /** The text, and where runs begin and end. */
  data: 1024, runs: 1024 + SIGNS_BLOCK + SIGNS_BEHIND, pages: 3,
} as const

/** Stands for the letters of the base64 alphabets: bit by upper half, in which bytes of that lower half are letters. */
const lowerHalves = Array.from({ length: 16 }, (_, low) => Number([0xb, 0xd, 0xf].includes(low)) | (Number(low <= 9) << 1) | (Number(low >= 1) << 2) | (Number(low <= 0xa || low === 0xf) << 3) | (Number(low <= 0xa) << 4))
const upperHalves = [0, 0, 1, 2, 4, 8, 4, 16, 0, 0, 0, 0, 0, 0, 0, 0]

/**
 * One pass over a text, sixteen bytes at a time. `look(end, to, isLast)` goes from the beginning of the data to `end` and writes the runs of letters that may decode
 * to something from the address `to` on; returns how long the run is that lasts to the end, 0 for the last block.
 */
export function signsModule(): Uint8Array<ArrayBuffer> {
  return wasmModule(signsLayout.pages, [mayDecode(), note(), look()])
}

const [MAY_DECODE, NOTE] = [0, 1]
const { classes, sextets, readable, percents, escapes, zeros, runsEnd, data } = signsLayout
const advance = (local: number, by: Code): Code => set(local, add(get(local), by))
const isHex = (address: Code, offset: number): Code => eq(load8(load8(address, offset), classes), i32(3))

/** 1 where a run may be hex, may go on in the next line, or its first twelve letters decode to what is worth reading. */
function mayDecode() {
  return wasmFunction('mayDecode', { params: ['start', 'end'], i32: ['at', 'word', 'sum'], result: true }, (v) => {
    const value = (offset: number) => load8(load8(get(v.at), offset), sextets)
    const byte = (shift: number) => load8(and(shiftRight(get(v.word), i32(shift)), i32(255)), readable)
    const word = set(v.word, or(or(shiftLeft(value(0), i32(18)), shiftLeft(value(1), i32(12))), or(shiftLeft(value(2), i32(6)), value(3))))
    const count = row(word, advance(v.sum, add(add(byte(16), byte(8)), byte(0))))
    const head = shiftRight(get(v.word), i32(8))
    const isHead = (first: number, last = first) => and(atLeast(head, i32(first)), atMost(head, i32(last)))
    const readables = and(get(v.sum), i32(15))
    return row(
      when(atLeast(sub(get(v.end), get(v.start)), i32(WRAPPED_LINE)), row(i32(1), leave)),
      set(v.at, get(v.start)),
      when(atLeast(sub(get(v.end), get(v.start)), i32(MIN_HEX_RUN)), row(
        block(loop(jumpIf(1, ne(load8(load8(get(v.at)), classes), i32(3))), advance(v.at, i32(1)), jumpIf(0, below(get(v.at), get(v.end))))),
        when(eq(get(v.at), get(v.end)), row(i32(1), leave)),
        set(v.at, get(v.start)),
      )),
      set(v.sum, i32(0)),
      count,
      // The heads of gzip, zip, DER and a Java keystore.
      when(or(or(isHead(0x1f8b), isHead(0x504b)), or(isHead(0x3081, 0x3084), isHead(0xfeed))), row(i32(1), leave)),
      advance(v.at, i32(4)), count, advance(v.at, i32(4)), count,
      or(atLeast(readables, i32(7)), and(atLeast(get(v.sum), i32(48)), atLeast(readables, i32(3)))),
    )
  })
}

/** Appends a run at `to` where it may decode to something; returns where the next one goes. */
function note() {
  return wasmFunction('note', { params: ['to', 'start', 'end'], result: true }, (v) => row(
    when(call(MAY_DECODE, get(v.start), get(v.end)), row(
      store32(get(v.to), get(v.start)), store32(get(v.to), get(v.end), 4), advance(v.to, i32(8)),
    )),
    get(v.to),
  ))
}

function look() {
  return wasmFunction('look', { params: ['end', 'to', 'isLast'], i32: ['at', 'length', 'letters', 'lead', 'signs'], v128: ['text', 'zero'], result: true }, (v) => {
    const text = get(v.text)
    const letters = signBits(bytesDiffer(andVectors(swizzle(constantVector(lowerHalves), andVectors(text, splat(15))), swizzle(constantVector(upperHalves), shiftBytesRight(text, 4))), splat(0)))
    const others = xor(get(v.letters), i32(0xffff))
    const at = (local: number): Code => add(get(v.at), trailingZeros(get(local)))
    const eachSign = (byte: number, then: Code): Code => row(
      set(v.signs, signBits(bytesEqual(text, splat(byte)))),
      block(loop(
        jumpIf(1, eq(get(v.signs), i32(0))),
        then,
        set(v.signs, and(get(v.signs), sub(get(v.signs), i32(1)))),
        jump(0),
      )),
    )
    return row(
      // What is put behind the last block ends its last run.
      when(get(v.isLast), row(storeVector(get(v.end), splat(0x20)), storeVector(get(v.end), splat(0x20), 16), advance(v.end, i32(1)))),
      set(v.at, i32(data)),
      block(loop(
        jumpIf(1, atLeast(get(v.at), get(v.end))),
        set(v.text, loadVector(get(v.at))),
        set(v.zero, orVectors(get(v.zero), bytesEqual(text, splat(0)))),
        when(anyBit(orVectors(bytesEqual(text, splat(0x25)), bytesEqual(text, splat(0x5c)))), row(
          eachSign(0x25, when(and(isHex(at(v.signs), 1), isHex(at(v.signs), 2)), store32(i32(0), add(load32(i32(0), percents), i32(1)), percents))),
          eachSign(0x5c, when(or(eq(load8(at(v.signs), 1), i32(0x75)), eq(load8(at(v.signs), 1), i32(0x78))), store32(i32(0), add(load32(i32(0), escapes), i32(1)), escapes))),
        )),
        set(v.letters, letters),
        when(eq(get(v.letters), i32(0xffff)), row(advance(v.length, i32(16)), advance(v.at, i32(16)), jump(1))),
        set(v.lead, trailingZeros(others)),
        when(above(add(get(v.length), get(v.lead)), i32(MIN_RUN - 1)), set(v.to, call(NOTE, get(v.to), sub(get(v.at), get(v.length)), add(get(v.at), get(v.lead))))),
        set(v.length, leadingZeros(shiftLeft(others, i32(16)))),
        advance(v.at, i32(16)),
        jump(0),
      )),
      when(anyBit(get(v.zero)), store32(i32(0), i32(1), zeros)),
      store32(i32(0), get(v.to), runsEnd),
      get(v.length),
    )
  })
}
