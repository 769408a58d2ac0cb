/** Caps that hold for every reader of DER or BER in this package, checked before anything is decoded. */
export const derLimits = {
  /** A certificate or request: 75,000 bytes are 100,000 characters of base64, the inventory's column. */
  certificateBytes: 75_000,
  /** A revocation list. */
  crlBytes: 64 * 1024 * 1024,
  /** An OCSP response. */
  ocspBytes: 256 * 1024,
  /** A private or public key container. */
  keyBytes: 256 * 1024,
  /** A keystore or PKCS#7 bundle. */
  keystoreBytes: 16 * 1024 * 1024,
  /** Nesting, where the format lets the input choose it. */
  depth: 24,
  /** Content octets of an object identifier; the longest registered ones have under 32. */
  oidBytes: 64,
  /** Content octets of an INTEGER: a 16,384-bit modulus and its sign octet. */
  integerBytes: 2049,
} as const

/** Universal tags with the constructed bit where DER has it, and the context tags X.509 uses. */
export const tags = {
  boolean: 0x01, integer: 0x02, bitString: 0x03, octetString: 0x04, null: 0x05, oid: 0x06, enumerated: 0x0a,
  utf8String: 0x0c, sequence: 0x30, set: 0x31, numericString: 0x12, printableString: 0x13, t61String: 0x14,
  videotexString: 0x15, ia5String: 0x16, utcTime: 0x17, generalizedTime: 0x18, graphicString: 0x19,
  visibleString: 0x1a, generalString: 0x1b, universalString: 0x1c, bmpString: 0x1e,
} as const

/** Identifier octet of a constructed context-specific tag, e.g. `[0] EXPLICIT`. */
export const contextConstructed = (number: number): number => 0xa0 | number

/** Identifier octet of a primitive context-specific tag, e.g. `[2] IMPLICIT IA5String`. */
export const contextPrimitive = (number: number): number => 0x80 | number
