import { execFileSync } from 'node:child_process'
import { chmodSync, symlinkSync, truncateSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PASSPHRASE, PlantedTree } from './planted.testing.ts'
import { rawPath } from '../local/raw-path.ts'
import { systemFileCalls, type FileCalls } from '../local/file-calls.ts'
import { coverageOf, takeRoll, type Roll } from './scan.testing.ts'

const tree = new PlantedTree()
const MIB = 1024 * 1024
/** Thirty of these below each other make a path longer than the system opens. */
const LONG_NAME = 'd'.repeat(200)
let roll: Roll

beforeAll(async () => {
  tree.openssl(
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    'good.key',
    '-out',
    'good.pem',
    '-days',
    '1',
    '-subj',
    '/CN=x',
  )
  const good = tree.read('good.pem')
  const pem = good.toString()
  symlinkSync('..', tree.path('a-loop/up'))
  symlinkSync('self', tree.path('a-loop/self'))
  execFileSync('mkfifo', [tree.path('b-fifo.pem')])
  tree.write('c-truncated.pem', pem.slice(0, pem.length / 2))
  tree.write('c-truncated.key', tree.read('good.key').subarray(0, 100))
  truncateSync(tree.write('d-sparse.pem', ''), 2 * 1024 * MIB)
  truncateSync(tree.write('d-sparse-after-pem.pem', good), 2 * 1024 * MIB)
  execFileSync('bash', ['-c', 'for i in $(seq 30); do mkdir "$1" && cd "$1" || exit 1; done; echo x > y', 'bash', LONG_NAME], {
    cwd: tree.root,
  })
  tree.write('e-line\nbreak\x1b[31m.pem', good)
  execFileSync('bash', ['-c', String.raw`cp good.pem "$(printf 'e-not-utf8-\xff\xfe.pem')"`], { cwd: tree.root })
  tree.write(
    'f-ten-megabytes.pem',
    `-----BEGIN CERTIFICATE-----\n${`${'QUFB'.repeat(16)}\n`.repeat((10 * MIB) / 65)}-----END CERTIFICATE-----\n`,
  )
  tree.write('f-endless.pem', `-----BEGIN CERTIFICATE-----\n${'A'.repeat(MIB)}`)
  tree.write('f-thousand-ends.pem', '-----BEGIN X-----\n-----END X-----\n'.repeat(50_000))
  tree.write('f-manual.txt', 'A key begins with\n-----BEGIN PRIVATE KEY-----\nand goes on.\n')
  tree.write('g-nested.der', nestedDer(100_000))
  tree.write('h-huge-count.jks', Buffer.concat([Buffer.from('feedfeed00000002ffffffff', 'hex'), Buffer.alloc(1000)]))
  tree.write('z-last.pem', good)
  roll = await takeRoll({ options: { roots: [tree.root] }, passphrases: [PASSPHRASE] })
}, 120_000)
afterAll(() => {
  execFileSync('rm', ['-rf', tree.root])
})

const problemsAt = (name: string): string[] =>
  roll.problems.filter(({ where }) => where === `${tree.root}/${name}`).map(({ code }) => code)
const found = (name: string): number =>
  roll.credentials.filter(({ location }) => location.kind === 'file' && location.path === `${tree.root}/${name}`).length

/** SEQUENCEs inside SEQUENCEs. */
function nestedDer(depth: number): Buffer {
  const parts: Buffer[] = [Buffer.from([0x05, 0x00])]
  let length = 2
  for (let i = 0; i < depth; i++) {
    const header = Buffer.from([0x30, 0x84, length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255])
    parts.push(header)
    length += header.length
  }
  return Buffer.concat(parts.reverse())
}

test('the scan goes on to the last file behind every obstacle', () => {
  expect(found('z-last.pem')).toBe(1)
  expect(found('good.pem')).toBe(1)
})

test('a loop of links is walked once', () => {
  expect(roll.observations.filter((each) => each.observation === 'coverage').length).toBe(1)
})

test.each(['b-fifo.pem', 'd-sparse.pem', 'f-manual.txt', 'g-nested.der'])('%s holds nothing and is no problem', (name) => {
  expect([found(name), problemsAt(name)]).toEqual([0, []])
})

test.each(['c-truncated.pem', 'c-truncated.key', 'f-ten-megabytes.pem', 'f-endless.pem', 'h-huge-count.jks'])(
  '%s is a problem with its path, and not claimed as read',
  (name) => {
    expect(problemsAt(name).length).toBeGreaterThan(0)
    expect(problemsAt(name)).not.toContain('internal')
    expect(coverageOf(roll, tree.root)?.unread).toContain(`${tree.root}/${name}`)
  },
)

test('of a file above the cap the first part is read, and it is said', () => {
  expect(found('d-sparse-after-pem.pem')).toBe(1)
  expect(problemsAt('d-sparse-after-pem.pem')).toEqual(['input.limit'])
})

test('a path longer than the system opens is a problem, and the rest of the tree is read', () => {
  const problem = roll.problems.find(({ message }) => message === 'path longer than the system can open')
  expect(problem?.where.startsWith(`${tree.root}/${LONG_NAME}/${LONG_NAME}/`)).toBe(true)
})

test('names with line breaks, escapes and bytes that are no UTF-8 are kept apart and stay text', () => {
  expect(found('e-line\nbreak\x1b[31m.pem')).toBe(1)
  expect(found(String.raw`e-not-utf8-\xff\xfe.pem`)).toBe(1)
})

test('a file with a thousand broken parts gives a bounded number of problems', () => {
  expect(problemsAt('f-thousand-ends.pem').length).toBeLessThanOrEqual(20)
})

test('a keystore that demands billions of rounds costs no time', async () => {
  const bomb = new PlantedTree()
  try {
    bomb.openssl(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      'k',
      '-out',
      'c',
      '-days',
      '1',
      '-subj',
      '/CN=x',
    )
    bomb.openssl('pkcs12', '-export', '-in', 'c', '-inkey', 'k', '-iter', '2048', '-passout', `pass:${PASSPHRASE}`, '-out', 'p12')
    // The iteration count is INTEGER 2048 wherever it stands; the same length holds 32 767.
    const store = bomb.read('p12')
    const raised = Buffer.from(store)
    const wanted = Buffer.from('02020800', 'hex')
    for (let at = raised.indexOf(wanted); at >= 0; at = raised.indexOf(wanted, at + 1)) raised.set([0x02, 0x02, 0x7f, 0xff], at)
    bomb.write('p12', raised)
    const opened = await takeRoll({
      options: { roots: [bomb.path('p12')] },
      passphrases: Array.from({ length: 10 }, (_, i) => `guess ${i}`),
    })
    expect(opened.problems.length).toBeGreaterThan(0)
  } finally {
    bomb.remove()
  }
})

test('a file that changes while it is read is read again, then reported, and the rest goes on', async () => {
  const moving = new PlantedTree()
  try {
    const path = moving.write('moving.pem', tree.read('good.pem'))
    moving.write('still.pem', tree.read('good.pem'))
    const calls: FileCalls = {
      ...systemFileCalls,
      open: (opened) => {
        if (opened === rawPath(path)) moving.write('moving.pem', tree.read('good.pem'))
        return systemFileCalls.open(opened)
      },
      read: (...args) => {
        const count = systemFileCalls.read(...args)
        truncateSync(path, 10)
        return count
      },
    }
    const cut = await takeRoll({ options: { roots: [moving.root] }, parts: { fileCalls: calls } })
    expect(cut.problems).toMatchObject([{ code: 'file.unreadable', where: path, message: 'changed while it was read, twice' }])
    expect(coverageOf(cut, moving.root)).toMatchObject({ complete: false, unread: [path] })
    expect(cut.credentials.map(({ location }) => location.kind === 'file' && location.path)).toEqual([moving.path('still.pem')])
  } finally {
    moving.remove()
  }
})

test.runIf(process.getuid!() === 0)(
  'a directory that may not be read is a problem with its path and not claimed as read',
  async () => {
    const closed = new PlantedTree()
    try {
      closed.write('open/a.pem', tree.read('good.pem'))
      closed.write('shut/b.pem', tree.read('good.pem'))
      closed.write('secret.key', tree.read('good.key'), 0o600)
      chmodSync(closed.root, 0o755)
      chmodSync(closed.path('shut/b.pem').replace(/\/b\.pem$/, ''), 0o700)
      process.seteuid!('nobody')
      const seen = await takeRoll({ options: { roots: [closed.root] } })
      const problems = seen.problems.map(({ code, where }) => `${code} ${where.slice(closed.root.length)}`).sort()
      expect(problems).toEqual(['file.unreadable /secret.key', 'file.unreadable /shut'])
      expect(coverageOf(seen, closed.root)).toMatchObject({
        complete: false,
        unread: [`${closed.root}/secret.key`, `${closed.root}/shut`],
        rights: 'user:nobody',
      })
      expect(seen.credentials.map(({ location }) => location.kind === 'file' && location.path)).toEqual([
        closed.path('open/a.pem'),
      ])
    } finally {
      process.seteuid!(0)
      closed.remove()
    }
  },
)
