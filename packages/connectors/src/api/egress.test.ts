import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { forbid } from '../network/forbidden.ts'
import { egressList } from './egress.ts'

const list = (...entries: string[]) => egressList(entries, forbid([], []))
const host = (url: string, ...entries: string[]) => list(...entries).host(new URL(url))

describe('the egress list', () => {
  it('permits the hosts it names and nothing else', () => {
    expect(host('https://api.github.com/user', 'api.github.com')).toBeNull()
    expect(host('https://api.github.com./user', 'API.GitHub.com')).toBeNull()
    expect(host('https://api.github.com.evil.example/', 'api.github.com')).toMatch(/not on the egress list/)
    expect(host('https://xapi.github.com/', 'api.github.com')).toMatch(/not on the egress list/)
    expect(host('https://github.com/', 'api.github.com')).toMatch(/not on the egress list/)
    expect(host('https://api.github.com/')).toMatch(/not on the egress list/)
  })

  it('takes a wildcard for names below, not for the name itself', () => {
    expect(host('https://acme.okta.com/', '*.okta.com')).toBeNull()
    expect(host('https://okta.com/', '*.okta.com')).not.toBeNull()
    expect(host('https://notokta.com/', '*.okta.com')).not.toBeNull()
    expect(() => list('*.com')).toThrow(/not a host/)
  })

  it('keeps to the port where an entry names one', () => {
    expect(host('https://git.example:8443/', 'git.example:8443')).toBeNull()
    expect(host('https://git.example/', 'git.example:443')).toBeNull()
    expect(host('https://git.example/', 'git.example:8443')).not.toBeNull()
  })

  it('refuses plain HTTP except to loopback, other schemes and URLs with a login', () => {
    expect(host('http://git.example/', 'git.example')).toMatch(/not encrypted/)
    expect(host('http://10.0.0.1/', '10.0.0.1')).toMatch(/not encrypted/)
    expect(host('http://127.0.0.1:8080/', '127.0.0.1')).toBeNull()
    expect(host('ftp://git.example/', 'git.example')).toMatch(/neither/)
    expect(host('https://user@git.example/', 'git.example')).toMatch(/login/)
  })

  it('lets a name lead to addresses inside only where their range is named too', () => {
    const open = list('git.example')
    for (const inside of ['10.1.2.3', '127.0.0.1', '192.168.0.1', '172.16.0.1', '172.31.255.255', '100.64.0.1', '::1', 'fd00::1', 'fe80::1', '::ffff:10.1.2.3', '64:ff9b::10.1.2.3', '0.0.0.0']) {
      expect(open.address(inside, 443), inside).toMatch(/no public address/)
    }
    expect(open.address('172.32.0.1', 443)).toBeNull()
    expect(open.address('192.0.2.1', 443)).toBeNull()
    expect(open.address('2001:db8::1', 443)).toBeNull()
    expect(list('git.example', '10.0.0.0/8').address('10.1.2.3', 443)).toBeNull()
    expect(list('git.example', '10.1.2.3:8443').address('10.1.2.3', 443)).not.toBeNull()
  })

  it('never permits metadata services and what the installation forbids, whatever is named', () => {
    const open = egressList(['0.0.0.0/0', '::/0', 'metadata.google.internal'], forbid(['10.0.0.5:5432'], []))
    expect(open.address('169.254.169.254', 443)).toMatch(/metadata/)
    expect(open.address('::ffff:169.254.169.254', 443)).toMatch(/metadata/)
    expect(open.address('10.0.0.5', 5432)).toMatch(/installation/)
    expect(open.address('10.0.0.5', 443)).toBeNull()
    expect(open.host(new URL('https://metadata.google.internal/'))).toMatch(/never contacts/)
  })

  it('permits nothing by accident: a host that is not equal to an entry is refused', () => {
    fc.assert(fc.property(fc.domain(), fc.domain(), (one, other) => {
      fc.pre(one.toLowerCase() !== other.toLowerCase() && URL.canParse(`https://${one}/`))
      expect(host(`https://${one}/`, other)).not.toBeNull()
    }))
  })
})
