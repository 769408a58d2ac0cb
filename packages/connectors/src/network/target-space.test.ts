import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTargetSpace } from './target-space.ts'
import type { EndpointTarget, TargetSpace } from './target-space.ts'
import { parseTarget } from './targets.ts'

function space(targets: readonly string[], { ports = [443], exclude = [] as readonly string[], sni = [] as readonly string[] } = {}): TargetSpace {
  return createTargetSpace({ specs: targets.map(parseTarget), exclude: exclude.map(parseTarget), ports, sni })
}

function all(of: TargetSpace): EndpointTarget[] {
  return Array.from({ length: of.chunkCount }, (_, i) => of.chunk(i).targets).flat()
}

const endpoints = (of: TargetSpace): string[] => all(of).map(({ host, port }) => `${host} ${port}`).sort()

test('overlapping targets are tried once and add up their SNI names', () => {
  const it = space(['10.0.0.0/30', '10.0.0.1', '10.0.0.2:443,8443@a.example', '10.0.0.2:443@b.example', 'web.example', 'web.example:443'])
  expect(endpoints(it)).toEqual(['10.0.0.0 443', '10.0.0.1 443', '10.0.0.2 443', '10.0.0.2 8443', '10.0.0.3 443', 'web.example 443'])
  expect(all(it).find(({ host, port }) => host === '10.0.0.2' && port === 443)!.sni).toEqual(['a.example', 'b.example'])
  expect(all(it).find(({ host, port }) => host === '10.0.0.2' && port === 8443)!.sni).toEqual(['a.example'])
  expect(it.total).toBe(6)
})

test('exclusions take away addresses, single ports and names, also after resolution', () => {
  const it = space(['10.0.0.0/29', 'web.example', 'db.example'], { ports: [443, 8443], exclude: ['10.0.0.4/30', '10.0.0.1:8443', 'db.example', 'web.example:443'] })
  expect(endpoints(it)).toEqual(['10.0.0.0 443', '10.0.0.0 8443', '10.0.0.1 443', '10.0.0.2 443', '10.0.0.2 8443', '10.0.0.3 443', '10.0.0.3 8443', 'web.example 8443'])
  expect(it.excludes('10.0.0.5', 443)).toBe(true)
  expect(it.excludes('10.0.0.1', 443)).toBe(false)
  expect(it.excludes('10.0.0.1', 8443)).toBe(true)
})

test('the first target decides the protocol of an endpoint', () => {
  const it = space(['smtp://10.0.0.1:2500', '10.0.0.0/31:2500'])
  expect(all(it).map(({ host, scheme }) => [host, scheme])).toEqual(expect.arrayContaining([['10.0.0.1', 'smtp'], ['10.0.0.0', null]]))
})

test('a /16 by 20 ports is laid out without listing it, and any chunk is computed from its index', () => {
  const ports = Array.from({ length: 20 }, (_, i) => 8000 + i)
  const it = space(['10.1.0.0/16'], { ports })
  expect(it.total).toBe(65_536 * 20)
  const last = it.chunk(it.chunkCount - 1)
  expect(last.targets.length).toBeLessThanOrEqual(256)
  expect(it.endpointsBefore(it.chunkCount - 1) + last.targets.length).toBe(it.total)
  const hosts = new Set(Array.from({ length: it.chunkCount }, (_, i) => it.chunk(i).hosts).flat())
  expect(hosts.size).toBe(65_536)
})

test('hosts come scattered, the same way each time', () => {
  const first = space(['10.0.0.0/24']).chunk(0).hosts
  expect(space(['10.0.0.0/24']).chunk(0).hosts).toEqual(first)
  const neighbours = first.filter((host, i) => i > 0 && Number(host.split('.')[3]) === Number(first[i - 1]!.split('.')[3]) + 1)
  expect(neighbours.length).toBeLessThan(first.length / 10)
})

test('all 65,535 ports of one host are cut into slices', () => {
  const it = space(['10.0.0.1:1-65535'])
  expect(it.total).toBe(65_535)
  expect(new Set(endpoints(it)).size).toBe(65_535)
  expect(it.endpointsBefore(3)).toBe(768)
})

test('too large a space is refused before anything is laid out', () => {
  for (const target of ['2001:db8::/64', '0.0.0.0/0', '10.0.0.0/8:1-65']) expect(() => space([target])).toThrowError(expect.objectContaining({ code: 'target.limit' }))
  expect(space(['10.0.0.0/8:1-64']).total).toBe(2 ** 30)
})

test('chunks partition the space, whatever the targets', () => {
  const target = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 24, max: 32 }), fc.option(fc.constantFrom('80', '443,444', '1-300')))
    .map(([octet, prefix, ports]) => `10.0.${octet}.128/${prefix}${ports === null ? '' : `:${ports}`}`)
  fc.assert(fc.property(fc.array(target, { minLength: 1, maxLength: 4 }), fc.array(target, { maxLength: 2 }), (targets, exclude) => {
    const it = space(targets, { exclude })
    const listed = endpoints(it)
    expect(new Set(listed).size).toBe(listed.length)
    expect(listed.length).toBe(it.total)
    for (let i = 0, before = 0; i < it.chunkCount; i++) {
      const { hosts, ports, targets: inChunk } = it.chunk(i)
      expect(it.endpointsBefore(i)).toBe(before)
      expect(inChunk.length).toBe(hosts.length * ports.length)
      before += inChunk.length
    }
  }), { numRuns: 40 })
})
