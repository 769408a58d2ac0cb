import { execFileSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync, symlinkSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rawPath, type RawPath } from '../local/raw-path.ts'
import { systemFileCalls, type FileCalls } from '../local/file-calls.ts'
import { FileReader } from './read-file.ts'

const PEM = '-----BEGIN CERTIFICATE-----\n'
const MIB = 1024 * 1024
let root: string
const at = (name: string): RawPath => rawPath(join(root, name))
const write = (name: string, content: string | Buffer): RawPath => {
  writeFileSync(join(root, name), content)
  return at(name)
}
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'muster-read-')))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** The system's calls with `before` run ahead of every read. */
const meddling = (before: (reads: number) => void): FileCalls => {
  let reads = 0
  return {
    ...systemFileCalls,
    read: (...args) => {
      before(++reads)
      return systemFileCalls.read(...args)
    },
  }
}

test.each([
  ['just below', MIB - 1, false],
  ['exactly', MIB, false],
  ['just above', MIB + 1, true],
])('a candidate %s the cap', (_, size, truncated) => {
  const path = write('cap.pem', PEM + 'x'.repeat(size - PEM.length))
  const reading = new FileReader(MIB).read(path, 'cap.pem')
  expect(reading).toMatchObject({ outcome: 'candidate', truncated })
  expect(reading.outcome === 'candidate' && reading.bytes.length).toBe(Math.min(size, MIB))
})

test('a mark beyond the first look is found, and text above the cap without one in front is left', () => {
  const path = write('late.txt', 'x'.repeat(200_000) + PEM)
  expect(new FileReader(MIB).read(path, 'late.txt')).toMatchObject({ outcome: 'candidate', bytesRead: 200_000 + PEM.length })
  expect(new FileReader(100_000).read(path, 'late.txt')).toMatchObject({ outcome: 'nothing', bytesRead: 65_536 })
})

test('a sparse file of two gigabytes costs one look', () => {
  const path = write('sparse', '')
  truncateSync(path, 2 * 1024 * MIB)
  expect(new FileReader(16 * MIB).read(path, 'sparse')).toMatchObject({ outcome: 'nothing', bytesRead: 65_536 })
})

test('a FIFO, a link, a directory and nothing at all do not block and are no files', () => {
  execFileSync('mkfifo', [join(root, 'fifo')])
  symlinkSync('cap.pem', join(root, 'link'))
  for (const name of ['fifo', 'link', '.', 'none'])
    expect(new FileReader(MIB).read(at(name), name)).toMatchObject({ outcome: 'nothing' })
})

test('a file that changes while it is read is read once more', () => {
  const path = write('once.pem', `${PEM}old`)
  const reader = new FileReader(
    MIB,
    meddling((reads) => {
      if (reads === 1) writeFileSync(path, `${PEM}longer than it was`)
    }),
  )
  const reading = reader.read(path, 'once.pem')
  expect(reading.outcome === 'candidate' && reading.bytes.toString()).toBe(`${PEM}longer than it was`)
})

test('a file that goes on changing is a problem', () => {
  const path = write('always.pem', PEM)
  const reader = new FileReader(
    MIB,
    meddling((reads) => writeFileSync(path, PEM + 'x'.repeat(reads))),
  )
  expect(reader.read(path, 'always.pem')).toEqual({
    outcome: 'unreadable',
    code: 'file.unreadable',
    message: 'changed while it was read, twice',
  })
})

test('a file cut short while it is read is a problem and not half a key', () => {
  const path = write('cut.pem', PEM + 'x'.repeat(300_000))
  const reader = new FileReader(
    MIB,
    meddling((reads) => {
      if (reads % 2 === 0) truncateSync(path, 70_000 - reads)
    }),
  )
  expect(reader.read(path, 'cut.pem')).toMatchObject({ outcome: 'unreadable', message: 'changed while it was read, twice' })
})

test('a file removed while it is read is still read whole', () => {
  const path = write('gone.pem', PEM)
  const reader = new FileReader(
    MIB,
    meddling((reads) => {
      if (reads === 1) unlinkSync(path)
    }),
  )
  expect(reader.read(path, 'gone.pem')).toMatchObject({ outcome: 'candidate' })
})

test('what was read does not stay in the buffer', () => {
  const path = write('secret.pem', `${PEM}private`)
  const reader = new FileReader(MIB)
  const reading = reader.read(path, 'secret.pem')
  reader.wipe()
  expect(reading.outcome === 'candidate' && reading.bytes.every((byte) => byte === 0)).toBe(true)
})
