import { manualClock } from '@muster/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMetrics, renderSamples } from './metrics.ts'

const clock = manualClock('2026-03-01T00:00:00Z')

describe('renderSamples', () => {
  it('puts all samples of a name under one HELP and TYPE', () => {
    const text = renderSamples([
      { name: 'jobs', help: 'Jobs.', type: 'gauge', labels: { state: 'queued' }, value: 1 },
      { name: 'other', help: 'Other.', type: 'counter', labels: {}, value: 2.5 },
      { name: 'jobs', help: 'Jobs.', type: 'gauge', labels: { state: 'active' }, value: 3 },
    ])
    expect(text).toBe('# HELP jobs Jobs.\n# TYPE jobs gauge\njobs{state="queued"} 1\njobs{state="active"} 3\n# HELP other Other.\n# TYPE other counter\nother 2.5\n')
  })

  it('escapes backslashes, line feeds and quotes', () => {
    const text = renderSamples([{ name: 'a', help: 'one\ntwo\\"', type: 'gauge', labels: { path: 'C:\\x\n"y"' }, value: 0 }])
    expect(text).toBe('# HELP a one\\ntwo\\\\"\n# TYPE a gauge\na{path="C:\\\\x\\n\\"y\\""} 0\n')
  })

  it('spells what is no number as Prometheus does', () => {
    const sample = { name: 'a', help: '', type: 'gauge', labels: {} } as const
    expect(renderSamples([NaN, Infinity, -Infinity].map((value) => ({ ...sample, value })))).toContain('a NaN\na +Inf\na -Inf\n')
  })

  it('refuses names Prometheus would refuse', () => {
    expect(() => renderSamples([{ name: 'a-b', help: '', type: 'gauge', labels: {}, value: 0 }])).toThrow(TypeError)
    expect(() => renderSamples([{ name: 'a', help: '', type: 'gauge', labels: { 'b-c': '' }, value: 0 }])).toThrow(TypeError)
  })

  it('makes three lines of one sample, whatever its texts hold', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (help, label) => {
      expect(renderSamples([{ name: 'a', help, type: 'gauge', labels: { b: label }, value: 1 }]).split('\n')).toHaveLength(4)
    }))
  })
})

describe('metrics', () => {
  it('counts requests into cumulative buckets by route and class of status', async () => {
    const metrics = createMetrics(clock, [])
    for (const seconds of [0.005, 0.0051, 11]) metrics.observeRequest('listJobs', 200, seconds)
    metrics.observeRequest('listJobs', 404, 0.001)
    const text = await metrics.render()
    const name = 'muster_http_request_duration_seconds'
    expect(text).toContain(`${name}_bucket{route="listJobs",status="2xx",le="0.005"} 1\n${name}_bucket{route="listJobs",status="2xx",le="0.01"} 2\n`)
    expect(text).toContain(`${name}_bucket{route="listJobs",status="2xx",le="10"} 2\n${name}_bucket{route="listJobs",status="2xx",le="+Inf"} 3\n`)
    expect(text).toContain(`${name}_count{route="listJobs",status="2xx"} 3\n`)
    expect(text).toContain(`${name}_count{route="listJobs",status="4xx"} 1\n`)
    expect(text.match(/# TYPE muster_http_request_duration_seconds histogram/g)).toHaveLength(1)
  })

  it('leaves out a source that fails and says how often that happened', async () => {
    const good = async () => [{ name: 'good', help: 'Good.', type: 'gauge' as const, labels: {}, value: 1 }]
    const metrics = createMetrics(clock, [good, () => Promise.reject(new Error('away'))])
    const text = await metrics.render()
    expect(text).toContain('good 1\n')
    expect(text).toContain('muster_metrics_source_failures_total 1\n')
    expect(text).toContain('process_start_time_seconds 1772323200\n')
    expect(await metrics.render()).toContain('muster_metrics_source_failures_total 2\n')
  })
})
