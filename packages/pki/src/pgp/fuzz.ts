import { assertStorable, type FuzzTarget } from '../ssh/fuzz.ts'
import { readArmour } from './armour.ts'
import { recognisePgp } from './recognise.ts'
import { readSignature } from './signature.ts'

const packet = (tag: number, body: readonly number[]): number[] => [0xc0 | tag, 255, 0, 0, body.length >> 8, body.length & 255, ...body]
const filled = (length: number, value: number): number[] => Array.from({ length }, () => value)
const mpi = (bytes: readonly number[]): number[] => {
  const bits = bytes.length * 8 - Math.clz32(bytes[0]!) + 24
  return [bits >> 8, bits & 255, ...bytes]
}

const created = [0x65, 0, 0, 0]
const rsa = [4, ...created, 1, ...mpi(filled(128, 0xa5)), ...mpi([1, 0, 1])]
const ed25519Oid = [9, 0x2b, 6, 1, 4, 1, 0xda, 0x47, 0x0f, 1]
const ed25519 = [4, ...created, 22, ...ed25519Oid, ...mpi([0x40, ...filled(32, 7)])]
const native = [6, ...created, 27, 0, 0, 0, 32, ...filled(32, 9)]
const elgamal = [4, ...created, 16, ...mpi(filled(64, 0xff)), ...mpi([5]), ...mpi([9])]
const version3 = [3, ...created, 0, 30, 1, ...mpi(filled(64, 0xff)), ...mpi([3])]
const selfSignature = [4, 0x13, 1, 8, 0, 12, 5, 2, ...created, 5, 9, 0, 1, 0, 0, 0, 10, 9, 16, ...filled(8, 1), 0, 0, ...mpi([1])]
const iterated = [254, 9, 3, 8, ...filled(8, 1), 96, ...filled(16, 2), ...filled(40, 3)]
const userId = [...Buffer.from('A <a@example.org>')]

const ring = (...packets: readonly number[][]): Uint8Array => Uint8Array.from(packets.flat())
const publicRing = (): Uint8Array => ring(packet(6, rsa), packet(13, userId), packet(2, selfSignature), packet(14, elgamal), packet(6, native), packet(6, version3))
const secretRing = (): Uint8Array => ring(packet(5, [...ed25519, ...iterated]), packet(13, userId), packet(7, [...ed25519, 254, 9, 101, 0, 71, 78, 85, 1]))
const armoured = (): Uint8Array =>
  new TextEncoder().encode(`-----BEGIN PGP PUBLIC KEY BLOCK-----\nVersion: x\n\n${Buffer.from(publicRing()).toString('base64')}\n=AAAA\n-----END PGP PUBLIC KEY BLOCK-----\n`)

function keybox(): Uint8Array {
  const header = new Uint8Array(32)
  header.set([0, 0, 0, 32, 1, 1, 0, 0, 0x4b, 0x42, 0x58, 0x66])
  const block = publicRing()
  const blob = new Uint8Array(20 + block.length)
  const view = new DataView(blob.buffer)
  view.setUint32(0, blob.length)
  blob.set([2, 1], 4)
  view.setUint32(8, 20)
  view.setUint32(12, block.length)
  blob.set(block, 20)
  return Buffer.concat([header, blob])
}

/** Every OpenPGP parser, for the property tests and the longer fuzz run. */
export const pgpFuzzTargets: readonly FuzzTarget[] = [
  { name: 'pgp/recognise', seeds: () => [publicRing(), secretRing(), armoured(), keybox()], run: (bytes) => assertStorable(recognisePgp(bytes, { passphrases: [] })) },
  { name: 'pgp/signature', seeds: () => [Uint8Array.from(selfSignature)], run: (bytes) => void readSignature(bytes) },
  { name: 'pgp/armour', seeds: () => [armoured()], run: (bytes) => void readArmour(Buffer.from(bytes).toString('latin1'), 1 << 20) },
]
