/** Named groups by code: IANA "TLS Supported Groups" (RFC 8422, RFC 7919, RFC 8734, the ML-KEM drafts), with the names of that registry. */
export const groupNames: ReadonlyMap<number, string> = new Map([
  [0x001d, 'x25519'], [0x0017, 'secp256r1'], [0x0018, 'secp384r1'], [0x0019, 'secp521r1'], [0x001e, 'x448'],
  [0x11ec, 'X25519MLKEM768'], [0x11eb, 'SecP256r1MLKEM768'], [0x11ed, 'SecP384r1MLKEM1024'],
  [0x0200, 'MLKEM512'], [0x0201, 'MLKEM768'], [0x0202, 'MLKEM1024'], [0x11ee, 'curveSM2MLKEM768'],
  [0x6399, 'X25519Kyber768Draft00'], [0x639a, 'SecP256r1Kyber768Draft00'],
  [0x001f, 'brainpoolP256r1tls13'], [0x0020, 'brainpoolP384r1tls13'], [0x0021, 'brainpoolP512r1tls13'],
  [0x0100, 'ffdhe2048'], [0x0101, 'ffdhe3072'], [0x0102, 'ffdhe4096'], [0x0103, 'ffdhe6144'], [0x0104, 'ffdhe8192'],
  [0x0029, 'curveSM2'],
  [0x001a, 'brainpoolP256r1'], [0x001b, 'brainpoolP384r1'], [0x001c, 'brainpoolP512r1'], [0x0016, 'secp256k1'],
  [0x0015, 'secp224r1'], [0x0014, 'secp224k1'], [0x0013, 'secp192r1'], [0x0012, 'secp192k1'],
  [0x0011, 'secp160r2'], [0x0010, 'secp160r1'], [0x000f, 'secp160k1'],
  [0x000e, 'sect571r1'], [0x000d, 'sect571k1'], [0x000c, 'sect409r1'], [0x000b, 'sect409k1'], [0x000a, 'sect283r1'], [0x0009, 'sect283k1'],
  [0x0008, 'sect239k1'], [0x0007, 'sect233r1'], [0x0006, 'sect233k1'], [0x0005, 'sect193r2'], [0x0004, 'sect193r1'],
  [0x0003, 'sect163r2'], [0x0002, 'sect163r1'], [0x0001, 'sect163k1'],
])

/** The group's IANA name; `0xNNNN` for an unknown code. */
export function groupName(code: number): string {
  return groupNames.get(code) ?? `0x${code.toString(16).padStart(4, '0')}`
}

/** Groups a TLS 1.3 server may ask for by HelloRetryRequest. */
export const tls13Groups: readonly number[] = [
  0x11ec, 0x11eb, 0x11ed, 0x0201, 0x0202, 0x0200, 0x11ee, 0x6399, 0x639a, 0x001d, 0x0017, 0x0018, 0x0019, 0x001e, 0x001f, 0x0020, 0x0021,
  0x0100, 0x0101, 0x0102, 0x0103, 0x0104, 0x0029, 0x001a, 0x001b, 0x001c, 0x0016,
]

/** Curves a server up to TLS 1.2 may use in ECDHE. */
export const legacyGroups: readonly number[] = [0x001d, 0x0017, 0x0018, 0x0019, 0x001e, ...[...groupNames.keys()].filter((code) => code < 0x001d && code > 0)
  .filter((code) => ![0x0017, 0x0018, 0x0019].includes(code))]

/** What an ordinary hello offers. */
export const commonGroups: readonly number[] = [0x001d, 0x0017, 0x0018, 0x0019, 0x001e, 0x001a, 0x001b, 0x001c, 0x0016, 0x0015, 0x0013]
