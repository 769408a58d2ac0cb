import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readSearch } from './search.ts'

it.each([['SHA256:abcDEF+/1', 'SHA256:abcDEF+/1'], ['SHA256:x=', 'SHA256:x']])('%j begins an SSH fingerprint', (text, prefix) => {
  expect(readSearch(text)).toEqual({ kind: 'ssh-fingerprint', prefix })
})

it.each([['00:1f:2a', '1f2a'], ['AB12cd', 'ab12cd'], ['12 34 56 7', '1234567']])('%j begins a fingerprint or a serial number', (text, digits) => {
  expect(readSearch(text)).toMatchObject({ kind: 'digits', digits })
})

it.each([['12345'], ['facade'], ['web-1'], ['12-34-56'], ['a'.repeat(65)]])('%j is words', (text) => {
  expect(readSearch(text).kind).toBe('words')
})

it('the bounds of digits are 32 bytes that begin with them', () => {
  fc.assert(fc.property(fc.stringMatching(/^[0-9a-f]{6,64}$/), (digits) => {
    const search = readSearch(digits)
    if (search.kind !== 'digits') return
    expect(search.from).toHaveLength(64)
    expect(search.from.startsWith(digits) && search.to.startsWith(digits)).toBe(true)
  }))
})

it('any text is at most eight words, none of them empty', () => {
  fc.assert(fc.property(fc.string({ maxLength: 300 }), (text) => {
    const search = readSearch(text)
    if (search.kind === 'words') expect(search.words.length <= 8 && search.words.every((word) => word !== '')).toBe(true)
  }))
})
