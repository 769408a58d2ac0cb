import { createHmac } from 'node:crypto'
import { DEFAULT_TENANT, uuidV7 } from '@muster/core'
import type { AlertChannel, Delivery } from '@muster/core/api'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { inTx } from '../platform/db/index.ts'
import type { JobDefinition } from '../platform/jobs/job.ts'
import { testServer, type TestServer } from '../test-support/server.ts'
import type { AlertFinding } from './channel.ts'
import { type Alerts, createAlerts } from './index.ts'
import { httpPeer, smtpPeer, syslogTcpPeer, syslogUdpPeer } from './peers.testing.ts'

type Queued = { readonly definition: JobDefinition; readonly data: object; readonly startAfter: Date | null }

describe('alerts', () => {
  let server: TestServer
  let alerts: Alerts
  let admin: string
  const findings = new Map<string, AlertFinding>()
  let queue: Queued[] = []
  let current = ''
  const closers: (() => Promise<void>)[] = []

  beforeAll(async () => {
    const jobs = {
      enqueue: async (_tx: unknown, definition: unknown, data: object, options?: { startAfter?: Date }) => {
        queue.push({ definition: definition as JobDefinition, data, startAfter: options?.startAfter ?? null })
        return 'job'
      },
      cancel: async () => false,
    }
    server = await testServer({
      slices: (deps) => {
        alerts = createAlerts({
          ...deps, jobs: () => jobs, publicUrl: () => 'https://muster.example', hostname: 'muster-host',
          readFindings: async (_queryable, _tenant, ids) => ids.flatMap((id) => findings.get(id) ?? []),
        })
        return [alerts.slice]
      },
    })
    admin = await server.token('administrator')
  })
  beforeEach(async () => {
    queue = []
    findings.clear()
    for (const { id } of (await json<{ items: AlertChannel[] }>(await server.call('GET', '/api/v1/alert-channels', { token: admin }))).items) {
      await server.call('DELETE', `/api/v1/alert-channels/${id}`, { token: admin })
    }
  })
  afterAll(async () => {
    for (const close of closers) await close()
    await server.close()
  })

  const json = async <Body>(response: Response) => (await response.json()) as Body
  const closed = <Closable extends { close(): Promise<void> }>(peer: Closable) => {
    closers.push(() => peer.close())
    return peer
  }
  const common = { name: 'ops', enabled: true, severities: ['critical', 'high'], mode: 'immediate' }
  const create = async (wanted: object) => {
    const response = await server.call('POST', '/api/v1/alert-channels', { token: admin, body: { ...common, ...wanted } })
    expect(response.status, await response.clone().text()).toBe(201)
    const channel = await json<AlertChannel>(response)
    current = channel.id
    return channel
  }
  const find = (change: Partial<AlertFinding> = {}) => {
    const finding: AlertFinding = {
      id: uuidV7(server.clock), ruleId: 'x509.expired', title: 'Certificate has expired', severity: 'high', state: 'open', objectName: 'www.example.com',
      evidence: 'expired on 2026-02-01', due: '2026-02-01T00:00:00.000Z', owner: null, ...change,
    }
    findings.set(finding.id, finding)
    return finding.id
  }
  const open = (ids: readonly string[]) => inTx(server.database.db, (tx) => alerts.onFindingsChanged(tx, DEFAULT_TENANT, ids))
  /** Runs what is queued, and what that queues; a job that fails stays. */
  const work = async () => {
    const errors: unknown[] = []
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      await job.definition.run(job.definition.data.parse(job.data), { jobId: 'j', signal: new AbortController().signal }).catch((error: unknown) => errors.push(error))
    }
    return errors
  }
  /** Those of the channel made last: the clock stands, so ids made meanwhile are in no order. */
  const deliveries = async () => (await json<{ items: Delivery[] }>(await server.call('GET', '/api/v1/alert-deliveries', { token: admin }))).items.filter(({ channelId }) => channelId === current)

  it('make one message of all that an evaluation run opened, and only of what the channel asked for', async () => {
    const peer = closed(await httpPeer(200))
    await create({ type: 'webhook', url: `http://127.0.0.1:${peer.port}/hook`, owner: 'payments', dueWithinDays: 30 })
    const wanted = [find({ owner: 'payments', severity: 'critical' }), find({ owner: 'payments', due: '2026-03-31T12:00:00.000Z' })]
    const unwanted = [
      find({ owner: 'other' }), find({ owner: null }), find({ owner: 'payments', severity: 'low' }), find({ owner: 'payments', due: null }),
      find({ owner: 'payments', due: '2026-03-31T12:00:01.000Z' }), find({ owner: 'payments', state: 'accepted' }),
    ]
    await open([...wanted.slice(0, 1), ...unwanted])
    await open(wanted)
    expect(queue.map(({ startAfter }) => startAfter?.toISOString())).toEqual(['2026-03-01T12:00:15.000Z', '2026-03-01T12:00:15.000Z'])
    expect(await work()).toEqual([])
    expect(peer.received.length).toBe(1)
    const sent = JSON.parse(peer.received[0]!.body) as { total: number; findings: { id: string }[]; headline: string }
    expect([sent.total, sent.findings.map(({ id }) => id), sent.headline]).toEqual([2, wanted, 'Muster: 2 new findings: 1 critical, 1 high'])
  })

  it('say nothing when the transaction rolls back, or when all is closed again by then', async () => {
    const peer = closed(await httpPeer(200))
    await create({ type: 'webhook', url: `http://127.0.0.1:${peer.port}/` })
    const lost = find()
    await inTx(server.database.db, async (tx) => {
      await alerts.onFindingsChanged(tx, DEFAULT_TENANT, [lost])
      throw new Error('rolled back')
    }).catch(() => undefined)
    const mended = find()
    await open([mended])
    findings.set(mended, { ...findings.get(mended)!, state: 'closed' })
    await work()
    expect(peer.received).toEqual([])
  })

  it('sign webhooks over time and body, and keep their id on a retry', async () => {
    const peer = closed(await httpPeer(500, 503, 200))
    await create({ type: 'webhook', url: `http://127.0.0.1:${peer.port}/hook?channel=x`, signingKey: 'a-key-of-sixteen+' })
    await open([find()])
    const [failure] = await work()
    expect(failure).toMatchObject({ code: 'delivery.failed' })
    const [pending] = await deliveries()
    expect(pending).toMatchObject({ state: 'pending', attempts: 1, error: `127.0.0.1:${peer.port} answered with status 500`, findingCount: 1 })
    for (let i = 0; i < 2; i++) {
      queue.push({ definition: alerts.slice.jobs.find(({ queue: name }) => name === 'alerts.deliver')!, data: { tenantId: DEFAULT_TENANT, deliveryId: pending!.id }, startAfter: null })
      await work()
    }
    expect((await deliveries())[0]).toMatchObject({ state: 'delivered', attempts: 3, error: null })
    expect(new Set(peer.received.map(({ headers }) => headers['muster-delivery']))).toEqual(new Set([pending!.id]))
    for (const { headers, body } of peer.received) {
      const [, seconds, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['muster-signature']))!
      expect(Number(seconds)).toBe(server.clock.now().getTime() / 1000)
      expect(mac).toBe(createHmac('sha256', 'a-key-of-sixteen+').update(`${seconds}.${body}`).digest('hex'))
    }
  })

  it('give up after ten attempts and say why', async () => {
    const peer = await httpPeer(200)
    await peer.close()
    await create({ type: 'webhook', url: `http://127.0.0.1:${peer.port}/` })
    await open([find()])
    await work()
    const [{ id }] = (await deliveries()) as [Delivery]
    const deliver = alerts.slice.jobs.find(({ queue: name }) => name === 'alerts.deliver')!
    for (let i = 2; i <= 11; i++) {
      queue.push({ definition: deliver, data: { tenantId: DEFAULT_TENANT, deliveryId: id }, startAfter: null })
      const errors = await work()
      expect(errors.length, `attempt ${i}`).toBe(i < 10 ? 1 : 0)
    }
    expect((await deliveries())[0]).toMatchObject({ state: 'failed', attempts: 10, error: `127.0.0.1:${peer.port} could not be reached: ECONNREFUSED` })
  })

  it('follow no redirect', async () => {
    const peer = closed(await httpPeer(302))
    const channel = await create({ type: 'webhook', url: `http://127.0.0.1:${peer.port}/here` })
    const delivery = await json<Delivery>(await server.call('POST', `/api/v1/alert-channels/${channel.id}/test`, { token: admin }))
    expect(delivery).toMatchObject({ state: 'failed', error: `127.0.0.1:${peer.port} answered with a redirect (302), which is not followed` })
    expect(peer.received.map(({ path }) => path)).toEqual(['/here'])
  })

  it('go to no metadata address, however it is written', async () => {
    for (const host of ['169.254.169.254', '0xa9fea9fe', '2852039166', '[::ffff:169.254.169.254]', '[fe80::1]', '[fd00:ec2::254]', '[64:ff9b::a9fe:a9fe]', '100.100.100.200', '0.0.0.0', '168.63.129.16', '[fd20:ce::254]', '[2002:a9fe:a9fe::1]', 'metadata.google.internal', 'METADATA.GOOGLE.INTERNAL.']) {
      const channel = await create({ type: 'webhook', url: `http://${host}/latest/meta-data` })
      const delivery = await json<Delivery>(await server.call('POST', `/api/v1/alert-channels/${channel.id}/test`, { token: admin }))
      expect([host, delivery.state, /messages are not sent to/.test(delivery.error ?? '')]).toEqual([host, 'failed', true])
    }
  })

  it('collect a digest once a day at its hour, and catch up a missed one', async () => {
    const peer = closed(await httpPeer(200))
    await create({ type: 'webhook', url: `http://127.0.0.1:${peer.port}/`, mode: 'digest', digestHourUtc: 14 })
    const digest = alerts.slice.jobs.find(({ queue: name }) => name === 'alerts.digest')!
    const tick = async () => {
      queue.push({ definition: digest, data: { tenantId: DEFAULT_TENANT }, startAfter: null })
      await work()
      return peer.received.length
    }
    const start = server.clock.now()
    await open([find(), find()])
    expect(queue).toEqual([])
    server.clock.set('2026-03-01T13:59:59Z')
    expect(await tick()).toBe(0)
    server.clock.set('2026-03-01T14:00:00Z')
    expect(await tick()).toBe(1)
    await open([find()])
    server.clock.set('2026-03-02T13:59:59Z')
    expect(await tick()).toBe(1)
    // The server was off at two o'clock.
    server.clock.set('2026-03-02T21:30:00Z')
    expect(await tick()).toBe(2)
    expect(await tick()).toBe(2)
    expect((JSON.parse(peer.received[0]!.body) as { headline: string }).headline).toBe("Muster: 2 findings in today's digest: 2 high")
    server.clock.set(start)
  })

  it('arrive by mail, as one message with a stable id', async () => {
    const peer = closed(await smtpPeer())
    await create({ type: 'smtp', host: '127.0.0.1', port: peer.port, tls: 'none', username: 'muster', password: 'smtp-secret', from: 'Muster <muster@example.com>', to: ['a@example.com', 'b@example.com'] })
    await open([find({ severity: 'critical', objectName: 'evil\r\nBcc: c@example.com' }), find()])
    expect(await work()).toEqual([])
    const [mail] = peer.received
    const [delivery] = await deliveries()
    expect([peer.received.length, mail!.to.length, delivery!.state]).toEqual([1, 2, 'delivered'])
    expect(mail!.auth).toBe(`AUTH PLAIN ${Buffer.from('\0muster\0smtp-secret').toString('base64')}`)
    const [head, body] = [mail!.data.split('\n\n')[0]!, mail!.data]
    expect(head).toContain('Subject: Muster: 2 new findings: 1 critical, 1 high')
    expect(head).toContain(`Message-ID: <${delivery!.id}@muster.invalid>`)
    expect(head).not.toMatch(/^bcc/im)
    expect(body).toContain('[critical] Certificate has expired: evil Bcc: c@example.com')
  })

  it('tell what a mail server said without quoting it', async () => {
    for (const [script, error] of [[{ AUTH: '535 no smtp-secret' }, 535], [{ RCPT: '550 smtp-secret unknown' }, 550], [{ '.': '554 smtp-secret' }, 554], [{ '': '421 busy' }, 421]] as const) {
      const peer = closed(await smtpPeer(script))
      const channel = await create({ type: 'smtp', host: '127.0.0.1', port: peer.port, tls: 'none', username: 'muster', password: 'smtp-secret', from: 'muster@example.com', to: ['a@example.com'] })
      const delivery = await json<Delivery>(await server.call('POST', `/api/v1/alert-channels/${channel.id}/test`, { token: admin }))
      expect(delivery).toMatchObject({ state: 'failed', error: `mail could not be handed to 127.0.0.1 port ${peer.port}: it answered ${error}` })
    }
  })

  it('say when nothing listens where the mail server should', async () => {
    const peer = await smtpPeer({})
    await peer.close()
    const channel = await create({ type: 'smtp', host: '127.0.0.1', port: peer.port, tls: 'none', from: 'muster@example.com', to: ['a@example.com'] })
    const delivery = await json<Delivery>(await server.call('POST', `/api/v1/alert-channels/${channel.id}/test`, { token: admin }))
    expect(delivery).toMatchObject({ state: 'failed', error: `mail could not be handed to 127.0.0.1 port ${peer.port}: ECONNREFUSED` })
  })

  it('arrive at a Slack-compatible address, which stays secret', async () => {
    const peer = closed(await httpPeer(200))
    const channel = await create({ type: 'slack', url: `http://127.0.0.1:${peer.port}/services/T0/B0/slack-secret` })
    expect(channel).toEqual({ ...common, id: channel.id, type: 'slack', owner: null, dueWithinDays: null, digestHourUtc: 7, urlSet: true })
    await open([find({ objectName: '<!channel> & co' })])
    await work()
    expect(peer.received[0]!.path).toBe('/services/T0/B0/slack-secret')
    expect((JSON.parse(peer.received[0]!.body) as { text: string }).text).toContain('• *high* Certificate has expired: &lt;!channel&gt; &amp; co')
  })

  it('arrive at syslog over UDP and, counted, over TCP', async () => {
    const udp = closed(await syslogUdpPeer())
    const tcp = closed(await syslogTcpPeer())
    await create({ type: 'syslog', host: '127.0.0.1', port: udp.port, transport: 'udp' })
    await create({ type: 'syslog', host: '127.0.0.1', port: tcp.port, transport: 'tcp' })
    const datagram = udp.next()
    await open([find({ severity: 'critical', objectName: 'ü'.repeat(290), evidence: '€'.repeat(250) }), ...Array.from({ length: 9 }, () => find({ objectName: 'ü'.repeat(290) }))])
    expect(await work()).toEqual([])
    const line = await datagram
    expect(line).toMatch(/^<82>1 2026-03-01T12:00:00\.000Z muster-host muster \d+ findings - \uFEFFMuster: 10 new findings: 1 critical, 9 high delivery=[0-9a-f-]{36} \| critical x509\.expired ü/)
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(2048)
    expect(line).not.toContain('\uFFFD')
    const [frame] = tcp.received
    const [, octets, rest] = /^(\d+) (.*)$/s.exec(frame!)!
    expect(Number(octets)).toBe(Buffer.byteLength(rest!))
  })

  it('keep secrets write-only, and a password at the server it was given for', async () => {
    const smtp = { ...common, type: 'smtp', host: 'mail.example.com', port: 465, tls: 'implicit', username: 'muster', from: 'm@example.com', to: ['a@example.com'] }
    const channel = await create({ ...smtp, password: 'smtp-secret' })
    const put = (change: object) => server.call('PUT', `/api/v1/alert-channels/${channel.id}`, { token: admin, body: { ...smtp, ...change } })
    expect(await json<object>(await put({ name: 'renamed' }))).toMatchObject({ name: 'renamed', passwordSet: true })
    expect((await put({ host: 'mail.evil.example' })).status).toBe(400)
    expect((await put({ host: 'mail.evil.example', password: 'another' })).status).toBe(200)
    expect((await put({ type: 'slack', url: 'https://hooks.example/x' })).status).toBe(409)
    expect((await put({ tls: 'none', password: 'another' })).status).toBe(400)
    const everything = [
      await (await server.call('GET', '/api/v1/alert-channels', { token: admin })).text(), await (await server.call('GET', '/api/v1/alert-deliveries', { token: admin })).text(),
      await (await server.call('GET', '/api/v1/export/audit', { token: admin })).text(), server.logged.join('\n'),
      JSON.stringify(await server.database.db.withTables<{ alert_channels: object }>().selectFrom('alert_channels').selectAll().execute()),
    ].join('\n')
    for (const secret of ['smtp-secret', 'slack-secret', 'a-key-of-sixteen+', 'another']) expect(everything).not.toContain(secret)
  })
})
