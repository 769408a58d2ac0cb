import { credentialSchema, Secret } from '@muster/core'
import type { FoundItem, RecogniseResult } from '../found.ts'
import { credentialOfSshCertificate } from './certificate.ts'
import { materialOfSpki } from './from-spki.ts'
import { parseKrl } from './krl.ts'
import { parsePuttyKey } from './putty.ts'
import { foundAuthorizedKeys, foundKnownHosts, looksLikeAuthorizedKeys, looksLikeKnownHosts, recogniseSsh } from './recognise.ts'
import { parseOpensshPrivateKey } from './private-key.ts'
import { credentialOfSshKey, parseSshPublicKey } from './public-key.ts'
import { encodeSpki } from './public-material.ts'
import { parseSshdConfig } from './sshd-config.ts'
import { concatBytes, sshMpint, sshString, sshUint32, sshUint64 } from './wire.ts'

/** A parser under fuzzing: `run` returns or throws MusterError, in bounded time, whatever the bytes. */
export type FuzzTarget = { readonly name: string; readonly seeds: () => Uint8Array[]; readonly run: (bytes: Uint8Array) => void }

function tooLong(item: FoundItem): boolean {
  const texts = [...(item.authorizedKey?.options ?? [])]
  return (item.comment?.length ?? 0) > 512 || texts.some((text) => text.length > 2048) || texts.length > 64
    || (item.knownHost?.hosts ?? []).some((host) => host.length > 512)
}

/**
 * What was recognised must be what the inventory takes: valid credentials, bounded texts, no NUL and no lone surrogate.
 * @throws Error otherwise
 */
export function assertStorable(result: RecogniseResult | null): void {
  for (const item of result?.findings ?? []) {
    const parsed = credentialSchema.safeParse(item.credential)
    if (!parsed.success) throw new Error(`not a credential: ${parsed.error.message}`)
    if (tooLong(item)) throw new Error('a text is longer than its location allows')
  }
  const json = JSON.stringify(result)
  if (json.includes('\\u0000') || /\\ud[89a-f]/i.test(json)) throw new Error('a text holds NUL or a lone surrogate')
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const filled = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value)
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')

const ed25519 = (): Uint8Array => concatBytes(sshString('ssh-ed25519'), sshString(filled(32, 7)))
const rsa = (): Uint8Array => concatBytes(sshString('ssh-rsa'), sshMpint(Uint8Array.of(1, 0, 1)), sshMpint(filled(128, 0xa5)))
const ecdsa = (): Uint8Array => concatBytes(sshString('ecdsa-sha2-nistp256'), sshString('nistp256'), sshString(filled(65, 4)))
const hardware = (): Uint8Array => concatBytes(sshString('sk-ssh-ed25519@openssh.com'), sshString(filled(32, 7)), sshString('ssh:'))

function certificate(): Uint8Array {
  return concatBytes(
    sshString('ssh-ed25519-cert-v01@openssh.com'), sshString(filled(32, 1)), sshString(filled(32, 7)), sshUint64(1n), sshUint32(1),
    sshString('id'), sshString(concatBytes(sshString('a'), sshString('b'))), sshUint64(0n), sshUint64(0xffff_ffff_ffff_ffffn),
    sshString(concatBytes(sshString('force-command'), sshString(sshString('x')))), sshString(concatBytes(sshString('permit-pty'), sshString(''))),
    sshString(''), sshString(ed25519()), sshString(concatBytes(sshString('ssh-ed25519'), sshString(filled(64, 3)))),
  )
}

function privateKey(cipher: string): Uint8Array {
  const plain = concatBytes(
    sshUint32(9), sshUint32(9), sshString('ssh-ed25519'), sshString(filled(32, 7)), sshString(filled(64, 7)), sshString('comment'), Uint8Array.of(1, 2, 3),
  )
  const options = cipher === 'none' ? sshString('') : sshString(concatBytes(sshString(filled(16, 5)), sshUint32(1)))
  return concatBytes(
    utf8('openssh-key-v1\0'), sshString(cipher), sshString(cipher === 'none' ? 'none' : 'bcrypt'), options, sshUint32(1), sshString(ed25519()), sshString(plain),
  )
}

function krl(): Uint8Array {
  const section = (type: number, body: Uint8Array): Uint8Array => concatBytes(Uint8Array.of(type), sshString(body))
  const revoked = concatBytes(
    sshString(ed25519()), sshString(''), section(0x20, concatBytes(sshUint64(1n), sshUint64(5n))), section(0x21, concatBytes(sshUint64(7n), sshUint64(9n))),
    section(0x22, concatBytes(sshUint64(64n), sshMpint(filled(9, 0x55)))), section(0x23, sshString('id')),
  )
  return concatBytes(
    utf8('SSHKRL\n\0'), sshUint32(1), sshUint64(3n), sshUint64(1_700_000_000n), sshUint64(0n), sshString(''), sshString('list'),
    section(1, revoked), section(2, sshString(ed25519())), section(5, sshString(filled(32, 1))),
  )
}

const keyLine = (): string => `ssh-ed25519 ${base64(ed25519())} comment`
const authorized = (): string => `# keys\nfrom="10.0.0.0/8",command="a \\"b\\"",environment="A=b" ${keyLine()}\n${keyLine()}\n`
const knownHosts = (): string => `host,192.0.2.1 ${keyLine()}\n|1|${base64(filled(20, 1))}|${base64(filled(20, 2))} ${keyLine()}\n@revoked *.x ${keyLine()}\n`
const sshdConfig = (): string => 'Port 22\nInclude other "and more"\nMatch User a Address 10.0.0.0/8\n  ForceCommand x # y\nMatch all\nHostKey /a\n'
const putty = (): string => `PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: aes256-cbc\nComment: c\nPublic-Lines: 1\n${base64(ed25519())}\nKey-Derivation: Argon2id\nArgon2-Memory: 8192\nArgon2-Passes: 13\nArgon2-Parallelism: 1\nArgon2-Salt: 00\nPrivate-Lines: 1\nAAAA\nPrivate-MAC: 00\n`
const pem = (body: Uint8Array): string => `-----BEGIN OPENSSH PRIVATE KEY-----\n${base64(body)}\n-----END OPENSSH PRIVATE KEY-----\n`
const rfc4716 = (): string => `---- BEGIN SSH2 PUBLIC KEY ----\nComment: "c"\n${base64(rsa())}\n---- END SSH2 PUBLIC KEY ----\n`

/** Every SSH parser, for the property tests and the longer fuzz run. */
export const sshFuzzTargets: readonly FuzzTarget[] = [
  { name: 'ssh/public-key', seeds: () => [ed25519(), rsa(), ecdsa(), hardware()], run: (bytes) => void credentialOfSshKey(parseSshPublicKey(bytes)) },
  { name: 'ssh/certificate', seeds: () => [certificate()], run: (bytes) => void credentialSchema.parse(credentialOfSshCertificate(bytes)) },
  {
    name: 'ssh/private-key',
    seeds: () => [privateKey('none'), privateKey('aes256-ctr')],
    run: (bytes) => void parseOpensshPrivateKey(bytes, []),
  },
  {
    name: 'ssh/spki',
    seeds: () => [ed25519(), rsa(), ecdsa()].map((wire) => encodeSpki(parseSshPublicKey(wire).material)),
    run: (bytes) => void materialOfSpki(bytes),
  },
  { name: 'ssh/krl', seeds: () => [krl()], run: (bytes) => void parseKrl(bytes) },
  { name: 'ssh/putty', seeds: () => [utf8(putty())], run: (bytes) => void parsePuttyKey(text(bytes)) },
  {
    name: 'ssh/authorized-keys',
    seeds: () => [utf8(authorized())],
    run: (bytes) => {
      looksLikeAuthorizedKeys(bytes)
      assertStorable(foundAuthorizedKeys(text(bytes)))
    },
  },
  {
    name: 'ssh/known-hosts',
    seeds: () => [utf8(knownHosts())],
    run: (bytes) => {
      looksLikeKnownHosts(bytes)
      assertStorable(foundKnownHosts(text(bytes)))
    },
  },
  {
    name: 'ssh/sshd-config',
    seeds: () => [utf8(sshdConfig())],
    run: (bytes) => void parseSshdConfig(text(bytes), (pattern) => [{ path: pattern, text: text(bytes).slice(0, 200) }]),
  },
  {
    name: 'ssh/recognise',
    seeds: () => [pem(privateKey('none')), putty(), rfc4716(), authorized(), knownHosts(), keyLine()].map(utf8),
    run: (bytes) => assertStorable(recogniseSsh(bytes, { passphrases: [Secret.fromText('x')] })),
  },
]
