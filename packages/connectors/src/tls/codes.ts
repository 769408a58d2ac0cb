import { tlsVersions } from '@muster/core'
import type { TlsVersion } from '@muster/core'

/** Version numbers on the wire. */
export const versionCodes: Readonly<Record<TlsVersion, number>> = {
  'SSLv3': 0x0300, 'TLSv1.0': 0x0301, 'TLSv1.1': 0x0302, 'TLSv1.2': 0x0303, 'TLSv1.3': 0x0304,
}

const versionsByCode: readonly TlsVersion[] = tlsVersions

/** The version of a wire number; null for anything that is not SSL 3.0 to TLS 1.3. */
export function versionOfCode(code: number): TlsVersion | null {
  return versionsByCode[code - versionCodes.SSLv3] ?? null
}

/** Record content types, RFC 8446 §5.1. */
export const contentType = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const

/** Handshake message types, RFC 8446 §4 and RFC 5246 §7.4. */
export const handshakeType = {
  helloRequest: 0, clientHello: 1, serverHello: 2, newSessionTicket: 4, encryptedExtensions: 8, certificate: 11, serverKeyExchange: 12,
  certificateRequest: 13, serverHelloDone: 14, certificateVerify: 15, finished: 20, certificateStatus: 22, compressedCertificate: 25,
} as const

/** Extension types of the IANA registry. */
export const extensionType = {
  serverName: 0, statusRequest: 5, supportedGroups: 10, ecPointFormats: 11, signatureAlgorithms: 13, alpn: 16,
  signedCertificateTimestamp: 18, padding: 21, extendedMasterSecret: 23, supportedVersions: 43, pskKeyExchangeModes: 45, keyShare: 51,
  signatureAlgorithmsCert: 50, cookie: 44, renegotiationInfo: 0xff01,
} as const

/** Alert descriptions, RFC 8446 §6. */
const alertNames: Readonly<Record<number, string>> = {
  0: 'close_notify', 10: 'unexpected_message', 20: 'bad_record_mac', 22: 'record_overflow', 40: 'handshake_failure', 42: 'bad_certificate',
  43: 'unsupported_certificate', 44: 'certificate_revoked', 45: 'certificate_expired', 46: 'certificate_unknown', 47: 'illegal_parameter',
  48: 'unknown_ca', 49: 'access_denied', 50: 'decode_error', 51: 'decrypt_error', 70: 'protocol_version', 71: 'insufficient_security',
  80: 'internal_error', 86: 'inappropriate_fallback', 90: 'user_canceled', 109: 'missing_extension', 110: 'unsupported_extension',
  112: 'unrecognized_name', 113: 'bad_certificate_status_response', 115: 'unknown_psk_identity', 116: 'certificate_required',
  120: 'no_application_protocol',
}

/** The alert's name, or `alert N`. */
export function alertName(description: number): string {
  return alertNames[description] ?? `alert ${description}`
}

export const HANDSHAKE_FAILURE = 40
export const NO_APPLICATION_PROTOCOL = 120

// PKCS#1 v1.5 and DSA schemes are for TLS up to 1.2; ML-DSA (draft-ietf-tls-mldsa) for 1.3.
const rsaSchemes = [0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b, 0x0401, 0x0501, 0x0601, 0x0301, 0x0201, 0x0101]
const ecdsaSchemes = [0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x081a, 0x081b, 0x081c, 0x0303, 0x0203]
const pqSchemes = [0x0904, 0x0905, 0x0906]
const dsaSchemes = [0x0402, 0x0302, 0x0202]

/** Signature schemes to offer, by the certificate wanted. */
export const signatureSchemes = {
  any: [...ecdsaSchemes, ...rsaSchemes, ...pqSchemes, ...dsaSchemes],
  rsa: rsaSchemes,
  ecdsa: ecdsaSchemes,
} as const
