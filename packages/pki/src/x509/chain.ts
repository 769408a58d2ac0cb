import { X509Certificate } from 'node:crypto'
import type { Certificate } from '@muster/core'
import { DerCursor } from '../der/cursor.ts'
import { derLimits, tags } from '../der/limits.ts'

/** Certificates looked at in one chain; servers send up to about ten. */
const MAX_CHAIN = 64

/** Subject and issuer names as encoded, for comparison octet by octet (RFC 5280 §7.1 allows more; issuers copy the octets). */
export type NamesOnWire = { readonly subject: string; readonly issuer: string }

/** The encoded subject and issuer of a certificate, in base64. @throws MusterError der.invalid, der.limit */
export function namesOnWire(der: Uint8Array): NamesOnWire {
  const cursor = new DerCursor(der, derLimits.certificateBytes)
  const end = cursor.enter(tags.sequence, cursor.bytes.length)
  const tbsEnd = cursor.enter(tags.sequence, end)
  if (cursor.peek(tbsEnd) === 0xa0) cursor.read(tbsEnd)
  cursor.expect(tags.integer, tbsEnd)
  cursor.expect(tags.sequence, tbsEnd)
  const issuer = cursor.element(tbsEnd).toString('base64')
  cursor.expect(tags.sequence, tbsEnd)
  return { subject: cursor.element(tbsEnd).toString('base64'), issuer }
}

/** True when `issuer` could have issued `child` by names and key identifiers; no signature is checked. */
export function couldHaveIssued(issuer: Certificate, child: Certificate): boolean {
  if (child.authorityKeyId !== null && issuer.subjectKeyId !== null && child.authorityKeyId !== issuer.subjectKeyId) return false
  // the texts differ for most pairs, so the encoded names are only read for candidates
  return child.issuer === issuer.subject && wire(child).issuer === wire(issuer).subject
}

const wire = (certificate: Certificate): NamesOnWire => namesOnWire(Buffer.from(certificate.der, 'base64'))

/** True when the signature over `childDer` verifies with the key in `issuerDer`; false also when either cannot be read. */
export function verifySignedBy(childDer: Uint8Array, issuerDer: Uint8Array): boolean {
  try {
    return new X509Certificate(childDer).verify(new X509Certificate(issuerDer).publicKey)
  } catch {
    return false
  }
}

/** How a list of certificates, as a server sent it, hangs together. */
export type ServedChain = {
  /** The certificates that form the path from the first one on, leaf first, each issued by the next. */
  readonly path: readonly Certificate[]
  /** Every certificate is issued by the one after it, with nothing between and nothing unrelated. */
  readonly ordered: boolean
  /** The path ends in a self-issued certificate, or in one whose issuer is among `trustAnchors`. */
  readonly complete: boolean
  /** Fingerprints of certificates sent that are not part of the path. */
  readonly unrelated: readonly string[]
  /** Fingerprints sent more than once. */
  readonly duplicates: readonly string[]
  /** The last certificate of the path is a self-issued root: not needed on the wire. */
  readonly includesRoot: boolean
}

/**
 * Finds the path from the first certificate (the leaf, RFC 8446 §4.4.2) through the others, by name and key identifier.
 * `complete` takes the roots given in `trustAnchors` into account. At most 64 certificates are looked at.
 */
export function orderChain(certificates: readonly Certificate[], trustAnchors: readonly Certificate[] = []): ServedChain {
  const served = certificates.slice(0, MAX_CHAIN)
  const [leaf] = served
  if (leaf === undefined) return { path: [], ordered: true, complete: false, unrelated: [], duplicates: [], includesRoot: false }
  const path = [leaf]
  const used = new Set([leaf.fingerprint])
  for (let last = leaf; !last.selfIssued;) {
    const issuer = served.find((candidate) => !used.has(candidate.fingerprint) && couldHaveIssued(candidate, last))
    if (issuer === undefined) break
    used.add(issuer.fingerprint)
    path.push(issuer)
    last = issuer
  }
  const end = path.at(-1)!
  const seen = new Set<string>()
  const duplicates = served.filter(({ fingerprint }) => seen.size === seen.add(fingerprint).size).map(({ fingerprint }) => fingerprint)
  return {
    path,
    ordered: certificates.length === path.length && served.every((certificate, i) => certificate.fingerprint === path[i]?.fingerprint),
    complete: end.selfIssued || trustAnchors.some((anchor) => couldHaveIssued(anchor, end)),
    unrelated: served.filter(({ fingerprint }) => !used.has(fingerprint)).map(({ fingerprint }) => fingerprint),
    duplicates: [...new Set(duplicates)],
    includesRoot: end.selfIssued && path.length > 1,
  }
}
