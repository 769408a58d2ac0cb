import { irregularSuites, legacySuites, tls13Suites } from './cipher-suite-table.ts'

const names = new Map<number, string>([...irregularSuites, ...tls13Suites])
const codesByKeyExchange = new Map<string, readonly number[]>()
for (const [keyExchange, text] of legacySuites) {
  const codes: number[] = []
  for (const entry of text.trim().split(/\s+/)) {
    const code = Number.parseInt(entry.slice(0, 4), 16)
    names.set(code, `TLS_${keyExchange}_WITH_${entry.slice(5)}`)
    codes.push(code)
  }
  codesByKeyExchange.set(keyExchange, codes)
}

/** The suite's IANA name; `0xNNNN` for a code the registry does not know. */
export function suiteName(code: number): string {
  return names.get(code) ?? `0x${code.toString(16).padStart(4, '0')}`
}

function suitesOf(...keyExchanges: readonly string[]): readonly number[] {
  return keyExchanges.flatMap((keyExchange) => codesByKeyExchange.get(keyExchange) ?? [])
}

/** Every suite of TLS 1.3. */
export const allTls13Suites: readonly number[] = [0x1301, 0x1302, 0x1303, ...tls13Suites.map(([code]) => code).filter((code) => code < 0x1301 || code > 0x1303)]

/** Every suite up to TLS 1.2, those servers know best first: some read only the start of a long list. */
export const allLegacySuites: readonly number[] = [...new Set([
  ...suitesOf('ECDHE_ECDSA', 'ECDHE_RSA', 'DHE_RSA', 'RSA', 'DHE_DSS', 'ECDH_ECDSA', 'ECDH_RSA', 'DH_anon', 'ECDH_anon'),
  ...legacySuites.flatMap(([keyExchange]) => codesByKeyExchange.get(keyExchange)!),
  ...irregularSuites.map(([code]) => code),
])]

/** Suites that make a server with an RSA certificate present it, strongest first. */
export const rsaCertificateSuites: readonly number[] = [
  0xc02f, 0xc030, 0xcca8, 0x009e, 0x009f, 0xccaa, 0xc027, 0xc028, 0xc013, 0xc014, 0x0067, 0x006b, 0x0033, 0x0039, 0x009c, 0x009d,
  0x003c, 0x003d, 0x002f, 0x0035, 0xc012, 0x0016, 0x000a, 0xc011, 0x0005, 0x0004, 0x0041, 0x0084, 0x0045, 0x0088, 0x0096, 0x0009,
]

/** Suites that make a server with an ECDSA or EdDSA certificate present it. */
export const ecdsaCertificateSuites: readonly number[] = [
  0xc02b, 0xc02c, 0xcca9, 0xc023, 0xc024, 0xc009, 0xc00a, 0xc0ac, 0xc0ad, 0xc0ae, 0xc0af, 0xc008, 0xc007, 0xc072, 0xc073, 0xc05c, 0xc05d,
]

/** What the first hello offers: every kind of certificate, including DSA. */
export const certificateSuites: readonly number[] = [...ecdsaCertificateSuites, ...rsaCertificateSuites, 0x00a2, 0x00a3, 0x0032, 0x0038, 0x0013]

/** Suites whose ServerKeyExchange names a curve (RFC 8422 §5.4). */
export const ecdheSuites: ReadonlySet<number> = new Set(suitesOf('ECDHE_ECDSA', 'ECDHE_RSA', 'ECDH_anon', 'ECDHE_PSK'))

const ecdsaAuthenticated: ReadonlySet<number> = new Set(suitesOf('ECDHE_ECDSA', 'ECDH_ECDSA'))
const rsaAuthenticated: ReadonlySet<number> = new Set(suitesOf('ECDHE_RSA', 'DHE_RSA', 'RSA', 'DHE_RSA_EXPORT', 'RSA_EXPORT'))

/** Which certificate a suite up to TLS 1.2 makes the server present; null where the suite does not decide. */
export function certificateTypeOf(suite: number): 'rsa' | 'ecdsa' | null {
  if (ecdsaAuthenticated.has(suite)) return 'ecdsa'
  return rsaAuthenticated.has(suite) ? 'rsa' : null
}
