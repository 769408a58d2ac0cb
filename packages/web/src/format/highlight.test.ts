import { expect, it } from 'vitest'
import { piecesOf } from './highlight.ts'

it('a text is cut at its spans and loses nothing', () => {
  const spans = [{ start: 4, end: 6, id: 'b' }, { start: 0, end: 2, id: 'a' }]
  const pieces = piecesOf('abcdefgh', spans)
  expect(pieces.map((piece) => [piece.text, piece.span?.id ?? null])).toEqual([['ab', 'a'], ['cd', null], ['ef', 'b'], ['gh', null]])
  expect(pieces.map((piece) => piece.text).join('')).toBe('abcdefgh')
})

it('of overlapping spans the first given wins, and empty ones mark nothing', () => {
  expect(piecesOf('abcdef', [{ start: 2, end: 5 }, { start: 0, end: 3 }, { start: 5, end: 5 }]).map((piece) => piece.text)).toEqual(['ab', 'cde', 'f'])
  expect(piecesOf('', [])).toEqual([])
})
