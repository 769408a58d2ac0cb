/** An example organisation for pictures: made-up machines whose files are made anew at every run, scanned by the product itself. */
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createHostConnector } from '@muster/connectors'
import { DAY_MS, type ScanBatch, scanBatchSchema, systemClock } from '@muster/core'
import { createTestCertificate, type TestCertificate, type TestCertificateOptions } from '@muster/testkit'
import { placeJudge } from '../packages/connectors/src/local/places.ts'
import { rawPath } from '../packages/connectors/src/local/raw-path.ts'
import { localSystem } from '../packages/connectors/src/local/system.ts'

type File = { readonly path: string; readonly text: string; readonly mode?: number }
type Machine = { readonly name: string; readonly address: string; readonly system: string; readonly files: readonly File[] }

const now = systemClock.now()
const inDays = (days: number) => new Date(now.getTime() + days * DAY_MS)

const root = createTestCertificate({ subject: [{ type: 'O', value: 'Example' }, { type: 'CN', value: 'Example Root CA' }], ca: true, keyType: 'P-384', notBefore: inDays(-900), notAfter: inDays(6400) })
const issuing = createTestCertificate({ subject: [{ type: 'O', value: 'Example' }, { type: 'CN', value: 'Example Issuing CA 2' }], issuer: root, ca: true, pathLength: 0, notBefore: inDays(-500), notAfter: inDays(1300) })
const older = createTestCertificate({ subject: [{ type: 'O', value: 'Example' }, { type: 'CN', value: 'Example Issuing CA 1' }], issuer: root, ca: true, keyType: 'rsa-2048', notBefore: inDays(-900), notAfter: inDays(190) })

/** A server certificate of the organisation that ends in `days`. */
function server(name: string, days: number, more: TestCertificateOptions = {}): TestCertificate {
  return createTestCertificate({ subject: name, sans: [`dns:${name}`], issuer: issuing, notBefore: inDays(days - 180), notAfter: inDays(days), ...more })
}

function nginx(name: string, certificate: TestCertificate, mode = 0o600): File[] {
  return [
    { path: `/etc/nginx/tls/${name}.pem`, text: certificate.pem + issuing.pem },
    { path: `/etc/nginx/tls/${name}.key`, text: certificate.privateKeyPem, mode },
  ]
}

/** An SSH key pair of its own, as ssh-keygen writes it. */
function sshKey(type: 'ed25519' | 'rsa', comment: string): { readonly secret: string; readonly public: string } {
  const folder = mkdtempSync(join(tmpdir(), 'muster-estate-key-'))
  try {
    const file = join(folder, 'key')
    execFileSync('ssh-keygen', ['-q', '-t', type, ...(type === 'rsa' ? ['-b', '2048'] : []), '-N', '', '-C', comment, '-f', file])
    return { secret: execFileSync('cat', [file], { encoding: 'utf8' }), public: execFileSync('cat', [`${file}.pub`], { encoding: 'utf8' }) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function machines(): Machine[] {
  const deploy = sshKey('ed25519', 'deploy@build-1')
  const backup = sshKey('rsa', 'backup@db-1')
  const admin = sshKey('ed25519', 'mara@laptop')
  const authorized = { path: '/root/.ssh/authorized_keys', text: `${deploy.public}from="10.20.0.0/16",restrict ${backup.public}${admin.public}`, mode: 0o600 }
  const shop = server('shop.example.org', 4)
  const wildcard = server('*.example.org', 88, { keyType: 'rsa-2048' })
  const web = (name: string, address: string, files: readonly File[]): Machine => ({ name, address, system: 'Debian GNU/Linux 13', files: [...files, authorized, { path: '/etc/ssl/certs/example-root.pem', text: root.pem }] })
  return [
    web('web-1.example.org', '10.20.1.11', [...nginx('shop.example.org', shop), ...nginx('wildcard.example.org', wildcard), ...nginx('docs.example.org', server('docs.example.org', 96))]),
    web('web-2.example.org', '10.20.1.12', [...nginx('shop.example.org', shop), ...nginx('wildcard.example.org', wildcard, 0o644), ...nginx('api.example.org', server('api.example.org', 17)), ...nginx('login.example.org', server('login.example.org', 26))]),
    web('mail-1.example.org', '10.20.1.20', [
      { path: '/etc/postfix/tls/mail.pem', text: server('mail.example.org', -11, { keyType: 'rsa-2048' }).pem + issuing.pem },
      { path: '/etc/dovecot/private/imap.pem', text: server('imap.example.org', 140).pem },
    ]),
    web('db-1.example.org', '10.20.2.31', [
      { path: '/etc/postgresql/tls/server.crt', text: server('db-1.example.org', 44).pem }, { path: '/etc/postgresql/tls/server.key', text: server('db-1.example.org', 44).privateKeyPem, mode: 0o600 },
      { path: '/home/backup/.ssh/id_rsa', text: backup.secret, mode: 0o600 }, { path: '/home/backup/.ssh/id_rsa.pub', text: backup.public },
    ]),
    web('build-1.example.org', '10.20.3.40', [
      { path: '/srv/ci/.ssh/id_ed25519', text: deploy.secret, mode: 0o640 }, { path: '/srv/ci/.ssh/id_ed25519.pub', text: deploy.public },
      { path: '/srv/ci/tls/registry.pem', text: server('registry.example.org', 121).pem }, { path: '/srv/ci/tls/registry.key', text: server('registry.example.org', 121).privateKeyPem },
      { path: '/srv/ci/tls/artifacts.pem', text: server('artifacts.example.org', 63, { issuer: older, keyType: 'rsa-2048', hash: 'sha1' }).pem },
    ]),
    { name: 'vpn-gw.example.org', address: '10.20.0.2', system: 'VyOS 1.5', files: [
      { path: '/config/auth/vpn.pem', text: server('vpn.example.org', 210, { notBefore: inDays(-400) }).pem }, { path: '/config/auth/ca.pem', text: older.pem + root.pem },
      { path: '/config/auth/monitoring.pem', text: createTestCertificate({ subject: 'monitoring.example.org', keyType: 'rsa-1024', notBefore: inDays(-700), notAfter: inDays(2900) }).pem },
    ] },
  ]
}

/** What a host scan of each machine of the example yields, by the machine's name. */
export async function* exampleScans(): AsyncGenerator<{ readonly title: string; readonly batches: readonly ScanBatch[] }, void, void> {
  for (const machine of machines()) {
    const folder = mkdtempSync(join(tmpdir(), 'muster-estate-'))
    try {
      for (const { path, text, mode = 0o644 } of machine.files) {
        const file = join(folder, path)
        mkdirSync(dirname(file), { recursive: true })
        writeFileSync(file, text, { mode })
      }
      yield { title: machine.name, batches: await scan(machine, folder) }
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
}

async function scan(machine: Machine, folder: string): Promise<ScanBatch[]> {
  const id = randomUUID().replaceAll('-', '')
  const replaced: Readonly<Record<string, string>> = { '/etc/machine-id': id, '/etc/hosts': '', '/etc/os-release': `PRETTY_NAME="${machine.system}"\n` }
  const real = localSystem()
  const connector = createHostConnector({
    prober: { open: () => { throw new Error('this scan connects to nothing') } },
    system: { ...real, hostname: () => machine.name, addresses: () => [machine.address], readText: (path) => replaced[path] ?? real.readText(path) },
  })
  const batches: ScanBatch[] = []
  const context = { clock: systemClock, signal: new AbortController().signal, resumeFrom: null, passphrases: [] }
  for await (const batch of connector.scan(connector.options.parse({ roots: [folder] }), context)) batches.push(atHome(batch, folder))
  return batches
}

const judge = placeJudge([])

/** The batch as if the machine's files lay where they say: the example's machines have no such folder. */
function atHome(batch: ScanBatch, folder: string): ScanBatch {
  const { observations, ...rest } = scanBatchSchema.parse(JSON.parse(JSON.stringify(batch).replaceAll(folder, '')))
  return {
    ...rest,
    observations: observations.map((observation) => {
      if (observation.observation !== 'sighting' || observation.of !== 'credential') return observation
      const { location } = observation
      return location.kind === 'file' || location.kind === 'keystore-entry' ? { ...observation, location: { ...location, ...judge(rawPath(location.path)) } } : observation
    }),
  }
}
