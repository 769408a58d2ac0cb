import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Mount } from './mounts.ts'
import { displayPath, rawPath, type RawPath } from './raw-path.ts'
import { walk, type WalkEvent, type WalkOptions, type WalkPosition } from './walk.ts'

let root: RawPath
beforeAll(() => {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'muster-walk-')))
  root = rawPath(top)
  for (const directory of ['a/b', 'a/c', 'a-b', 'z', 'empty']) mkdirSync(join(top, directory), { recursive: true })
  for (const file of ['1', '2', 'a/1', 'a/b/1', 'a/b/2', 'a/c/1', 'a-b/1', 'z/line\nbreak']) writeFileSync(join(top, file), file)
  writeFileSync(Buffer.concat([Buffer.from(`${top}/z/`), Buffer.from([0xff, 0xfe])]), 'x')
  symlinkSync('..', join(top, 'a/b/loop'))
  symlinkSync('nowhere', join(top, 'a/dangling'))
  execFileSync('mkfifo', [join(top, 'a/fifo')])
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const options = (changes: Partial<WalkOptions> = {}): WalkOptions => ({
  mounts: new Map(),
  isExcluded: () => false,
  from: null,
  ...changes,
})
const events = (changes: Partial<WalkOptions> = {}): WalkEvent[] => [...walk(root, options(changes))]
const shown = (list: readonly WalkEvent[]): string[] =>
  list.map((event) => `${event.type} ${displayPath(event.path).slice(root.length)}`)

test('a directory comes before its subdirectories, all in byte order; FIFOs are passed over and links not followed', () => {
  expect(shown(events())).toEqual([
    'file /1',
    'file /2',
    'directory ',
    'file /a/1',
    'link /a/dangling',
    'directory /a',
    'file /a/b/1',
    'file /a/b/2',
    'link /a/b/loop',
    'directory /a/b',
    'file /a/c/1',
    'directory /a/c',
    'file /a-b/1',
    'directory /a-b',
    'directory /empty',
    'file /z/line\nbreak',
    'file /z/\\xff\\xfe',
    'directory /z',
  ])
})

test('excluded places and mounts are told, with a problem only where the operator may not expect it', () => {
  const mounts = new Map<RawPath, Mount>([
    [rawPath(`${root}/z`), { path: rawPath(`${root}/z`), kind: 'remote', type: 'nfs4' }],
    [rawPath(`${root}/a-b`), { path: rawPath(`${root}/a-b`), kind: 'pseudo', type: 'proc' }],
  ])
  const unread = events({ mounts, isExcluded: (_, name) => name === 'b' || name === '2' }).filter(
    (event) => event.type === 'unread',
  )
  expect(unread.map((event) => [event.path.slice(root.length), event.problem?.message ?? null])).toEqual([
    ['/2', null],
    ['/a/b', null],
    ['/a-b', null],
    ['/z', 'nfs4 file system, not entered; give it as a root to read it'],
  ])
})

test('a root that is gone gives nothing, and a file as root gives nothing', () => {
  expect([...walk(rawPath(`${root}/none`), options())]).toEqual([])
  expect([...walk(rawPath(`${root}/1`), options())]).toEqual([])
})

/** Every place a walk can be cut at, with the index of the event it follows. */
const positions = (): { index: number; position: WalkPosition }[] =>
  events().flatMap((event, index): { index: number; position: WalkPosition }[] => {
    if (event.type === 'directory') return [{ index, position: { directory: event.path, name: null } }]
    return event.type === 'unread' ? [] : [{ index, position: { directory: event.directory, name: event.name } }]
  })

describe('resuming', () => {
  test('from any position gives exactly what is left', () => {
    const all = shown(events())
    for (const { index, position } of positions()) expect(shown(events({ from: position }))).toEqual(all.slice(index + 1))
  })

  test('from a directory that is gone goes on with what follows it', () => {
    const from = { directory: rawPath(`${root}/a/bb/deeper`), name: null }
    expect(shown(events({ from }))[0]).toBe('file /a/c/1')
  })
})

test('any tree is walked once, wherever the walk is cut', () => {
  const tree = fc.uniqueArray(
    fc.array(fc.constantFrom('a', 'b', 'a.b', 'a b', '!', '~'), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/d-')),
    { maxLength: 12 },
  )
  fc.assert(
    fc.property(tree, fc.nat(), (files, cut) => {
      const top = rawPath(realpathSync(mkdtempSync(join(tmpdir(), 'muster-walk-any-'))))
      try {
        for (const file of files) {
          try {
            mkdirSync(join(top, 'd', file, '..'), { recursive: true })
            writeFileSync(join(top, 'd', file), '')
          } catch {
            // The name is already a directory's, or one of its parents a file's.
          }
        }
        const all = [...walk(top, options())]
        const at = all[cut % Math.max(all.length, 1)]
        if (at === undefined || at.type === 'unread') return
        const from = at.type === 'directory' ? { directory: at.path, name: null } : { directory: at.directory, name: at.name }
        expect([...walk(top, options({ from }))]).toEqual(all.slice(all.indexOf(at) + 1))
      } finally {
        rmSync(top, { recursive: true, force: true })
      }
    }),
    { numRuns: 50 },
  )
})
