import fc from 'fast-check'
import { expect, it } from 'vitest'
import { csvLine } from './csv.ts'

it('quotes what needs quoting and doubles quotes inside (RFC 4180)', () => {
  expect(csvLine(['a', 'b,c', 'say "hi"', 'two\nlines', null, 3, true])).toBe('a,"b,c","say ""hi""","two\nlines",,3,true\r\n')
})

it.each(['=1+1', '+1', '-1', '@SUM', '\tx', '\uff1d1+1', ' =1'])('disarms %j', (text) => {
  expect(csvLine([text]).replaceAll('"', '').startsWith("'")).toBe(true)
})

it('quotes what a spreadsheet of another country would part', () => {
  expect(csvLine(['a;=1+1', 'b\t=1+1'])).toBe('"a;=1+1","b\t=1+1"\r\n')
})

it('any text comes back from a reader that knows the rules', () => {
  const read = (line: string) => [...`,${line.slice(0, -2)}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) => (m[1] ?? m[2] ?? '').replaceAll('""', '"'))
  fc.assert(fc.property(fc.array(fc.string().filter((text) => !/^[\s=+\-@']/.test(text)), { minLength: 2, maxLength: 5 }), (fields) => {
    expect(read(csvLine(fields))).toEqual(fields)
  }))
})
