import { isMusterError, type Certificate, type Crl } from '@muster/core'
import { berToDer } from '../der/ber.ts'
import { DerCursor } from '../der/cursor.ts'
import { derLimits, tags } from '../der/limits.ts'
import { oidToContent } from '../der/oid.ts'
import type { RecogniseProblem } from '../found.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { parseCrl } from '../x509/crl.ts'
import { MAX_ENTRIES } from './keystore.ts'

export const SIGNED_DATA = oidToContent('1.2.840.113549.1.7.2')

/** The public things a PKCS#7 or CMS SignedData carries, in the order encoded. */
export type Pkcs7 = {
  readonly certificates: readonly Certificate[]
  readonly crls: readonly Crl[]
  readonly problems: readonly RecogniseProblem[]
}

/**
 * Reads the certificates and revocation lists of a SignedData (RFC 5652 §5), in DER or BER; signatures are not checked.
 * What cannot be read becomes a problem. @throws MusterError pkcs7.invalid, der.invalid, der.limit
 */
export function parsePkcs7(bytes: Uint8Array): Pkcs7 {
  const cursor = new DerCursor(berToDer(bytes), derLimits.keystoreBytes)
  const end = cursor.enter(tags.sequence, cursor.bytes.length)
  if (cursor.oidKey(end) !== SIGNED_DATA) throw cursor.invalid('not signed data', 'pkcs7.invalid')
  const contentEnd = cursor.enter(0xa0, end)
  const dataEnd = cursor.enter(tags.sequence, contentEnd)
  cursor.smallInteger(dataEnd, 5)
  cursor.expect(tags.set, dataEnd)
  cursor.expect(tags.sequence, dataEnd)
  const problems: RecogniseProblem[] = []
  const certificates = readSet(cursor, cursor.enterOptional(0xa0, dataEnd), 'certificate', parseCertificate, problems)
  const crls = readSet(cursor, cursor.enterOptional(0xa1, dataEnd), 'CRL', parseCrl, problems)
  return { certificates, crls, problems }
}

function readSet<Item>(
  cursor: DerCursor, end: number, what: string, parse: (der: Uint8Array) => Item, problems: RecogniseProblem[],
): Item[] {
  const items: Item[] = []
  for (let index = 0; cursor.position < end; index++) {
    if (index === MAX_ENTRIES) throw cursor.invalid(`more than ${MAX_ENTRIES} entries`, 'der.limit')
    const element = cursor.element(end)
    // attribute certificates and other formats have context tags
    if (element[0] !== tags.sequence) continue
    try {
      items.push(parse(element))
    } catch (error) {
      if (!isMusterError(error)) throw error
      problems.push({ code: error.code, message: error.message, part: `${what} ${index}` })
    }
  }
  return items
}
