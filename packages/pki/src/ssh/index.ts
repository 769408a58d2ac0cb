export {
  parseAuthorizedKeys, type AuthorizedKey, type AuthorizedKeyPolicy, type AuthorizedKeys, type LineProblem,
} from './authorized-keys.ts'
export { credentialOfSshCertificate, isCertificateType, parseSshCertificate, type SshCertificateFields } from './certificate.ts'
export { materialOfSpki, sshFingerprintOfSpki } from './from-spki.ts'
export { isCertificateRevoked, isKeyRevoked, parseKrl, type Krl } from './krl.ts'
export { knownHostName, matchesKnownHost, parseKnownHosts, type KnownHost, type KnownHosts } from './known-hosts.ts'
export { OPENSSH_PRIVATE_KEY_LABEL, parseOpensshPrivateKey, type OpensshPrivateKey } from './private-key.ts'
export {
  credentialOfSshKey, encodeSshPublicKey, isSshKeyType, parseSshPublicKey, sshFingerprintOf, sshKeyTypes, sshPublicKeyOf, type SshPublicKey,
} from './public-key.ts'
export { curves, factsOf, rawKeyAlgorithms, encodeSpki, spkiSha256Of, type CurveName, type PublicMaterial } from './public-material.ts'
export { parsePuttyKey, type PuttyKey } from './putty.ts'
export {
  foundAuthorizedKeys, foundKnownHosts, foundOpensshPrivateKey, looksLikeAuthorizedKeys, looksLikeKnownHosts, recogniseSsh,
} from './recognise.ts'
export { parseSshdConfig, type ReadInclude, type SshdConfig, type SshdMatch, type SshdProblem, type SshdSettings } from './sshd-config.ts'
export { concatBytes, sshMpint, SshReader, sshString, sshUint32, sshUint64 } from './wire.ts'
