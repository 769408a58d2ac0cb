/** Bytes the first look at a file takes; enough for every format's mark and for most whole files. */
export const HEAD_BYTES = 64 * 1024
/** A NUL in this many first bytes makes a file binary, as in grep and git. */
const TEXT_PROBE_BYTES = 4096

/**
 * What a file's first bytes say: `never` holds a credential; `whole` has a mark of one and is parsed; `text` may hold one
 * further down, so that {@link textMayHoldCredential} decides on the rest.
 */
export type HeadVerdict = 'never' | 'whole' | 'text'

const PEM = Buffer.from('-----BEGIN ')
/** The same in base64, as in kubeconfig files and Kubernetes Secrets. */
const PEM_IN_BASE64 = Buffer.from('LS0tLS1CRUdJTi')
const SSH2_PUBLIC = Buffer.from('---- BEGIN SSH2 ')
const PUTTY = Buffer.from('PuTTY-User-Key-File-')
const SQLITE = Buffer.from('SQLite format 3\0')
const WIRE = Buffer.from('AAAA')
/** How the base64 of an SSH wire key goes on after `AAAA`: the length and start of its type's name. */
const WIRE_STARTS = new Set([
  'B3NzaC',
  'C3NzaC',
  'E2VjZH',
  'GnNrLX',
  'InNrLW',
  'HHNzaC',
  'IHNzaC',
  'KGVjZH',
  'I3NrLX',
  'K3NrLX',
  'HXNzaC',
  'IXNzaC',
])

/** Judges the first bytes (up to {@link HEAD_BYTES}) of a file of `size` bytes called `name`. */
export function judgeHead(head: Buffer, size: number, name: string): HeadVerdict {
  if (head.length < 8) return 'never'
  if (hasBinaryMark(head, size, name)) return 'whole'
  const probe = head.subarray(0, TEXT_PROBE_BYTES)
  if (probe.includes(0) && !probe.includes(PEM)) return 'never'
  if (textMayHoldCredential(head)) return 'whole'
  return size > head.length ? 'text' : 'never'
}

/** True when text holds a PEM boundary (also in base64), the mark of a PuTTY or SSH2 key, or the base64 of an SSH public key. */
export function textMayHoldCredential(bytes: Buffer): boolean {
  if (
    bytes.includes(PEM) ||
    bytes.includes(PEM_IN_BASE64) ||
    bytes.includes(SSH2_PUBLIC) ||
    bytes.subarray(0, PUTTY.length).equals(PUTTY)
  )
    return true
  for (let at = bytes.indexOf(WIRE); at >= 0; at = bytes.indexOf(WIRE, at)) {
    while (bytes[at + 4] === 0x41) at++
    if (WIRE_STARTS.has(bytes.toString('latin1', at + 4, at + 10))) return true
    at += 4
  }
  return false
}

/** Marks of the binary formats: DER, Java and Bouncy Castle keystores, OpenPGP packets, GnuPG key boxes, NSS databases. */
function hasBinaryMark(head: Buffer, size: number, name: string): boolean {
  const word = head.readUInt32BE(0)
  if (word === 0xfeedfeed || word === 0xcececece) return true
  if ((word === 1 || word === 2) && head.readUInt32BE(4) === 20) return true
  if (head[0] === 0x30) return isDerLength(head, size)
  if (head.length >= 12 && head.toString('latin1', 8, 12) === 'KBXf') return true
  if (isOpenPgpKey(head)) return true
  return /^(?:cert9|key4)\.db$/.test(name) && head.subarray(0, SQLITE.length).equals(SQLITE)
}

/** A SEQUENCE that fills the file (a few bytes of padding apart), or one of indefinite length (BER, X.690 §8.1.3.6). */
function isDerLength(head: Buffer, size: number): boolean {
  const first = head[1]!
  const octets = first > 0x80 ? first & 0x7f : 0
  if (octets > 4) return false
  const inner = head[2 + octets]
  if (inner !== 0x30 && inner !== 0x02 && inner !== 0x06) return false
  if (first === 0x80) return true
  const end = 2 + octets + (octets === 0 ? first : head.readUIntBE(2, octets))
  // Files cut short count too: they are worth a problem. Large ones must end where the structure does.
  return size <= end + 16 && (size >= end || size < 1024 * 1024)
}

/** A public or secret key packet (RFC 9580 §4.2, §5.5) of version 3 to 6 at the start. */
function isOpenPgpKey(head: Buffer): boolean {
  const tag = head[0]!
  const version = (at: number): boolean => head[at]! >= 3 && head[at]! <= 6
  switch (tag) {
    case 0x94:
    case 0x98:
      return version(2)
    case 0x95:
    case 0x99:
      return version(3)
    case 0xc5:
    case 0xc6:
      return head[1]! < 192 ? version(2) : head[1]! < 224 ? version(3) : head[1] === 255 && version(6)
    default:
      return false
  }
}
