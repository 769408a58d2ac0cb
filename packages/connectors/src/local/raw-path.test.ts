import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  baseName,
  displayPath,
  expandPattern,
  fsPath,
  isWithin,
  joinPath,
  parentPath,
  rawPath,
  type RawPath,
} from './raw-path.ts'

let root: string
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'muster-path-')))
  for (const name of ['a1/x', 'a2/x', '.a3/x', 'b']) mkdirSync(join(root, name), { recursive: true })
  writeFileSync(join(root, 'a1/x/server.key'), '')
  writeFileSync(join(root, 'a2/x/server.pem'), '')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

test('a name that is not UTF-8 reads as escapes and opens as its bytes', () => {
  const path = '/d/\xff\xe9.pem' as RawPath
  expect(displayPath(path)).toBe('/d/\\xff\\xe9.pem')
  expect(fsPath(path)).toEqual(Buffer.from('/d/\xff\xe9.pem', 'latin1'))
})

test('text survives the way through bytes', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
      (text) => displayPath(rawPath(text)) === text,
    ),
  )
})

test('no two different byte strings read the same unless one spells out an escape', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 8 }), fc.uint8Array({ maxLength: 8 }), (a, b) => {
      const [left, right] = [a, b].map((bytes) => Buffer.from(bytes).toString('latin1') as RawPath)
      if (left!.includes('\\') || right!.includes('\\')) return true
      return left === right || displayPath(left!) !== displayPath(right!)
    }),
  )
})

test('a path is within itself and its parents, not within a namesake', () => {
  expect(isWithin('/etc/ssl', '/etc/ssl')).toBe(true)
  expect(isWithin('/etc/ssl/x', '/etc/ssl')).toBe(true)
  expect(isWithin('/etc/ssl2', '/etc/ssl')).toBe(false)
  expect(isWithin('/etc', '/')).toBe(true)
})

test('joining, parent and base name agree at the root directory', () => {
  expect(joinPath('/' as RawPath, 'etc')).toBe('/etc')
  expect(parentPath('/etc' as RawPath)).toBe('/')
  expect(baseName('/etc/ssl' as RawPath)).toBe('ssl')
})

test('a star stands for any one visible name', () => {
  expect(expandPattern(`${root}/a*/x`)).toEqual([`${root}/a1/x`, `${root}/a2/x`])
  expect(expandPattern(`${root}/*/x/*.key`)).toEqual([`${root}/a1/x/server.key`])
  expect(expandPattern(`${root}/.a?/x`)).toEqual([`${root}/.a3/x`])
  expect(expandPattern(`${root}/none/*`)).toEqual([])
})
