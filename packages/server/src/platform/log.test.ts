import { manualClock, MusterError, Secret } from '@muster/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { censorText, createLog, withFields } from './log.ts'

function logged(write: (log: ReturnType<typeof createLog>) => void, level: 'debug' | 'info' = 'info'): Record<string, unknown>[] {
  const lines: string[] = []
  write(createLog({ level, clock: manualClock('2026-03-01T12:00:00Z'), write: (line) => lines.push(line) }))
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}

describe('the log', () => {
  it('writes one line of JSON per event, timed by the clock', () => {
    expect(logged((log) => log.info({ scanId: 7 }, 'scan started'))).toEqual([{ level: 'info', time: '2026-03-01T12:00:00.000Z', scanId: 7, msg: 'scan started' }])
  })

  it('keeps to its level', () => {
    expect(logged((log) => log.debug({}, 'detail'))).toEqual([])
    expect(logged((log) => log.debug({}, 'detail'), 'debug')).toHaveLength(1)
  })

  it('censors fields named like secrets, nested ones too, and Secret values anywhere', () => {
    const [line] = logged((log) => log.info({ password: 'hunter2', request: { authorization: 'x hunter2', headers: { cookie: 'hunter2' } }, value: Secret.fromText('hunter2') }, 'm'))
    expect(JSON.stringify(line)).not.toContain('hunter2')
    expect(line).toMatchObject({ password: '[redacted]', value: '[secret]' })
  })

  it('takes from a foreign error what names the fault and leaves the values', () => {
    const fault = Object.assign(new Error('duplicate key'), { code: '23505', detail: 'Key (token)=(hunter2) already exists.', parameters: ['hunter2'] })
    const [line] = logged((log) => log.error({ err: new MusterError('internal', 'it failed', { id: 1 }, { cause: fault }) }, 'm'))
    expect(line).toMatchObject({ err: { type: 'MusterError', code: 'internal', detail: { id: 1 }, cause: { code: '23505', message: 'duplicate key' } } })
    expect(JSON.stringify(line)).not.toContain('hunter2')
  })

  it('tells an error that was spread into an object, and nothing of other values', () => {
    const fault = { message: 'connection refused', code: 'ECONNREFUSED', parameters: ['hunter2'] }
    const lines = logged((log) => { for (const err of [fault, 'hunter2', { hunter2: 1 }]) log.warn({ err }, 'm') })
    expect(lines.map(({ err }) => err)).toEqual([{ type: 'object', code: 'ECONNREFUSED', message: 'connection refused' }, { type: 'string' }, { type: 'object' }])
  })

  it('adds fields to every line of a log made with them', () => {
    const [line] = logged((log) => withFields(log, { requestId: 'r1' }).warn({ a: 1 }, 'm'))
    expect(line).toMatchObject({ requestId: 'r1', a: 1, msg: 'm', level: 'warn' })
  })

  it('does not follow a chain of causes for ever', () => {
    const loop = new Error('loop')
    loop.cause = loop
    expect(JSON.stringify(logged((log) => log.error({ err: loop }, 'm'))).length).toBeLessThan(50_000)
  })
})

describe('censorText', () => {
  const jwt = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0In0', 'c2lnbmF0dXJl'].join('.')
  it.each([
    ['postgres://muster:hunter2@db/x', 'postgres://muster:[redacted]@db/x'],
    ['Authorization: Bearer abcdefgh12345', 'Authorization: Bearer [redacted]'],
    [`an api token mst_${'a'.repeat(43)}.`, 'an api token [redacted]'],
    [`jwt ${jwt}`, 'jwt [redacted]'],
    ['password=hunter2&next=1', 'password=[redacted]&next=1'],
    ['-----BEGIN RSA PRIVATE KEY-----\\nMIIE\\n-----END RSA PRIVATE KEY-----', '[redacted]'],
    ['-----BEGIN PRIVATE KEY-----\\nMIIE cut off', '[redacted]'],
    ['https://example.org/a:b@c', 'https://example.org/a:b@c'],
    ['-----BEGIN CERTIFICATE-----', '-----BEGIN CERTIFICATE-----'],
  ])('%s', (text, censored) => {
    expect(censorText(text)).toBe(censored)
  })

  it('leaves a line of JSON a line of JSON, whatever is in it', () => {
    fc.assert(fc.property(fc.record({ msg: fc.string({ unit: 'binary' }), extra: fc.constantFrom('mst_', 'password="', 'Bearer ', '-----BEGIN PRIVATE KEY-----', 'a://b:') }), (value) => {
      expect(() => JSON.parse(censorText(JSON.stringify({ text: value.extra + value.msg }))) as unknown).not.toThrow()
    }))
  })
})
