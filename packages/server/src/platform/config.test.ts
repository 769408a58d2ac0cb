import { MusterError, Secret } from '@muster/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { configHelp, loadConfig } from './config.ts'
import { suggestion, tomlLines } from './config-sources.ts'

const noFile = (): never => { throw Object.assign(new Error('no such file'), { code: 'ENOENT' }) }
const home = { HOME: '/home/ada' }

function load(argv: readonly string[], environment: Record<string, string> = {}, file?: string, isRoot = false) {
  return loadConfig(argv, { ...home, ...environment }, file === undefined ? noFile : () => file, isRoot)
}

function refusal(run: () => unknown): MusterError {
  try {
    run()
  } catch (error) {
    if (error instanceof MusterError) return error
    throw error
  }
  throw new Error('it was accepted')
}

describe('loadConfig', () => {
  it('has defaults for everything', () => {
    expect(load([])).toEqual({
      dataDir: '/home/ada/.local/share/muster', listen: { host: '127.0.0.1', port: 8480 }, tls: null, publicUrl: null, databaseUrl: null,
      logLevel: 'info', firstScan: true, role: 'all', verification: { providers: [], baseUrls: {}, egress: [] },
    })
  })

  it('keeps data in the XDG data home, for root in /var/lib/muster', () => {
    expect(load([], { XDG_DATA_HOME: '/data' }).dataDir).toBe('/data/muster')
    expect(load([], { XDG_DATA_HOME: 'relative' }).dataDir).toBe('/home/ada/.local/share/muster')
    expect(load([], {}, undefined, true).dataDir).toBe('/var/lib/muster')
  })

  it('takes the command line over the environment over the file', () => {
    const file = 'data_dir = "/from/file"\nlisten = "127.0.0.1:1"\nlog_level = "debug"'
    const environment = { MUSTER_CONFIG: '/etc/muster.toml', MUSTER_LISTEN: '127.0.0.1:2', MUSTER_DATA_DIR: '/from/variable' }
    const config = load(['--data', '/from/option'], environment, file)
    expect(config).toMatchObject({ dataDir: '/from/option', listen: { port: 2 }, logLevel: 'debug' })
  })

  it('takes whom scans may ask as lists, from the file or between commas', () => {
    const file = '[verification]\nproviders = ["github", "vault"]\nbase_urls = ["vault=https://vault.example:8200"]\negress = ["10.0.0.0/8"]\n'
    const verification = { providers: ['github', 'vault'], baseUrls: { vault: 'https://vault.example:8200' }, egress: ['10.0.0.0/8'] }
    expect(load([], { MUSTER_CONFIG: '/etc/muster.toml' }, file).verification).toEqual(verification)
    expect(load([], { MUSTER_VERIFY_PROVIDERS: 'github, vault', MUSTER_VERIFY_BASE_URLS: 'vault=https://vault.example:8200', MUSTER_VERIFY_EGRESS: '10.0.0.0/8' }).verification).toEqual(verification)
    expect(refusal(() => load([], { MUSTER_VERIFY_BASE_URLS: 'https://vault.example' })).message).toContain('is not NAME=URL')
  })

  it('reads every setting from a file', () => {
    const file = `
data_dir = "/srv/muster"
listen = "[::]:8443"
database_url = "postgres://muster:p%40ss@db.example.org/muster?sslmode=verify-full"
public_url = "https://muster.example.org/"
first_scan = false
role = "worker"
[tls]
cert_file = "/etc/tls/cert.pem"
key_file = "/etc/tls/key.pem"
`
    const config = load(['--config=/etc/muster.toml'], {}, file)
    expect(config).toMatchObject({
      dataDir: '/srv/muster', listen: { host: '::', port: 8443 }, publicUrl: 'https://muster.example.org', firstScan: false, role: 'worker',
      tls: { certFile: '/etc/tls/cert.pem', keyFile: '/etc/tls/key.pem' },
    })
    expect(config.databaseUrl).toBeInstanceOf(Secret)
    expect(JSON.stringify(config)).not.toContain('p%40ss')
  })

  it('tells everything that is wrong at once, each with its place', () => {
    const file = '# settings\nlisten = "nowhere"\nfirst_scan = "maybe"\n\n[tls]\ncert_fil = "x"\n'
    const error = refusal(() => load(['--config', '/etc/muster.toml', '--rol', '--data'], { MUSTER_LOG_LEVEL: 'loud' }, file))
    expect(error.code).toBe('config.invalid')
    expect(error.message.split('\n').slice(1).sort()).toEqual([
      '  --data: needs a value',
      '  MUSTER_LOG_LEVEL: log_level is not one of debug, info, warn, error',
      '  command line: unknown option "--rol"; did you mean --role?',
      '  muster.toml:2: listen is not HOST:PORT (for IPv6 [HOST]:PORT): "nowhere"',
      '  muster.toml:3: first_scan is neither true nor false',
      '  muster.toml:6: unknown key "tls.cert_fil"; did you mean tls.cert_file?',
    ])
  })

  it('tells the line of a syntax error without quoting the file', () => {
    const error = refusal(() => load(['--config', 'muster.toml'], {}, 'role = "all"\ndatabase_url = "postgres://u:hunter2@h/d\n'))
    expect(error.message).toMatch(/muster\.toml:2: is not TOML/)
    expect(error.message).not.toContain('hunter2')
  })

  it('never quotes a database URL', () => {
    for (const url of ['postgres://u:hunter2@', 'mysql://u:hunter2@h/d', 'postgres://u:hunter2@h/d?sslmode=hunter2', 'postgres://u:hunter2%zz@h/d']) {
      const error = refusal(() => load([], { MUSTER_DATABASE_URL: url }))
      expect(error.message).toMatch(/MUSTER_DATABASE_URL: /)
      expect(error.message).not.toContain('hunter2')
    }
  })

  it('names the file it cannot read', () => {
    expect(refusal(() => load(['--config', '/etc/absent.toml'])).message).toContain('--config: the configuration file /etc/absent.toml cannot be read (ENOENT)')
  })

  it('wants a certificate and a key, not one of them', () => {
    expect(refusal(() => load(['--tls-cert', 'cert.pem'])).message).toContain('--tls-cert: TLS needs both')
  })

  it('takes an empty variable for an unset one', () => {
    expect(load([], { MUSTER_LISTEN: '', MUSTER_CONFIG: '' }).listen.port).toBe(8480)
  })

  it('asks for a data directory where there is no home', () => {
    expect(refusal(() => loadConfig([], {}, noFile)).message).toContain('--data')
  })

  it.each([['0.0.0.0:0', '0.0.0.0', 0], ['localhost:65535', 'localhost', 65_535], ['[::1]:80', '::1', 80]])('listens on %s', (text, host, port) => {
    expect(load(['--listen', text]).listen).toEqual({ host, port })
  })

  it.each(['127.0.0.1', ':80', '127.0.0.1:65536', '::1:80', '[nonsense]:80', '127.0.0.1:-1', 'a b:80', '[localhost]:80'])('does not listen on %s', (text) => {
    expect(refusal(() => load(['--listen', text])).code).toBe('config.invalid')
  })

  it.each(['ftp://x', 'https://x/path', 'https://user@x', 'https://x?q', 'nonsense'])('does not take %s for an origin', (text) => {
    expect(refusal(() => load(['--public-url', text])).code).toBe('config.invalid')
  })

  it('answers any file with a configuration or config.invalid', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      try {
        load(['--config', 'x.toml'], {}, text)
      } catch (error) {
        expect(error).toMatchObject({ code: 'config.invalid' })
      }
    }))
  })

  it('has help on every option', () => {
    expect(configHelp().split('\n')).toHaveLength(9)
  })
})

describe('tomlLines', () => {
  it('places keys, tables and dotted keys, and is not led astray by strings of several lines', () => {
    const lines = tomlLines('a = 1\nb = """\nc = 2\n"""\n[t] # table\nd.e = 3\n"f" = \'\'\'x\'\'\'\ng = 4')
    expect(Object.fromEntries(lines)).toEqual({ a: 1, b: 2, t: 5, 't.d': 6, 't.d.e': 6, 't.f': 7, 't.g': 8 })
  })
})

describe('suggestion', () => {
  it('is the nearest name, and none where nothing is near', () => {
    expect(suggestion('lisen', ['role', 'listen'])).toBe('listen')
    expect(suggestion('verbosity', ['role', 'listen'])).toBeNull()
  })
})
