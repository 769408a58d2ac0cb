import { execFileSync } from 'node:child_process'
import { createHash, createPrivateKey, createPublicKey, X509Certificate, type KeyObject } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** The passphrase of everything in the tree that has one. */
export const PASSPHRASE = 'correct horse battery'

/** A temporary directory whose files real tools made, and what an independent reading of them says. */
export class PlantedTree {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'muster-host-')))
  /** Texts that would betray a private key if they appeared anywhere. */
  readonly secrets = new Set<string>()

  path(name: string): string {
    const path = join(this.root, name)
    mkdirSync(dirname(path), { recursive: true })
    return path
  }

  write(name: string, content: string | Uint8Array, mode = 0o644): string {
    const path = this.path(name)
    writeFileSync(path, content)
    chmodSync(path, mode)
    return path
  }

  read(name: string): Buffer {
    return readFileSync(this.path(name))
  }

  tool(command: string, ...args: string[]): Buffer {
    return execFileSync(command, args, {
      cwd: this.root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, GNUPGHOME: join(this.root, '.gnupg-work') },
    })
  }

  openssl(...args: string[]): Buffer {
    return this.tool('openssl', ...args)
  }

  /** SHA-256 of a certificate's DER. */
  certificate(name: string): string {
    return sha256(new X509Certificate(this.read(name)).raw)
  }

  /** SHA-256 of the key's SubjectPublicKeyInfo, as node:crypto reads the file. */
  spki(name: string): string {
    return spkiOf(createPublicKey(this.read(name)))
  }

  /** Remembers the lines of a private key's file, apart from those that hold nothing but the public half. */
  guard(name: string, publicHalf: Buffer = Buffer.alloc(0)): void {
    const text = this.read(name).toString('latin1')
    const body = text.startsWith('PuTTY') ? text.slice(text.indexOf('Private-Lines')) : text
    for (const line of body.split('\n')) {
      // Shorter lines are headers and the ends of blocks.
      if (/^[A-Za-z0-9+/=]{40,}$/.test(line) && !publicHalf.includes(Buffer.from(line, 'base64'))) this.secrets.add(line)
    }
  }

  /** As {@link guard}, with the numbers of a key node:crypto can read. */
  guardNumbers(name: string, passphrase?: string): void {
    const der = !this.read(name).toString('latin1').startsWith('-----')
    const key = createPrivateKey({
      key: this.read(name),
      ...(der ? { format: 'der' as const, type: 'pkcs8' as const } : {}),
      ...(passphrase === undefined ? {} : { passphrase }),
    })
    this.guard(name, createPublicKey(key).export({ format: 'der', type: 'spki' }))
    for (const [field, value] of Object.entries(key.export({ format: 'jwk' }))) {
      if (!['d', 'p', 'q', 'dp', 'dq', 'qi'].includes(field) || typeof value !== 'string') continue
      const bytes = Buffer.from(value, 'base64url')
      for (const encoding of ['hex', 'base64', 'base64url'] as const) this.secrets.add(bytes.toString(encoding))
    }
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}

/** SHA-256 in hex. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function spkiOf(key: KeyObject): string {
  return sha256(key.export({ format: 'der', type: 'spki' }))
}

/** Plants X.509 in every form OpenSSL writes: certificate, chain, request, revocation list, PKCS#7, PKCS#12, keys. */
export function plantX509(tree: PlantedTree): void {
  const { root } = tree
  tree.openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '30',
    '-subj',
    '/CN=Planted CA',
  )
  tree.openssl(
    'req',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    'leaf.key',
    '-out',
    'leaf.csr',
    '-subj',
    '/CN=leaf.example',
  )
  tree.openssl(
    'x509',
    '-req',
    '-in',
    'leaf.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-out',
    'leaf.pem',
    '-days',
    '20',
  )
  tree.write('chain-without-suffix', Buffer.concat([tree.read('leaf.pem'), tree.read('ca.pem')]))
  tree.openssl('x509', '-in', 'leaf.pem', '-outform', 'DER', '-out', 'leaf.der')
  tree.openssl('crl2pkcs7', '-nocrl', '-certfile', 'chain-without-suffix', '-out', 'chain.p7b')
  tree.openssl('crl2pkcs7', '-nocrl', '-certfile', 'chain-without-suffix', '-outform', 'DER', '-out', 'chain.p7c')
  tree.openssl(
    'pkcs12',
    '-export',
    '-in',
    'chain-without-suffix',
    '-inkey',
    'leaf.key',
    '-name',
    'leaf',
    '-passout',
    `pass:${PASSPHRASE}`,
    '-out',
    'leaf.p12',
  )
  tree.openssl('rsa', '-in', 'ca.key', '-traditional', '-out', 'pkcs1.key')
  tree.openssl('ec', '-in', 'leaf.key', '-out', 'sec1.key')
  tree.openssl(
    'pkcs8',
    '-topk8',
    '-in',
    'leaf.key',
    '-v2',
    'aes-256-cbc',
    '-passout',
    `pass:${PASSPHRASE}`,
    '-out',
    'encrypted.key',
  )
  tree.openssl('pkcs8', '-topk8', '-nocrypt', '-in', 'leaf.key', '-outform', 'DER', '-out', 'key-in-der')
  tree.write('crl/index.txt', '')
  tree.write('crl/ca.cnf', `[ca]\ndefault_ca=d\n[d]\ndatabase=${root}/crl/index.txt\ndefault_md=sha256\ndefault_crl_days=7\n`)
  tree.openssl('ca', '-gencrl', '-config', 'crl/ca.cnf', '-keyfile', 'ca.key', '-cert', 'ca.pem', '-out', 'revoked.crl')
  tree.openssl('crl', '-in', 'revoked.crl', '-outform', 'DER', '-out', 'revoked-der')
  for (const name of ['ca.key', 'leaf.key', 'pkcs1.key', 'sec1.key', 'key-in-der']) {
    chmodSync(tree.path(name), 0o600)
    tree.guardNumbers(name)
  }
  tree.guardNumbers('encrypted.key', PASSPHRASE)
}

/** Plants Java keystores as keytool writes them; they hold the key of `leaf.p12`. */
export function plantKeystores(tree: PlantedTree): void {
  for (const type of ['jks', 'jceks']) {
    tree.tool(
      'keytool',
      '-importkeystore',
      '-noprompt',
      '-srckeystore',
      'leaf.p12',
      '-srcstoretype',
      'PKCS12',
      '-srcstorepass',
      PASSPHRASE,
      '-destkeystore',
      `store.${type}`,
      '-deststoretype',
      type.toUpperCase(),
      '-deststorepass',
      PASSPHRASE,
      '-srcalias',
      'leaf',
      '-destkeypass',
      PASSPHRASE,
    )
  }
}

/** Plants SSH keys, a certificate, `authorized_keys` and `known_hosts` as OpenSSH and PuTTY write them. */
export function plantSsh(tree: PlantedTree): void {
  tree.path('home/alice/.ssh/x')
  tree.tool('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'alice@laptop', '-f', 'home/alice/.ssh/id_ed25519')
  tree.tool('ssh-keygen', '-q', '-t', 'rsa', '-b', '2048', '-N', PASSPHRASE, '-C', 'alice@work', '-f', 'home/alice/.ssh/id_rsa')
  tree.tool('ssh-keygen', '-q', '-t', 'ecdsa', '-N', '', '-C', 'user ca', '-f', 'user_ca')
  tree.tool(
    'ssh-keygen',
    '-q',
    '-s',
    'user_ca',
    '-I',
    'alice-2026',
    '-n',
    'alice,deploy',
    '-V',
    '+52w',
    'home/alice/.ssh/id_ed25519.pub',
  )
  const ed25519 = tree.read('home/alice/.ssh/id_ed25519.pub').toString().trim()
  const rsa = tree.read('home/alice/.ssh/id_rsa.pub').toString().trim()
  const authority = tree.read('user_ca.pub').toString().trim()
  tree.write(
    'home/alice/.ssh/authorized_keys',
    `# keys\nfrom="10.0.0.0/8",no-pty,command="/usr/bin/backup --all" ${ed25519}\n${rsa}\ncert-authority,principals="alice" ${authority}\n`,
    0o600,
  )
  const [, wire] = authority.split(' ')
  tree.write('home/alice/.ssh/known_hosts', `build.example,10.0.0.9 ecdsa-sha2-nistp256 ${wire}\n@revoked * ${ed25519}\n`)
  tree.write('known_hosts_hashed', `build.example ecdsa-sha2-nistp256 ${wire}\n`)
  tree.tool('ssh-keygen', '-q', '-H', '-f', 'known_hosts_hashed')
  tree.tool('puttygen', 'home/alice/.ssh/id_ed25519', '-O', 'private', '-o', 'putty3.ppk', '--ppk-param', 'version=3')
  tree.tool('puttygen', 'home/alice/.ssh/id_ed25519', '-O', 'private', '-o', 'putty2.ppk', '--ppk-param', 'version=2')
  for (const name of ['home/alice/.ssh/id_ed25519', 'home/alice/.ssh/id_rsa', 'user_ca']) {
    tree.guard(name, Buffer.from(tree.read(`${name}.pub`).toString().split(' ')[1]!, 'base64'))
  }
  for (const name of ['putty3.ppk', 'putty2.ppk']) tree.guard(name)
}

/** Plants an OpenPGP key, public and secret, armoured and not, as GnuPG writes them. */
export function plantPgp(tree: PlantedTree): void {
  mkdirSync(join(tree.root, '.gnupg-work'), { mode: 0o700 })
  try {
    tree.tool(
      'gpg',
      '--batch',
      '--quiet',
      '--pinentry-mode',
      'loopback',
      '--passphrase',
      '',
      '--quick-generate-key',
      'Planted <planted@example.org>',
      'ed25519',
      'sign',
      '1y',
    )
    tree.tool('gpg', '--batch', '--quiet', '--export', '--output', 'pgp-public')
    tree.tool('gpg', '--batch', '--quiet', '--export', '--armor', '--output', 'pgp-public.asc')
    tree.tool(
      'gpg',
      '--batch',
      '--quiet',
      '--pinentry-mode',
      'loopback',
      '--passphrase',
      '',
      '--export-secret-keys',
      '--armor',
      '--output',
      'pgp-secret.asc',
    )
    const body = tree
      .read('pgp-secret.asc')
      .toString()
      .split('\n')
      .filter((line) => /^[A-Za-z0-9+/]{64}$/.test(line))
    // The first line holds the public half, as in the public export.
    for (const line of body.slice(1, 3)) if (!tree.read('pgp-public.asc').toString().includes(line)) tree.secrets.add(line)
  } finally {
    tree.tool('gpgconf', '--kill', 'all')
    rmSync(join(tree.root, '.gnupg-work'), { recursive: true, force: true })
  }
}
