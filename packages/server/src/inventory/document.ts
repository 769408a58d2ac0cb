import { type Certificate, type Credential, toHex } from '@muster/core'
import { parseCertificate } from '@muster/pki'

/** What is kept of a credential besides its columns. */
export type Document = { readonly facts: Readonly<Record<string, unknown>> | null; readonly der: Buffer | null }

/**
 * A certificate is kept as its DER alone, of which everything else follows, provided that it is the certificate of that
 * fingerprint and readable; other credentials, and certificates of stranger readers, as the facts reported. With
 * `ownReading` this release's own reader read it, which will read it again as it did: that need not be tried.
 */
export function toDocument(credential: Credential, ownReading: boolean): Document {
  if (credential.kind !== 'certificate') return { facts: credential, der: null }
  const der = Buffer.from(credential.der, 'base64')
  if (ownReading || parsed(der)?.fingerprint === credential.fingerprint) return { facts: null, der }
  return { facts: { ...credential, der: undefined }, der }
}

/** The credential kept as `document`. */
export function readDocument(document: { readonly facts: unknown; readonly der: Uint8Array | null }): Credential {
  if (document.der === null) return document.facts as Credential
  const base64 = Buffer.from(document.der).toString('base64')
  if (document.facts !== null) return { ...(document.facts as Certificate), der: base64 }
  const certificate = parsed(document.der)
  if (certificate === null) throw new Error(`a stored certificate is not readable: ${toHex(document.der.subarray(0, 16))}`)
  return certificate
}

function parsed(der: Uint8Array): Certificate | null {
  try {
    return parseCertificate(der)
  } catch {
    return null
  }
}
