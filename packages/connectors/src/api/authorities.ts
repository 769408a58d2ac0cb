import { createSecureContext } from 'node:tls'
import { isMusterError } from '@muster/core'
import { parseCertificate, readPem } from '@muster/pki'

/** What is wrong with PEM certificates that are to be trusted, as a sentence that goes on after their name; null for what works. Quotes nothing of them. */
export function authoritiesProblem(pem: string): string | null {
  try {
    const { blocks, faults } = readPem(Buffer.from(pem, 'utf8'))
    const key = blocks.find(({ label }) => label.endsWith('PRIVATE KEY'))
    if (key !== undefined) return 'holds a private key: give the certificates of the authorities alone, and consider that key known to others'
    if (faults.length > 0) return `holds a PEM block that cannot be read: ${faults[0]!.message}`
    const certificates = blocks.filter(({ label }) => /^(?:TRUSTED |X509 )?CERTIFICATE$/.test(label))
    if (certificates.length === 0) return 'holds no certificate: PEM begins with -----BEGIN CERTIFICATE-----'
    for (const [i, { bytes }] of certificates.entries()) {
      const problem = certificateProblem(bytes)
      if (problem !== null) return `${certificates.length === 1 ? 'holds a certificate' : `its certificate ${i + 1} of ${certificates.length} is one`} that cannot be read: ${problem}`
    }
    createSecureContext({ ca: pem })
    return null
  } catch (error) {
    return isMusterError(error) ? error.message : 'is not taken by TLS as certificates'
  }
}

function certificateProblem(der: Uint8Array): string | null {
  try {
    parseCertificate(der)
    return null
  } catch (error) {
    if (isMusterError(error)) return error.message
    throw error
  }
}
