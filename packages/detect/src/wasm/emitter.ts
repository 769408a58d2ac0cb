/** The bytes of instructions (WebAssembly core specification, §5.4): expressions are nested, operands first, so that code reads as calls do. */
export type Code = readonly number[]

type ValueType = 'i32' | 'v128'
const typeCodes = { i32: 0x7f, v128: 0x7b } as const satisfies Record<ValueType, number>

/** A function whose parameters and result are all i32. */
export type WasmFunction = { readonly name: string; readonly params: number; readonly result: boolean; readonly locals: readonly ValueType[]; readonly body: Code }

type Locals<Name extends string> = Readonly<Record<Name, number>>

/** A function; `body` gets the numbers of its parameters and locals by name. With `result` the body leaves one i32. */
export function wasmFunction<const P extends string, const I extends string = never, const V extends string = never>(
  name: string, parts: { readonly params: readonly P[]; readonly i32?: readonly I[]; readonly v128?: readonly V[]; readonly result?: boolean }, body: (local: Locals<P | I | V>) => Code,
): WasmFunction {
  const { params, i32: ints = [], v128: vectors = [], result = false } = parts
  const names: readonly string[] = [...params, ...ints, ...vectors]
  const local = Object.fromEntries(names.map((each, index) => [each, index])) as Locals<P | I | V>
  return { name, params: params.length, result, locals: [...ints.map(() => 'i32' as const), ...vectors.map(() => 'v128' as const)], body: body(local) }
}

/** A module with a memory of its own of `pages` × 64 KiB, exported as `memory`; its functions are exported by name and called by their index. */
export function wasmModule(pages: number, functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, vector(functions.map(({ params, result }) => [0x60, ...vector(Array.from({ length: params }, () => [typeCodes.i32])), ...vector(result ? [[typeCodes.i32]] : [])]))),
    ...section(3, vector(functions.map((_, index) => unsigned(index)))),
    ...section(5, vector([[0x01, ...unsigned(pages), ...unsigned(pages)]])),
    ...section(7, vector([[...text('memory'), 0x02, 0], ...functions.map(({ name }, index) => [...text(name), 0x00, ...unsigned(index)])])),
    ...section(10, vector(functions.map(({ locals, body }) => sized([...vector(locals.map((type) => [1, typeCodes[type]])), ...body, 0x0b])))),
  ])
}

/** Any number of 7-bit groups, least first (LEB128). */
function unsigned(value: number): Code {
  const bytes: number[] = []
  let rest = value >>> 0
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
    rest >>>= 7
  } while (rest > 0)
  return bytes
}

function signed(value: number): Code {
  const bytes: number[] = []
  for (let rest = value | 0; ;) {
    const group = rest & 0x7f
    rest >>= 7
    const done = (rest === 0 && group < 0x40) || (rest === -1 && group >= 0x40)
    bytes.push(done ? group : group | 0x80)
    if (done) return bytes
  }
}

const vector = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()]
const sized = (content: Code): Code => [...unsigned(content.length), ...content]
const section = (id: number, content: Code): Code => [id, ...sized(content)]
const text = (value: string): Code => sized([...new TextEncoder().encode(value)])

export const i32 = (value: number): Code => [0x41, ...signed(value)]
export const get = (local: number): Code => [0x20, ...unsigned(local)]
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)]

const binary = (...opcode: readonly number[]) => (a: Code, b: Code): Code => [...a, ...b, ...opcode]
export const eq = binary(0x46)
export const ne = binary(0x47)
export const below = binary(0x49)
export const atLeast = binary(0x4f)
export const above = binary(0x4b)
export const atMost = binary(0x4d)
export const add = binary(0x6a)
export const sub = binary(0x6b)
export const and = binary(0x71)
export const or = binary(0x72)
export const xor = binary(0x73)
export const shiftLeft = binary(0x74)
/** Zeros come in from the left. */
export const shiftRight = binary(0x76)
export const isZero = (value: Code): Code => [...value, 0x45]
/** Zero bits below the lowest one; 32 for none. */
export const trailingZeros = (value: Code): Code => [...value, 0x68]
export const leadingZeros = (value: Code): Code => [...value, 0x67]
/** `yes` where `condition` is not 0, else `no`; both are evaluated. */
export const select = (condition: Code, yes: Code, no: Code): Code => [...yes, ...no, ...condition, 0x1b]

const memory = (opcode: number, alignment: number) => (address: Code, offset = 0): Code => [...address, opcode, alignment, ...unsigned(offset)]
export const load8 = memory(0x2d, 0)
export const load16 = memory(0x2f, 1)
export const load32 = memory(0x28, 2)
export const store8 = (address: Code, value: Code, offset = 0): Code => [...address, ...value, 0x3a, 0, ...unsigned(offset)]
export const store32 = (address: Code, value: Code, offset = 0): Code => [...address, ...value, 0x36, 2, ...unsigned(offset)]

/** `then` where `condition` is not 0; one level for {@link jump}. */
export const when = (condition: Code, then: Code): Code => [...condition, 0x04, 0x40, ...then, 0x0b]
/** Left by a jump to it. */
export const block = (...body: readonly Code[]): Code => [0x02, 0x40, ...body.flat(), 0x0b]
/** Gone through once, and again for each jump to it. */
export const loop = (...body: readonly Code[]): Code => [0x03, 0x40, ...body.flat(), 0x0b]
/** Jumps to the `levels`-th block, loop or condition around, 0 the innermost. */
export const jump = (levels: number): Code => [0x0c, ...unsigned(levels)]
export const jumpIf = (levels: number, condition: Code): Code => [...condition, 0x0d, ...unsigned(levels)]
export const leave: Code = [0x0f]
/** Calls the function with this index in its module. */
export const call = (index: number, ...args: readonly Code[]): Code => [...args.flat(), 0x10, ...unsigned(index)]
export const row = (...steps: readonly Code[]): Code => steps.flat()

const simd = (opcode: number): Code => [0xfd, ...unsigned(opcode)]
export const loadVector = (address: Code, offset = 0): Code => [...address, ...simd(0), 0, ...unsigned(offset)]
export const storeVector = (address: Code, value: Code, offset = 0): Code => [...address, ...value, ...simd(11), 0, ...unsigned(offset)]
export const constantVector = (bytes: readonly number[]): Code => [...simd(12), ...bytes]
/** Sixteen times the same byte. */
export const splat = (byte: number): Code => constantVector(Array.from({ length: 16 }, () => byte))
/** For each byte of `indexes` that of `table` at that place; 0 for indexes of 16 and more. */
export const swizzle = binary(...simd(14))
export const bytesEqual = binary(...simd(35))
export const bytesDiffer = binary(...simd(36))
export const andVectors = binary(...simd(78))
export const orVectors = binary(...simd(80))
/** The highest bit of each byte, the first byte's lowest. */
export const signBits = (vector_: Code): Code => [...vector_, ...simd(100)]
export const anyBit = (vector_: Code): Code => [...vector_, ...simd(83)]
export const shiftBytesRight = (vector_: Code, count: number): Code => [...vector_, ...i32(count), ...simd(109)]
