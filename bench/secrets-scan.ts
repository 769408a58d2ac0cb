/**
 * One scan for secrets in a process of its own, for the benches that time it: options as JSON, then the directory of a memory or nothing. Prints what it looked at and
 * found as one JSON line.
 */
import { createSecretsConnector, fileMemory, noMemory, secretsOptionsSchema } from '@muster/connectors/secrets'
import { Secret, systemClock } from '@muster/core'
import { fingerprintsUnder } from '../packages/detect/src/fingerprint.ts'

const options = secretsOptionsSchema.parse(JSON.parse(process.argv[2]!))
const memory = process.argv[3] === undefined ? noMemory : fileMemory(process.argv[3])
// As the server runs it: values are told by their fingerprints, and nobody asks for more.
const connector = createSecretsConnector({ fingerprints: fingerprintsUnder(new Secret(new Uint8Array(32))), memory })
let files = 0
let findings = 0
let observations = 0
for await (const batch of connector.scan(options, { clock: systemClock, signal: new AbortController().signal, resumeFrom: null, passphrases: [] })) {
  files = batch.progress.done
  observations += batch.observations.length
  findings += batch.observations.filter((each) => each.observation === 'sighting' && each.of === 'credential').length
}
const { user, system } = process.cpuUsage()
process.stdout.write(`${JSON.stringify({ files, findings, observations, cpuSeconds: (user + system) / 1e6 })}\n`)
