import { isMusterError, MusterError } from '@muster/core'
import type { FoundItem, RecogniseOptions, RecogniseProblem, RecogniseResult } from '../found.ts'
import { readArmour } from './armour.ts'
import { KeyCollector, type PgpKeyRing } from './key.ts'
import { isKeybox, keyboxBlocks } from './keybox.ts'
import { packetTags, PgpReader, readPacket } from './packets.ts'

/** Larger inputs are not read. */
export const MAX_PGP_FILE_BYTES = 64 * 1024 * 1024
const MAX_KEYS = 20_000
/** Problems told one by one; the rest are counted. */
const MAX_PROBLEMS = 100
const ARMOUR = '-----BEGIN PGP '

function collect(bytes: Uint8Array, collector: KeyCollector): MusterError | null {
  const reader = new PgpReader(bytes)
  try {
    while (reader.remaining > 0) {
      if (collector.full) return new MusterError('input.limit', 'more keys than are read from one file')
      collector.add(readPacket(reader))
    }
    return null
  } catch (error) {
    if (isMusterError(error)) return error
    throw error
  }
}

/** Items and problems of several key blocks, in order. */
class Findings {
  readonly #findings: FoundItem[] = []
  readonly #problems: RecogniseProblem[] = []
  #untold = 0

  block(bytes: Uint8Array, part: string | null): void {
    const collector = new KeyCollector(MAX_KEYS - this.#findings.length)
    const broken = collect(bytes, collector)
    const { keys, problems } = collector.end()
    for (const key of keys) this.#add(key)
    for (const problem of broken === null ? problems : [...problems, broken]) this.problem(problem, part)
  }

  #add({ credential, protection, hasSecret }: PgpKeyRing): void {
    const part = hasSecret ? 'private-key' : 'public-key'
    this.#findings.push({ credential, part, format: 'pgp', entry: this.#findings.length, protection: hasSecret ? protection : null, comment: null })
  }

  problem({ code, message }: MusterError, part: string | null): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push({ code, message, part })
    else this.#untold++
  }

  result(): RecogniseResult {
    const untold: RecogniseProblem = { code: 'pgp.invalid', message: `${this.#untold} more parts could not be read`, part: null }
    return { findings: this.#findings, problems: this.#untold === 0 ? this.#problems : [...this.#problems, untold] }
  }
}

/** True when the first packet is a key packet of a known version that ends inside the bytes; says nothing of the rest. */
function beginsWithKey(bytes: Uint8Array): boolean {
  const first = bytes[0] ?? 0
  if (first < 0x80) return false
  const tag = (first & 0x40) === 0 ? (first >> 2) & 0x0f : first & 0x3f
  if (tag !== packetTags.publicKey && tag !== packetTags.secretKey) return false
  const collector = new KeyCollector(1)
  try {
    const packet = readPacket(new PgpReader(bytes))
    if (packet.body.length < 12) return false
    collector.add(packet)
    const { keys } = collector.end()
    return keys.length === 1 && keys[0]!.credential.key.algorithm !== 'unknown'
  } catch (error) {
    if (isMusterError(error)) return false
    throw error
  }
}

function armoured(bytes: Uint8Array): RecogniseResult | null {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  const blocks = readArmour(text, MAX_PGP_FILE_BYTES)
  if (blocks.length === 0) return null
  const findings = new Findings()
  for (const [index, block] of blocks.entries()) {
    const part = blocks.length === 1 ? null : `entry ${index}`
    if (block === null) {
      findings.problem(new MusterError('pgp.invalid', 'an armoured key block is damaged'), part)
      continue
    }
    if (block.checksum === 'wrong') findings.problem(new MusterError('pgp.invalid', 'the checksum of an armoured key block is wrong'), part)
    findings.block(block.body, part)
    block.body.fill(0)
  }
  return findings.result()
}

function keybox(bytes: Uint8Array): RecogniseResult {
  const findings = new Findings()
  try {
    for (const block of keyboxBlocks(bytes)) findings.block(block, null)
  } catch (error) {
    if (!isMusterError(error)) throw error
    findings.problem(error, null)
  }
  return findings.result()
}

/**
 * Recognises OpenPGP public and secret keys: armoured, binary, and GnuPG keyboxes, one key or many. Null when the bytes are none
 * of these; messages and detached signatures are none. Signatures inside keys are read, not verified. Passphrases are not used.
 */
export function recognisePgp(bytes: Uint8Array, _options: RecogniseOptions): RecogniseResult | null {
  if (bytes.length < 16 || bytes.length > MAX_PGP_FILE_BYTES) return null
  if (isKeybox(bytes)) return keybox(bytes)
  if (beginsWithKey(bytes)) {
    const findings = new Findings()
    findings.block(bytes, null)
    return findings.result()
  }
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return buffer.includes(ARMOUR, 0, 'latin1') ? armoured(bytes) : null
}
