import { chmodSync, linkSync, symlinkSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PASSPHRASE, PlantedTree, plantKeystores, plantPgp, plantSsh, plantX509 } from './planted.testing.ts'
import { coverageOf, machineWith, takeRoll, type Roll } from './scan.testing.ts'

const tree = new PlantedTree()
let roll: Roll

beforeAll(async () => {
  plantX509(tree)
  plantKeystores(tree)
  plantSsh(tree)
  plantPgp(tree)
  tree.write('home/alice/public_html/server.key', tree.read('leaf.key'), 0o644)
  const inBase64 = (name: string): string => tree.read(name).toString('base64')
  tree.write(
    'kubeconfig',
    `users:\n- user:\n    client-certificate-data: ${inBase64('leaf.pem')}\n    client-key-data: ${inBase64('leaf.key')}\n`,
  )
  tree.secrets.add(inBase64('leaf.key'))
  tree.write('notes.txt', 'nothing of interest\n')
  linkSync(tree.path('leaf.pem'), tree.path('leaf-hard-link.pem'))
  symlinkSync('leaf.pem', tree.path('leaf-link.pem'))
  roll = await takeRoll({ options: { roots: [tree.root] }, passphrases: ['wrong', PASSPHRASE] })
}, 120_000)
afterAll(() => tree.remove())

/** `kind part format` of everything sighted in a file, keystore entries with their store's type. */
const seen = (name: string): string[] =>
  roll.credentials
    .flatMap(({ credential, location }) => {
      if (!('path' in location) || location.path !== `${tree.root}/${name}`) return []
      const form =
        location.kind === 'file' ? location.format : location.kind === 'keystore-entry' ? location.storeType : location.kind
      return [`${credential.kind} ${location.part} ${form}`]
    })
    .sort()
const fingerprints = (name: string): string[] =>
  roll.credentials.flatMap(({ credential, location }) =>
    'path' in location && location.path === `${tree.root}/${name}` ? [credential.fingerprint] : [],
  )

test.each([
  ['ca.pem', ['certificate certificate pem']],
  ['leaf.der', ['certificate certificate der']],
  ['chain-without-suffix', ['certificate certificate pem', 'certificate certificate pem']],
  ['chain.p7b', ['certificate certificate pkcs7', 'certificate certificate pkcs7']],
  ['chain.p7c', ['certificate certificate pkcs7', 'certificate certificate pkcs7']],
  ['leaf.p12', ['certificate certificate pkcs12', 'certificate certificate pkcs12', 'private-key private-key pkcs12']],
  ['store.jks', ['certificate certificate jks', 'certificate certificate jks', 'private-key private-key jks']],
  ['store.jceks', ['certificate certificate jceks', 'certificate certificate jceks', 'private-key private-key jceks']],
  ['leaf.csr', ['certificate-request request csr']],
  ['revoked.crl', ['crl crl crl']],
  ['revoked-der', ['crl crl crl']],
  ['leaf.key', ['private-key private-key pkcs8']],
  ['pkcs1.key', ['private-key private-key pkcs1']],
  ['sec1.key', ['private-key private-key sec1']],
  ['encrypted.key', ['private-key private-key pkcs8']],
  ['key-in-der', ['private-key private-key pkcs8']],
  ['home/alice/.ssh/id_ed25519', ['ssh-key private-key openssh']],
  ['home/alice/.ssh/id_ed25519.pub', ['ssh-key public-key ssh-public']],
  ['home/alice/.ssh/id_ed25519-cert.pub', ['ssh-certificate certificate ssh-certificate']],
  [
    'home/alice/.ssh/authorized_keys',
    ['ssh-key public-key authorized-key', 'ssh-key public-key authorized-key', 'ssh-key public-key authorized-key'],
  ],
  ['home/alice/.ssh/known_hosts', ['ssh-key public-key known-host', 'ssh-key public-key known-host']],
  ['known_hosts_hashed', ['ssh-key public-key known-host']],
  ['putty2.ppk', ['ssh-key private-key putty']],
  ['putty3.ppk', ['ssh-key private-key putty']],
  ['pgp-public', ['pgp-key public-key pgp']],
  ['pgp-public.asc', ['pgp-key public-key pgp']],
  ['pgp-secret.asc', ['pgp-key private-key pgp']],
  ['kubeconfig', ['certificate certificate pem', 'private-key private-key pkcs8']],
  ['notes.txt', []],
  ['leaf-hard-link.pem', ['certificate certificate pem']],
  ['leaf-link.pem', []],
])('%s', (name, expected) => {
  expect(seen(name)).toEqual(expected)
})

test('nothing in the planted tree is a problem', () => {
  expect(roll.problems).toEqual([])
  expect(coverageOf(roll, tree.root)).toMatchObject({ complete: true, unread: [] })
})

test('fingerprints are those of an independent reading', () => {
  for (const name of ['ca.pem', 'leaf.pem']) expect(fingerprints(name)).toEqual([tree.certificate(name)])
  expect(fingerprints('leaf.der')).toEqual(fingerprints('leaf.pem'))
  for (const name of ['leaf.key', 'sec1.key', 'pkcs1.key', 'ca.key']) expect(fingerprints(name)).toEqual([tree.spki(name)])
  expect(fingerprints('key-in-der')).toEqual(fingerprints('leaf.key'))
})

test('a key is one credential by its SPKI in whatever it lies', () => {
  const key = tree.spki('leaf.key')
  for (const name of ['encrypted.key', 'leaf.p12', 'store.jks', 'store.jceks', 'leaf.csr', 'leaf.pem']) {
    const spkis = roll.credentials
      .filter(({ location }) => 'path' in location && location.path === `${tree.root}/${name}`)
      .map(({ credential }) => credential.spkiSha256)
    expect(spkis, name).toContain(key)
  }
})

test('no private key material is in any observation, problem or cursor', () => {
  const everything = JSON.stringify(roll.batches)
  expect(tree.secrets.size).toBeGreaterThan(40)
  for (const secret of tree.secrets) expect(everything.includes(secret), `${secret.slice(0, 8)}…`).toBe(false)
  expect(everything).not.toContain(PASSPHRASE)
})

test('mode, owner and place of a key file are told', () => {
  const location = roll.credentials.find(
    ({ location: each }) => each.kind === 'file' && each.path.endsWith('public_html/server.key'),
  )?.location
  expect(location).toMatchObject({
    inWebRoot: true,
    inServiceDirectory: false,
    trustStore: false,
    file: { mode: 0o644, ownerUid: process.getuid!(), sizeBytes: tree.read('leaf.key').length },
  })
})

test('protection is told, and a keystore no passphrase opens is reported and not claimed as read', async () => {
  const encrypted = roll.credentials.find(
    ({ location }) => location.kind === 'file' && location.path.endsWith('/encrypted.key'),
  )?.location
  expect(encrypted).toMatchObject({ protection: { encrypted: true } })
  const locked = await takeRoll({ options: { roots: [tree.path('leaf.p12'), tree.path('store.jks')] } })
  expect(locked.problems.map(({ code, where }) => [code, where])).toContainEqual(['keystore.passphrase', tree.path('leaf.p12')])
  expect(coverageOf(locked, tree.path('leaf.p12'))).toMatchObject({ unread: [tree.path('leaf.p12')] })
  // Certificates in a JKS are readable without a passphrase.
  expect(locked.credentials.filter(({ credential }) => credential.kind === 'certificate').length).toBe(2)
})

describe('accounts', () => {
  const files = {
    '/etc/passwd': `root:x:0:0:root:/root:/bin/bash\nalice:x:1000:1000::${tree.root}/home/alice:/bin/bash\nbob:x:1001:1001::/nowhere/bob:/bin/bash\n`,
    '/etc/group': 'alice:x:1000:\n',
    '/etc/shadow': null,
    '/etc/ssh/sshd_config': `TrustedUserCAKeys ${tree.root}/user_ca.pub\nHostKey ${tree.root}/user_ca\nMatch User bob\n  AuthorizedKeysFile ${tree.root}/keys/%u\n`,
  }

  test('keys of an effective authorized_keys file let in its account, and authorities are trusted', async () => {
    tree.write('keys/bob', tree.read('home/alice/.ssh/id_ed25519.pub'))
    const own = await takeRoll({ options: { roots: [tree.root], accounts: true }, parts: { system: machineWith(files) } })
    const path = `${tree.root}/home/alice/.ssh/authorized_keys`
    const ed25519 = own.credentials.find(({ location }) => location.kind === 'file' && location.path.endsWith('id_ed25519.pub'))!
      .credential.fingerprint
    const authority = own.credentials.find(({ location }) => location.kind === 'file' && location.path.endsWith('user_ca.pub'))!
      .credential.fingerprint
    const alice = { of: 'identity', machine: 'this-machine', name: 'alice' }
    expect(own.relations).toContainEqual({
      observation: 'relation',
      type: 'authenticates',
      from: { of: 'credential', fingerprint: ed25519 },
      to: alice,
      source: path,
    })
    expect(own.relations).toContainEqual({
      observation: 'relation',
      type: 'authenticates',
      from: { of: 'credential', fingerprint: ed25519 },
      to: { ...alice, name: 'bob' },
      source: `${tree.root}/keys/bob`,
    })
    expect(own.relations).toContainEqual({
      observation: 'relation',
      type: 'trusts',
      from: alice,
      to: { of: 'credential', fingerprint: authority },
      source: path,
    })
    expect(own.relations).toContainEqual({
      observation: 'relation',
      type: 'trusts',
      from: alice,
      to: { of: 'credential', fingerprint: authority },
      source: `${tree.root}/home/alice/.ssh/known_hosts`,
    })
    expect(own.relations).toContainEqual({
      observation: 'relation',
      type: 'trusts',
      from: { of: 'machine', ref: 'this-machine' },
      to: { of: 'credential', fingerprint: authority },
      source: `${tree.root}/user_ca.pub`,
    })
    expect(own.relations).toContainEqual({
      observation: 'relation',
      type: 'uses',
      from: { of: 'machine', ref: 'this-machine' },
      to: { of: 'credential', fingerprint: authority },
      source: `${tree.root}/user_ca`,
    })
    expect(
      own.relations.filter(({ type, to }) => type === 'trusts' && to.of === 'credential' && to.fingerprint === ed25519),
    ).toEqual([])
    const line = own.credentials.find(
      ({ location, credential }) =>
        location.kind === 'authorized-key' && location.path === path && credential.fingerprint === ed25519,
    )!.location
    expect(line).toMatchObject({
      account: 'alice',
      line: 2,
      certAuthority: false,
      comment: 'alice@laptop',
      options: expect.arrayContaining(['from=10.0.0.0/8', 'no-pty', 'command=/usr/bin/backup --all']),
    })
    const machine = own.observations[0]
    expect(machine).toMatchObject({
      of: 'machine',
      identifiers: expect.arrayContaining([{ type: 'ssh-host-key', value: authority }]),
    })
    const configuration = own.observations.find((each) => each.observation === 'sighting' && each.of === 'configuration')
    expect(configuration).toMatchObject({ format: 'sshd-config', settings: { hostkey: [`${tree.root}/user_ca`] } })
  })

  test('files the SSH server reads are read even outside the roots, with their own coverage', async () => {
    const apart = await takeRoll({
      options: { roots: [tree.path('crl')], accounts: true },
      parts: { system: machineWith(files) },
    })
    expect(apart.credentials.some(({ location }) => location.kind === 'authorized-key' && location.account === 'bob')).toBe(true)
    expect(coverageOf(apart, `${tree.root}/keys/bob`)).toMatchObject({ complete: true, unread: [] })
  })

  test('a tree that is no account of this machine names its directory as account and claims no way in', () => {
    const line = roll.credentials.find(({ location }) => location.kind === 'authorized-key')!.location
    expect(line).toMatchObject({ account: 'alice' })
    expect(roll.relations).toEqual([])
  })
})

describe('links', () => {
  test('a link out of the roots is read where it leads, once, with its own coverage', async () => {
    tree.path('links/deep/x')
    symlinkSync(tree.path('leaf.pem'), tree.path('links/a.pem'))
    symlinkSync(tree.path('leaf.pem'), tree.path('links/deep/b.pem'))
    symlinkSync(`${tree.root}/was-here.pem`, tree.path('links/dangling'))
    symlinkSync('.', tree.path('links/deep/self'))
    const linked = await takeRoll({ options: { roots: [tree.path('links')] } })
    expect(linked.credentials.map(({ location }) => location.kind === 'file' && location.path)).toEqual([tree.path('leaf.pem')])
    expect(coverageOf(linked, tree.path('leaf.pem'))).toMatchObject({ complete: true, unread: [] })
    expect(coverageOf(linked, `${tree.root}/was-here.pem`), 'what a link leads to is gone').toMatchObject({
      complete: true,
      unread: [],
    })
    expect(linked.problems).toEqual([])
  })
})

test('the machine id itself is in no observation, and without one the scan says so', async () => {
  const id = '0123456789abcdef0123456789abcdef'
  const one = await takeRoll({
    options: { roots: [tree.path('crl')] },
    parts: { system: machineWith({ '/etc/machine-id': `${id}\n` }) },
  })
  expect(JSON.stringify(one.batches)).not.toContain(id)
  expect(one.observations[0]).toMatchObject({
    identifiers: expect.arrayContaining([expect.objectContaining({ type: 'host-id' })]),
  })
  const none = await takeRoll({
    options: { roots: [tree.path('crl')] },
    parts: {
      system: machineWith({ '/etc/machine-id': '', '/var/lib/dbus/machine-id': null, '/sys/class/dmi/id/product_uuid': null }),
    },
  })
  expect(none.problems[0]).toMatchObject({ where: '/etc/machine-id' })
})

test('roots must be absolute, and a named root that is missing is a problem without coverage', async () => {
  await expect(takeRoll({ options: { roots: ['relative'] } })).rejects.toMatchObject({ code: 'usage.invalid' })
  const missing = await takeRoll({ options: { roots: [`${tree.root}/none`, tree.path('crl')] } })
  expect(missing.problems).toMatchObject([{ code: 'file.unreadable', where: `${tree.root}/none` }])
  expect(coverageOf(missing, `${tree.root}/none`)).toBeNull()
})

test('a file limit stops the scan and says where', async () => {
  const limited = await takeRoll({ options: { roots: [tree.root], maxFiles: 3 } })
  expect(limited.problems).toMatchObject([{ code: 'input.limit' }])
  expect(coverageOf(limited, tree.root)).toMatchObject({ complete: false, unread: [tree.root] })
})

test('what is excluded is not read and not claimed as read', async () => {
  chmodSync(tree.root, 0o755)
  const some = await takeRoll({ options: { roots: [tree.root], exclude: ['*.pem', `${tree.root}/ho*e`] } })
  expect(
    some.credentials.some(
      ({ location }) => location.kind === 'file' && (location.path.endsWith('.pem') || location.path.includes('/home/')),
    ),
  ).toBe(false)
  expect(coverageOf(some, tree.root)?.unread).toEqual(expect.arrayContaining([tree.path('ca.pem'), `${tree.root}/home`]))
})
