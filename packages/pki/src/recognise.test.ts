import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { credentialSchema, Secret } from '@muster/core'
import { createTestCertificate, testCa } from '@muster/testkit'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as write from './der/writer.ts'
import { crlSeeds, requestSeeds } from './fuzz-seeds.ts'
import { readPem, toPem } from './pem.ts'
import { recognise } from './recognise.ts'

const ca = testCa()
const leaf = ca.issue({ subject: 'CN=leaf' })
const find = (bytes: Uint8Array | string, name?: string) =>
  recognise(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, { passphrases: [Secret.fromText('p')], ...(name === undefined ? {} : { name }) })
const parts = (bytes: Uint8Array | string): string[] => find(bytes).findings.map(({ part, format }) => `${part}:${format}`)

describe('what a file holds is told by content', () => {
  it('a PEM bundle with text around, in order', () => {
    const bundle = `# host certificate\r\n${leaf.pem}junk\n${leaf.privateKeyPem}${ca.intermediate.pem.replaceAll('\n', '\r\n')}`
    const { findings, problems } = find(bundle)
    expect(problems).toEqual([])
    expect(findings.map(({ part, format, entry }) => [part, format, entry])).toEqual([['certificate', 'pem', 0], ['private-key', 'pkcs8', 1], ['certificate', 'pem', 2]])
    expect(findings[0]!.credential).toEqual(leaf.cert)
    expect(findings[1]!.credential.spkiSha256).toBe(leaf.cert.spkiSha256)
    for (const { credential } of findings) expect(credentialSchema.parse(credential)).toEqual(credential)
  })
  it('DER of each kind', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 })
    expect(parts(leaf.der)).toEqual(['certificate:der'])
    expect(parts(createTestCertificate({ version: 1 }).der)).toEqual(['certificate:der'])
    expect(parts(requestSeeds()[0]!)).toEqual(['request:csr'])
    expect(parts(crlSeeds()[0]!)).toEqual(['crl:crl'])
    expect(parts(leaf.privateKey.export({ type: 'pkcs8', format: 'der' }))).toEqual(['private-key:pkcs8'])
    expect(parts(leaf.privateKey.export({ type: 'sec1', format: 'der' }))).toEqual(['private-key:sec1'])
    expect(parts(rsa.privateKey.export({ type: 'pkcs1', format: 'der' }))).toEqual(['private-key:pkcs1'])
    expect(parts(rsa.publicKey.export({ type: 'pkcs1', format: 'der' }))).toEqual(['public-key:pkcs1'])
    expect(parts(createPublicKey(leaf.privateKey).export({ type: 'spki', format: 'der' }))).toEqual(['public-key:spki'])
  })
  it('DER certificates one after another, with padding behind', () => {
    expect(parts(Buffer.concat([leaf.der, ca.root.der, Buffer.from('\n\0\0')]))).toEqual(['certificate:der', 'certificate:der'])
    expect(find(Buffer.concat([leaf.der, Buffer.from('something else')])).problems).toMatchObject([{ code: 'input.unrecognised' }])
  })
  it('a block under another label than it should have', () => {
    expect(parts(toPem('CERTIFICATE', leaf.privateKey.export({ type: 'pkcs8', format: 'der' })))).toEqual(['private-key:pkcs8'])
  })
  it('indented blocks in YAML and blocks in JSON strings', () => {
    const yaml = `tls:\n  crt: |\n${leaf.pem.replaceAll(/^/gm, '    ')}`
    expect(parts(yaml)).toEqual(['certificate:pem'])
    expect(parts(JSON.stringify({ type: 'service_account', private_key: leaf.privateKeyPem }))).toEqual(['private-key:pkcs8'])
  })
  it('base64 of PEM in a kubeconfig', () => {
    const data = (pem: string): string => Buffer.from(pem).toString('base64')
    const file = `users:\n- name: me\n  user:\n    client-certificate-data: ${data(leaf.pem + ca.intermediate.pem)}\n    client-key-data: "${data(leaf.privateKeyPem)}"\n`
    expect(find(file).findings.map(({ part, entry }) => [part, entry])).toEqual([['certificate', 0], ['certificate', 1], ['private-key', 2]])
    expect(find(file).problems).toEqual([])
  })
  it('an SSH public key, and an OpenSSH private key among PEM blocks is not read twice', () => {
    expect(parts('ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ me@host\n')).toHaveLength(1)
  })
})

describe('damage is reported, and the rest is read', () => {
  it('a broken block between good ones', () => {
    const { findings, problems } = find(`${leaf.pem}-----BEGIN CERTIFICATE-----\nMIIB!!\n-----END CERTIFICATE-----\n${ca.root.pem}`)
    expect(findings).toHaveLength(2)
    expect(problems).toMatchObject([{ code: 'pem.invalid' }])
  })
  it('a block without end', () => {
    const { findings, problems } = find(`${leaf.pem}-----BEGIN PRIVATE KEY-----\nMIIB`)
    expect(findings).toHaveLength(1)
    expect(problems).toMatchObject([{ code: 'pem.invalid', message: 'PRIVATE KEY: the block has no END line' }])
  })
  it('a truncated DER certificate is nothing that is known, or a problem, never an error', () => {
    for (let length = 0; length < leaf.der.length; length += 7) expect(find(leaf.der.subarray(0, length)).findings).toEqual([])
  })
  it('no problem quotes what is in a private key', () => {
    const body = Buffer.from('a private number 12345678901234567890'.repeat(2)).toString('base64')
    const { problems } = find(`-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----\n`)
    expect(problems).toHaveLength(1)
    expect(JSON.stringify(problems)).not.toMatch(/private number|1234567890|YSBwcml/)
  })
})

describe('a mention of a PEM label is no damage', () => {
  it.each(["x = '-----BEGIN PRIVATE KEY-----'\n", 'see -----BEGIN CERTIFICATE----- and so on', '-----BEGIN CERTIFICATE-----\n...\n-----END CERTIFICATE-----\n', '-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n'])('%j', (text) => {
    expect(find(text)).toMatchObject({ findings: [], problems: [] })
  })
})

describe('files of no known format', () => {
  it.each([
    ['empty', Buffer.alloc(0)], ['text', Buffer.from('127.0.0.1 localhost\n'.repeat(200))], ['zeros', Buffer.alloc(100_000)], ['an ELF header', Buffer.from('7f454c4602010100'.padEnd(400, '0'), 'hex')],
    ['an ECDSA signature in DER', write.sequence(write.integer(Buffer.alloc(32, 0x55)), write.integer(Buffer.alloc(32, 0x66)))],
    ['a DER structure of another kind', write.sequence(write.octetString(Buffer.alloc(50)))],
  ])('%s: nothing, and no problem', (_, bytes) => expect(find(bytes)).toMatchObject({ findings: [], problems: [] }))

  it('are dismissed at once, whatever their size', () => {
    const started = performance.now()
    for (let i = 0; i < 100; i++) find(Buffer.alloc(65_536, Buffer.from('deadbeef00112233', 'hex')))
    expect(performance.now() - started).toBeLessThan(2000)
  })
  it('of any bytes never throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => { expect(find(bytes)).toHaveProperty('findings') }))
  })
})

describe('PEM', () => {
  it('is found wherever it stands, with offset and headers', () => {
    const text = `x\n-----BEGIN A B-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: X,00\n\nAAEC\n-----END A B-----\n`
    const [block] = readPem(Buffer.from(text)).blocks
    expect(block).toMatchObject({ label: 'A B', offset: 2, end: text.length - 1 })
    expect([...block!.headers]).toEqual([['proc-type', '4,ENCRYPTED'], ['dek-info', 'X,00']])
    expect(block!.bytes).toEqual(Buffer.from([0, 1, 2]))
  })
  it('survives writing and reading', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      expect(readPem(Buffer.from(toPem('TEST', bytes))).blocks.map((block) => [...block.bytes])).toEqual([[...bytes]])
    }))
  })
  it('with very many blocks is refused rather than read for ever', () => {
    expect(() => readPem(Buffer.from('-----BEGIN A-----\n-----END A-----\n'.repeat(20_001)))).toThrow('more than 20000')
    const started = performance.now()
    expect(readPem(Buffer.from('-----BEGIN A-----\nAAAA\n'.repeat(20_000))).faults).toHaveLength(20_000)
    expect(performance.now() - started).toBeLessThan(5000)
  })
})
