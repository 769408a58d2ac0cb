import { readdirSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readSource, root, type SourceFile, sourcePaths } from './source-files.ts'

const paths = sourcePaths()
const files = paths.map(readSource)
const isTest = (path: string) => /\.(test|testing|fixture)\.tsx?$|\/fixtures(\.ts|\/)|\/testing\/|\/test-support\//.test(path) || path.startsWith('packages/testkit/') || path.includes('/dev/')
const product = files.filter((file) => !isTest(file.path))

/** House packages each package may import, besides itself. */
const allowed: Record<string, readonly string[]> = {
  core: [],
  pki: ['core'],
  detect: ['core'],
  graph: ['core'],
  rules: ['core', 'pki'],
  protocols: ['core', 'pki'],
  connectors: ['core', 'detect', 'pki'],
  server: ['core', 'pki', 'detect', 'graph', 'rules', 'protocols', 'connectors'],
  agent: ['core', 'detect', 'pki', 'connectors', 'protocols'],
  cli: ['core', 'pki', 'detect', 'rules', 'connectors'],
  web: ['core'],
}

/** Server slices from upstream to downstream; a slice imports the ones before it, through their index only. */
const pipeline = ['audit', 'settings', 'accounts', 'inventory', 'detection', 'connections', 'discovery', 'findings', 'alerts']

/** Where a Secret's value may come out; each line was reviewed. */
const revealers: readonly string[] = [
  // sent to the server it is meant for, or stored for this user alone
  'packages/cli/src/api/client.ts', 'packages/cli/src/api/login.ts',
  // sent to the API it is a token of
  'packages/connectors/src/api/client.ts',
  // shown to the API in the handshake; where the token is that is read from a file
  'packages/connectors/src/api/transport.ts', 'packages/server/src/discovery/connectors.ts',
  // compared with the value it was found in
  'packages/connectors/src/api/values.ts',
  // shown where somebody asked for it with --redact, and compared with another tool's hashes
  'packages/cli/src/secrets/detect-secrets-baseline.ts', 'packages/cli/src/secrets/redaction.ts',
  // sent to its provider where the operator said so, or compared here
  'packages/connectors/src/verification/own-checks.ts', 'packages/connectors/src/verification/verification.ts',
  // tried on what it may open
  'packages/pki/src/keys/legacy-pem.ts', 'packages/pki/src/keys/private-key.ts', 'packages/pki/src/keystores/jks.ts', 'packages/pki/src/keystores/pkcs12.ts',
  'packages/pki/src/ssh/private-key.ts',
  // shown once to the person it is for, or hashed
  'packages/server/src/accounts/self-service.ts', 'packages/server/src/accounts/sign-in.ts',
  // compared with other texts of the same file, to judge them or blot them out
  'packages/detect/src/fuzz.ts', 'packages/detect/src/inspect/inspector.ts', 'packages/detect/src/inspect/key-pairs.ts', 'packages/detect/src/inspect/voices.ts',
  // told to be a key or not; carried between the threads of one scan
  'packages/connectors/src/secrets/key-material.ts', 'packages/connectors/src/secrets/thread-messages.ts',
  // put through HMAC under the installation's key, so that sightings of one value meet
  'packages/detect/src/fingerprint.ts',
  // sent to the channel it belongs to
  'packages/server/src/alerts/send-http.ts', 'packages/server/src/alerts/send-smtp.ts',
  // handed to the scan's own thread
  'packages/server/src/discovery/run-scan.ts',
  // the store's own password, and the key under which secrets are sealed
  'packages/server/src/platform/db/connection.ts', 'packages/server/src/platform/db/embedded/database.ts', 'packages/server/src/platform/seal.ts',
]

const noNode = new Set(['core', 'graph', 'rules', 'web'])
const packageOf = (path: string) => path.split('/')[1]!
const houseImport = (name: string) => /^@muster\/([a-z]+)/.exec(name)?.[1] ?? null
const resolved = (file: SourceFile, name: string) => posix.normalize(posix.join(dirname(file.path), name))
const violations = (check: (file: SourceFile) => readonly string[], among = product) => among.flatMap((file) => check(file).map((what) => `${file.path}: ${what}`))

describe('the layers', () => {
  it('were looked at completely', () => {
    const onDisk = (folder: string): number =>
      readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
        if (entry.name === 'node_modules' || entry.name === 'dist') return sum
        if (entry.isDirectory()) return sum + onDisk(join(folder, entry.name))
        return sum + (/\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts') ? 1 : 0)
      }, 0)
    expect(files.length).toBe(onDisk(join(root, 'packages')))
    expect(files.length).toBeGreaterThan(200)
  })

  it('import only the packages their layer may', () => {
    expect(violations((file) => file.imports.flatMap((name) => {
      const target = houseImport(name)
      const own = packageOf(file.path)
      if (target === null || target === own) return []
      return allowed[own]!.includes(target) ? [] : [`imports @muster/${target}`]
    }))).toEqual([])
  })

  it('import other packages by name, never by path', () => {
    expect(violations((file) => file.imports.flatMap((name) =>
      name.startsWith('.') && !resolved(file, name).startsWith(`packages/${packageOf(file.path)}/`) ? [`reaches ${name}`] : []), files.filter((file) => !file.path.includes('/dev/')))).toEqual([])
  })

  it('keep Node out of what must run in a browser', () => {
    const shipped = product.filter((file) => noNode.has(packageOf(file.path)) && !file.path.endsWith('.config.ts'))
    expect(shipped.length).toBeGreaterThan(50)
    expect(violations((file) => file.imports.filter((name) => name.startsWith('node:')), shipped)).toEqual([])
  })

  it('keep connectors apart: each imports its own folder and what is shared of the network, of APIs and of the local machine', () => {
    const connectors = product.filter((file) => file.path.startsWith('packages/connectors/src/') && file.path.split('/').length > 4)
    expect(violations((file) => {
      const own = file.path.split('/')[3]!
      return file.imports.filter((name) => {
        if (!name.startsWith('.')) return false
        const target = resolved(file, name).split('/')[3]!
        // The host connector asks the network probes through its prober port alone.
        if (target === own || target === 'network' || target === 'local' || target === 'api' || own === 'network' || file.path.endsWith('/host/prober.ts')) return false
        // A TLS scan that meets SSH at a port reads it there and then.
        return !(file.path.endsWith('/tls/connector.ts') && target === 'ssh')
      })
    }, connectors)).toEqual([])
  })

  it('let a slice import other slices only through their index and only upstream', () => {
    const slices = product.filter((file) => /^packages\/server\/src\/[a-z]+\//.test(file.path))
    expect(violations((file) => {
      const own = file.path.split('/')[3]!
      return file.imports.flatMap((name) => {
        if (!name.startsWith('.')) return []
        const parts = resolved(file, name).split('/')
        const target = parts[3]!
        if (parts.length < 5 || target === own || target === 'platform') return []
        if (own === 'platform') return [`the platform imports the slice ${target}`]
        const upstream = pipeline.indexOf(target) >= 0 && pipeline.indexOf(target) < pipeline.indexOf(own)
        return upstream && parts[4] === 'index.ts' ? [] : [`imports ${parts.slice(3).join('/')}`]
      })
    }, slices)).toEqual([])
  })
})

describe('what has one place', () => {
  const server = product.filter((file) => file.path.startsWith('packages/server/'))

  it('SQL stands in stores, schemas and the database platform', () => {
    const may = /(^|-|\/)store\.ts$|schema\.ts$|migrations\.ts$|\/platform\/(db|jobs)\/|\/platform\/installation-key\.ts$/
    expect(violations((file) => {
      const found: string[] = []
      file.walk((node) => {
        const tag = node['tag'] as { name?: string } | undefined
        if (node.type === 'TaggedTemplateExpression' && tag?.name === 'sql') found.push('writes SQL')
      })
      return may.test(file.path) ? [] : [...new Set(found)]
    }, server)).toEqual([])
  })

  it('the environment is read by the configuration alone', () => {
    const may = /platform\/config\.ts$|packages\/cli\/src\/environment\.ts$/
    expect(violations((file) => {
      let reads = false
      file.walk((node) => {
        const object = node['object'] as { name?: string } | undefined
        const property = node['property'] as { name?: string } | undefined
        if (node.type === 'MemberExpression' && object?.name === 'process' && property?.name === 'env') reads = true
      })
      return reads && !may.test(file.path) ? ['reads process.env'] : []
    })).toEqual([])
  })

  it('the time comes from a Clock', () => {
    const may = /^packages\/core\/src\/clock\.ts$/
    expect(violations((file) => {
      const found: string[] = []
      file.walk((node) => {
        const callee = node['callee'] as { type?: string; name?: string; object?: { name?: string }; property?: { name?: string } } | undefined
        if (node.type === 'NewExpression' && callee?.name === 'Date' && (node['arguments'] as unknown[]).length === 0) found.push('new Date()')
        if (node.type === 'CallExpression' && callee?.object?.name === 'Date' && callee.property?.name === 'now') found.push('Date.now()')
      })
      return may.test(file.path) ? [] : found
    })).toEqual([])
  })

  it('a Secret is revealed only where the value must leave', () => {
    // Each line is a reviewed place: what it reveals goes to a decryption, a comparison or the peer it is meant for.
    const may = new Set<string>(revealers)
    const seen = new Set<string>()
    product.forEach((file) => file.walk((node) => {
      const callee = node['callee'] as { property?: { name?: string } } | undefined
      if (node.type === 'CallExpression' && (callee?.property?.name === 'reveal' || callee?.property?.name === 'revealText')) seen.add(file.path)
    }))
    expect([...seen].filter((path) => !may.has(path))).toEqual([])
    expect([...may].filter((path) => !seen.has(path))).toEqual([])
  })
})

