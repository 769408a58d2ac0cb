import { MusterError } from '@muster/core'
import { PgpReader } from './packets.ts'

const HEADER_TYPE = 1
const OPENPGP_TYPE = 2
const MIN_BLOB_BYTES = 8

/** True for GnuPG's keybox format: a header blob of version 1 with the magic `KBXf`. */
export function isKeybox(bytes: Uint8Array): boolean {
  return bytes.length >= 32 && bytes[4] === HEADER_TYPE && bytes[5] === 1 && Buffer.from(bytes.subarray(8, 12)).toString('latin1') === 'KBXf'
}

/**
 * The OpenPGP key blocks of a keybox (GnuPG kbx/keybox-blob.c); X.509 blobs and empty ones are passed over.
 * @throws MusterError pgp.invalid when the blobs do not fill the file
 */
export function* keyboxBlocks(bytes: Uint8Array): Generator<Uint8Array, void, void> {
  const reader = new PgpReader(bytes)
  while (reader.remaining > 0) {
    const length = reader.uint32()
    if (length < MIN_BLOB_BYTES) throw new MusterError('pgp.invalid', 'a keybox blob is too short')
    const blob = reader.take(length - 4)
    const header = new PgpReader(blob)
    const type = header.uint8()
    if (type !== OPENPGP_TYPE) continue
    header.take(3)
    const [offset, size] = [header.uint32() - 4, header.uint32()]
    if (offset < 0 || offset + size > blob.length) throw new MusterError('pgp.invalid', 'a keybox blob points outside itself')
    yield blob.subarray(offset, offset + size)
  }
}
