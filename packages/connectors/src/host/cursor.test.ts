import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatCursor, parseCursor, type HostCursor } from './cursor.ts'
import { UnreadPlaces } from '../local/unread-places.ts'
import { isWithin, type RawPath } from '../local/raw-path.ts'

const cursor: HostCursor = {
  scan: 's',
  phase: 'files',
  root: 2,
  directory: '/etc/ssl',
  name: 'a\n\xff',
  files: 7,
  unread: ['/etc/x'],
  failed: true,
}

test('a cursor survives its text, and another scan or rubbish starts over', () => {
  expect(parseCursor(formatCursor(cursor), 's')).toMatchObject(cursor)
  expect(parseCursor(formatCursor(cursor), 'other')).toBeNull()
  for (const text of [null, '', '{', '[]', '{"version":2}']) expect(parseCursor(text, 's')).toBeNull()
})

test('unread places are kept one by one while they are few', () => {
  const places = new UnreadPlaces(['/b', '/a/x', '/b'])
  expect(places.list()).toEqual(['/a/x', '/b'])
})

test('too many unread places give way to their parents, so that no unread place is claimed as read', () => {
  const path = fc
    .array(fc.constantFrom('a', 'bb', 'long-name-of-a-directory', '\x01\x02'), { minLength: 1, maxLength: 6 })
    .map((parts) => `/${parts.join('/')}` as RawPath)
  fc.assert(
    fc.property(fc.array(path, { maxLength: 50 }), (paths) => {
      const places = new UnreadPlaces()
      const all = paths.flatMap((base) => Array.from({ length: 100 }, (_, i) => `${base}/${'n'.repeat(40)}${i}` as RawPath))
      for (const each of all) places.add(each)
      const list = places.list()
      expect(JSON.stringify(list).length).toBeLessThan(70_000)
      return all.every((each) => list.some((prefix) => isWithin(each, prefix)))
    }),
    { numRuns: 20 },
  )
})
