import fc from 'fast-check'
import { expect, it } from 'vitest'
import { csvLine } from '@muster/core/export'

it.each(['=1+1', '+1', '-1', '@x', '\tx', '\r=x', '  =1'])('the formula %j becomes text', (cell) => {
  expect(csvLine([cell]).replaceAll('"', '').startsWith("'")).toBe(true)
})

it('numbers, nothing and plain text stay what they are', () => {
  expect(csvLine([-5, null, 'a b', 'say "hi"', true])).toBe('-5,,a b,"say ""hi""",true\r\n')
})

it('a line of any texts reads back as as many cells, none of them a formula', () => {
  fc.assert(fc.property(fc.array(fc.string(), { minLength: 1 }), (cells) => {
    const back = parse(csvLine(cells))
    expect(back).toHaveLength(cells.length)
    back.forEach((cell, index) => {
      expect(cell === cells[index] || cell === `'${cells[index]}`).toBe(true)
      expect(cell).not.toMatch(/^[=+\-@\t\r]/)
    })
  }))
})

/** RFC 4180 §2, one record. */
function parse(line: string): string[] {
  return Array.from(`,${line.slice(0, -2)}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/gs), ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '')
}
