import { oidFromContent, oidTable } from '../der/oid.ts'

/** RFC 5280 §4.2.1.3, in bit order. */
const KEY_USAGES = [
  'digitalSignature', 'nonRepudiation', 'keyEncipherment', 'dataEncipherment', 'keyAgreement', 'keyCertSign', 'cRLSign',
  'encipherOnly', 'decipherOnly',
] as const

/** Names of the bits set in the first two octets of a KeyUsage BIT STRING. */
export function keyUsageNames(first: number, second: number): string[] {
  const names: string[] = []
  for (let bit = 0; bit < 8; bit++) if ((first & (0x80 >> bit)) !== 0) names.push(KEY_USAGES[bit]!)
  if ((second & 0x80) !== 0) names.push(KEY_USAGES[8])
  return names
}

/** Names of extended key usages (RFC 5280 §4.2.1.12 and other registered ones). */
const extendedKeyUsages = oidTable<string>({
  '2.5.29.37.0': 'anyExtendedKeyUsage', '1.3.6.1.5.5.7.3.1': 'serverAuth', '1.3.6.1.5.5.7.3.2': 'clientAuth',
  '1.3.6.1.5.5.7.3.3': 'codeSigning', '1.3.6.1.5.5.7.3.4': 'emailProtection', '1.3.6.1.5.5.7.3.5': 'ipsecEndSystem',
  '1.3.6.1.5.5.7.3.6': 'ipsecTunnel', '1.3.6.1.5.5.7.3.7': 'ipsecUser', '1.3.6.1.5.5.7.3.8': 'timeStamping',
  '1.3.6.1.5.5.7.3.9': 'OCSPSigning', '1.3.6.1.5.5.7.3.13': 'eapOverPPP', '1.3.6.1.5.5.7.3.14': 'eapOverLAN',
  '1.3.6.1.5.5.7.3.17': 'ipsecIKE', '1.3.6.1.5.5.7.3.21': 'secureShellClient', '1.3.6.1.5.5.7.3.22': 'secureShellServer',
  '1.3.6.1.5.5.7.3.27': 'cmcCA', '1.3.6.1.5.5.7.3.28': 'cmcRA', '1.3.6.1.5.5.7.3.31': 'bundleSecurity',
  '1.3.6.1.5.5.7.3.36': 'documentSigning', '1.3.6.1.5.2.3.4': 'pkInitClientAuth', '1.3.6.1.5.2.3.5': 'pkInitKDC',
  '1.3.6.1.4.1.311.20.2.2': 'msSmartcardLogin', '1.3.6.1.4.1.311.10.3.3': 'msSGC', '2.16.840.1.113730.4.1': 'nsSGC',
  '1.3.6.1.4.1.311.10.3.4': 'msEFS', '1.3.6.1.4.1.311.10.3.12': 'msDocumentSigning', '1.3.6.1.4.1.311.2.1.21': 'msCodeInd',
  '1.3.6.1.4.1.311.2.1.22': 'msCodeCom', '1.3.6.1.4.1.311.21.5': 'msCAExchange', '1.3.6.1.4.1.311.21.6': 'msKeyRecovery',
  '1.3.6.1.4.1.11129.2.4.4': 'ctPrecertificateSigning',
})

/** Name of an extended key usage given by its OID content; the dotted OID when it has none. */
export function extendedKeyUsageName(oidKey: string): string {
  return extendedKeyUsages.get(oidKey) ?? oidFromContent(oidKey)
}
