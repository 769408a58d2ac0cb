import { describe, expect, it } from 'vitest'
import { csvOf } from './csv.ts'

const columns = [
  { title: 'Name', value: (row: { name: string | null; n: number }) => row.name },
  { title: 'Count', value: (row: { name: string | null; n: number }) => row.n },
]

describe('CSV', () => {
  it('quotes commas, quotes and line breaks as RFC 4180 says', () => {
    expect(csvOf(columns, [{ name: 'a,"b"\nc', n: 2 }])).toBe('Name,Count\r\n"a,""b""\nc",2\r\n')
  })
  it('writes nothing for null and has a header without rows', () => {
    expect(csvOf(columns, [{ name: null, n: 0 }])).toBe('Name,Count\r\n,0\r\n')
    expect(csvOf(columns, [])).toBe('Name,Count\r\n')
  })
  it('does not let a spreadsheet run a name as a formula, and leaves negative numbers alone', () => {
    expect(csvOf(columns, [{ name: '=HYPERLINK("x")', n: -1 }])).toBe(`Name,Count\r\n"'=HYPERLINK(""x"")",-1\r\n`)
  })
})
