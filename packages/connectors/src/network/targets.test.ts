import { MusterError } from '@muster/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parsePorts } from './ports.ts'
import { parseTarget, parseTargetsFile } from './targets.ts'

const shape = (text: string): unknown => {
  const { hosts, ports, scheme, sni } = parseTarget(text)
  return [hosts.kind === 'name' ? hosts.name : `${hosts.range.last - hosts.range.first + 1n} addresses`, ports, scheme, sni]
}

test('every written form of a target is understood', () => {
  expect(shape('WWW.Example.com.')).toEqual(['www.example.com', null, null, []])
  expect(shape('example.com:443,8443')).toEqual(['example.com', [443, 8443], null, []])
  expect(shape('10.0.0.1')).toEqual(['1 addresses', null, null, []])
  expect(shape('10.0.0.0/24:443-445')).toEqual(['256 addresses', [443, 444, 445], null, []])
  expect(shape('10.0.0.1-10.0.0.20:22')).toEqual(['20 addresses', [22], null, []])
  expect(shape('2001:db8::/120')).toEqual(['256 addresses', null, null, []])
  expect(shape('[2001:db8::1]:8443')).toEqual(['1 addresses', [8443], null, []])
  expect(shape('10.0.0.1:443@a.example,b.example')).toEqual(['1 addresses', [443], null, ['a.example', 'b.example']])
  expect(shape('https://example.com/path?token=1#x')).toEqual(['example.com', [443], 'tls', []])
  expect(shape('smtp://mail:2525')).toEqual(['mail', [2525], 'smtp', []])
  expect(shape('postgres://db')).toEqual(['db', [5432], 'postgres', []])
  expect(shape('ldaps://10.0.0.0/24')).toEqual(['256 addresses', [636], 'tls', []])
  expect(shape('smtp://mail:25@mx.example')).toEqual(['mail', [25], 'smtp', ['mx.example']])
  expect(shape('bücher.example')).toEqual(['xn--bcher-kva.example', null, null, []])
})

test.each([
  '', ' ', 'exa mple', '10.0.0.256', '0x7f000001', '127.1', 'host:0', 'host:65536', 'host:443-', 'gopher://x', '2001:db8::1:443:x', '-x.example',
  'a..b', `${'a'.repeat(64)}.example`, '10.0.0.1@10.0.0.2', '[10.0.0.1]:443', 'host@', '::ffff:1.2.3.4.5',
])('%j is refused as a target', (text) => {
  expect(() => parseTarget(text)).toThrowError(expect.objectContaining({ code: 'target.invalid' }))
})

test('a password in a URL is refused and not quoted', () => {
  const error = (() => {
    try {
      return parseTarget('postgres://admin:hunter2@db:5432/main')
    } catch (caught) {
      return caught
    }
  })()
  expect(error).toBeInstanceOf(MusterError)
  expect(String(error)).not.toContain('hunter2')
})

test('a targets file reports bad lines by number and keeps the good ones', () => {
  const { targets, problems } = parseTargetsFile('\uFEFF# servers\n\nweb.example  # the front\r\n10.0.0.0/30:443 smtp://mail:25@mx.example\nbad host:0\n')
  expect(targets).toEqual(['web.example', '10.0.0.0/30:443', 'smtp://mail:25@mx.example', 'bad'])
  expect(problems.map(({ line }) => line)).toEqual([5])
})

test('ports are read at their limits', () => {
  expect(parsePorts('1')).toEqual([1])
  expect(parsePorts('65535, 65534-65535,1')).toEqual([1, 65534, 65535])
  for (const text of ['0', '65536', '5-4', '1,,2', 'x', '-1', '1-']) expect(() => parsePorts(text)).toThrowError(MusterError)
})

test('no text makes the target parser fail otherwise than by MusterError', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789.:/-[]@,ab%') })), (text) => {
    try {
      parseTarget(text)
    } catch (error) {
      expect(error).toBeInstanceOf(MusterError)
    }
  }))
})
