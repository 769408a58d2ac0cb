import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { ObjectIdSet } from './object-ids.ts'

const id = (number: number): Buffer => Buffer.from(number.toString(16).padStart(8, '0').repeat(5), 'hex')

it('a set of ids holds what was added or taken over, and nothing else', () => {
  fc.assert(fc.property(fc.array(fc.nat(300), { maxLength: 200 }), fc.array(fc.nat(300), { maxLength: 200 }), (taken, added) => {
    const set = new ObjectIdSet(20, Buffer.concat(taken.map(id)))
    const known = new Set(taken)
    for (const number of added) {
      expect(set.add(id(number))).toBe(!known.has(number))
      known.add(number)
    }
    for (let number = 0; number <= 300; number++) expect(set.has(id(number))).toBe(known.has(number))
    expect(set.bytes.subarray(taken.length * 20)).toEqual(Buffer.concat([...new Set(added)].filter((number) => !taken.includes(number)).map(id)))
  }), { numRuns: 100 })
})

it('ids that are all the same are looked up as quickly as others', () => {
  const set = new ObjectIdSet(20, Buffer.alloc(20 * 200_000))
  expect([set.has(id(0)), set.has(id(1)), set.add(id(2)), set.has(id(2))]).toEqual([true, false, true, true])
})
