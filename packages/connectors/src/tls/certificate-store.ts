import { hash } from 'node:crypto'
import { isMusterError } from '@muster/core'
import type { Certificate } from '@muster/core'
import { parseCertificate } from '@muster/pki'

/** A certificate as served: its fingerprint, and what it says or why it could not be read. */
export type ServedCertificate = { readonly fingerprint: string } & (
  | { readonly certificate: Certificate; readonly problem: null }
  | { readonly certificate: null; readonly problem: { readonly code: string; readonly message: string } }
)

const MAX_REMEMBERED = 4096
/** What an inventory row holds; real certificates stay far below. */
const MAX_DER_BYTES = 75_000

/**
 * Reads certificates, each distinct one once: hashing the DER is a hundred times cheaper than parsing it, and fleets serve
 * few certificates from many places. Remembers the 4,096 used last.
 */
export class CertificateStore {
  readonly #known = new Map<string, ServedCertificate>()

  /** What the DER holds; a certificate that cannot be read is an answer, not an error. */
  read(der: Uint8Array): ServedCertificate {
    const fingerprint = hash('sha256', der, 'hex')
    const known = this.#known.get(fingerprint)
    if (known !== undefined) {
      // The oldest entry of a Map is its first: moving a hit to the end makes eviction least-recently-used.
      if (this.#known.size > MAX_REMEMBERED / 2) {
        this.#known.delete(fingerprint)
        this.#known.set(fingerprint, known)
      }
      return known
    }
    const served = parseServed(fingerprint, der)
    if (this.#known.size >= MAX_REMEMBERED) this.#known.delete(this.#known.keys().next().value!)
    this.#known.set(fingerprint, served)
    return served
  }
}

function parseServed(fingerprint: string, der: Uint8Array): ServedCertificate {
  if (der.length > MAX_DER_BYTES) {
    return { fingerprint, certificate: null, problem: { code: 'input.limit', message: `a certificate of ${der.length} bytes; the limit is ${MAX_DER_BYTES}` } }
  }
  try {
    return { fingerprint, certificate: parseCertificate(der), problem: null }
  } catch (error) {
    if (!isMusterError(error)) throw error
    return { fingerprint, certificate: null, problem: { code: error.code, message: error.message.slice(0, 500) } }
  }
}
