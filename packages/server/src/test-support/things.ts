import type { Observation } from '@muster/core'
import { atEndpoint, coveredPath, inFile, inRepository, sampleCertificate, sampleEndpoint, sampleKey, sampleMachine, sampleSecret, sampleSource, sighting } from '../inventory/samples.ts'
import { runOnce } from './run-once.ts'
import type { WholeServer } from './whole.ts'

const machine = sampleMachine('m', [{ type: 'host-id', value: 'h1' }, { type: 'address', value: '10.0.0.1' }])
const source = sampleSource('git.example.com/shop')

/** Two of everything an inventory holds, so that every list has a second page. */
export const observations: readonly Observation[] = [
  machine, sampleMachine('n', [{ type: 'host-id', value: 'h2' }]), source,
  ...['a', 'b'].flatMap((seed): Observation[] => [
    sighting('m', sampleCertificate(seed, { commonName: `${seed}.example.com` }), inFile(`/pki/${seed}.pem`)), sighting('n', sampleCertificate(seed), inFile(`/pki/${seed}.pem`)), sighting('m', sampleKey(seed), inFile(`/pki/${seed}.key`, { part: 'private-key' })),
    sighting(source.ref, sampleSecret(seed), inRepository(`${seed}.env`)), sighting('m', sampleCertificate(seed), atEndpoint(`10.0.0.${seed === 'a' ? 1 : 2}`, 443)),
    sampleEndpoint('m', `10.0.0.${seed === 'a' ? 1 : 2}`, 443, [sampleCertificate(seed).fingerprint]),
    { observation: 'sighting', of: 'identity', machine: 'm', system: 'unix', name: seed, identityKind: 'unknown', attributes: {} },
  ]),
  coveredPath('m', '/pki'),
]

/** Makes one or two of every kind of thing through the API, evaluates them, and returns the ids of all. */
export async function everyKindOfThing(server: WholeServer, token: string): Promise<readonly string[]> {
  const send = async (method: string, path: string, body?: unknown) => {
    const response = await server.call(method, `/api/v1/${path}`, { token, ...(body === undefined ? {} : { body }) })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text === '' ? null : JSON.parse(text) as { id: string; items?: { id: string }[]; apiToken?: { id: string }; account?: { id: string } }
  }
  const made: string[] = []
  for (const n of [1, 2]) {
    const scan = (await send('POST', 'imports', { kind: 'host', title: `import ${n}` }))!
    const problems = ['/x', '/y'].map((where) => ({ code: 'file.unreadable', where, message: 'no' }))
    await send('POST', `imports/${scan.id}/batches`, { sequence: 0, batch: { observations, problems, progress: { done: 1, total: null, unit: 'files', current: '' }, cursor: null } })
    if (n === 1) await send('POST', `imports/${scan.id}/finish`, { state: 'complete' })
    made.push(scan.id)
    made.push((await send('POST', 'scans', { kind: 'tls', options: { targets: [`10.9.9.${n}:443`] } }))!.id)
    made.push((await send('POST', 'views', { page: 'inventory', name: `view ${n}`, query: 'q=a', shared: true }))!.id)
    made.push((await send('POST', 'label-rules', { name: `rule ${n}`, position: n, enabled: true, match: { path: '/pki/*' }, set: { owner: 'pki' } }))!.id)
    made.push((await send('POST', 'schedules', { name: `schedule ${n}`, kind: 'tls', options: { targets: ['10.9.9.9:443'] }, cron: '0 3 * * *', timeZone: 'UTC', enabled: true }))!.id)
    made.push((await send('POST', 'connections', { kind: 'github', name: `connection ${n}`, baseUrl: 'https://api.github.com', token: 'a token' }))!.id)
    made.push((await send('POST', 'alert-channels', { type: 'syslog', name: `channel ${n}`, enabled: true, severities: ['high', 'medium', 'low', 'info', 'critical'], mode: 'immediate', host: '127.0.0.1', port: 1, transport: 'tcp' }))!.id)
    made.push((await send('POST', 'api-tokens', { name: `token ${n}`, role: 'viewer' }))!.apiToken!.id)
    made.push((await send('POST', 'accounts', { email: `person${n}@example.com`, name: `Person ${n}`, role: 'viewer' }))!.account!.id)
  }
  await runOnce(server, 'findings.evaluate')
  for (const list of ['credentials', 'machines', 'endpoints', 'identities', 'findings', 'jobs']) made.push(...(await send('GET', `${list}?limit=6`))!.items!.map(({ id }) => id))
  return made
}
