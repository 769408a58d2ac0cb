import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchesHostname } from './hostname.ts'

const dns = (...values: string[]) => ({ subjectAltNames: values.map((value) => ({ type: 'dns' as const, value })) })
const ip = (...values: string[]) => ({ subjectAltNames: values.map((value) => ({ type: 'ip' as const, value })) })

describe('a host name matches by RFC 9525 when', () => {
  it.each([
    ['www.example.com', 'www.example.com', true], ['WWW.Example.com', 'www.example.COM', true], ['www.example.com', 'www.example.com.', true],
    ['www.example.com', 'example.com', false], ['*.example.com', 'www.example.com', true], ['*.example.com', 'example.com', false],
    ['*.example.com', 'a.b.example.com', false], ['w*.example.com', 'www.example.com', false], ['www.*.com', 'www.example.com', false],
    ['*.com', 'example.com', false], ['*', 'example', false], ['xn--mnchen-3ya.example', 'münchen.example', true],
    ['*.example.com', '.example.com', false], ['*.example.com', '*.example.com', false], ['my_host.example.com', 'my_host.example.com', true],
    ['evil.com\\00.good.com', 'evil.com', false], ['', '', false], ['192.0.2.1', '192.0.2.1', false],
  ])('the certificate says %j and the name is %j: %s', (pattern, name, expected) => {
    expect(matchesHostname(dns(pattern), name)).toBe(expected)
  })
  it('an address entry is the same address, however it is written', () => {
    expect(matchesHostname(ip('2001:db8::1'), '2001:0DB8:0:0::1')).toBe(true)
    expect(matchesHostname(ip('2001:db8::1'), '[2001:db8::1]')).toBe(true)
    expect(matchesHostname(ip('192.0.2.1'), '192.0.2.1')).toBe(true)
    expect(matchesHostname(ip('192.0.2.1'), '192.0.2.2')).toBe(false)
    expect(matchesHostname(ip('192.0.2.1'), 'fe80::1%eth0')).toBe(false)
  })
  it('any of its names does', () => expect(matchesHostname(dns('a.example', 'b.example'), 'b.example')).toBe(true))
  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (pattern, name) => {
      expect(typeof matchesHostname(dns(pattern), name)).toBe('boolean')
    }))
  })
})
