import { Network } from '../network/index.ts'
import { observationsOfSsh, probeSshIn } from '../ssh/index.ts'
import { createTlsProbeContext, observationsOfTls, probeTlsIn } from '../tls/index.ts'
import type { EndpointProber, ProbeOutcome, ProbeTarget } from './endpoint-prober.ts'

/** A connection that is accepted at all is accepted at once on the machine itself. */
const CONNECT_TIMEOUT_MS = 1000

/** Probes with the network connectors: TLS at once or by STARTTLS, then SSH where the other side says so. */
export const networkProber: EndpointProber = {
  open({ timeoutMs, signal, profile }) {
    const network = new Network({ signal, timeoutMs, connectTimeoutMs: Math.min(timeoutMs, CONNECT_TIMEOUT_MS) })
    const context = createTlsProbeContext(network)
    return {
      async probe({ host, address, port, machine }: ProbeTarget): Promise<ProbeOutcome> {
        const tls = await probeTlsIn(context, { host: address, port }, { depth: profile ? 'profile' : 'certificates' })
        if (tls.status === 'ssh') {
          const ssh = await probeSshIn(network, { host: address, port })
          return {
            observations: observationsOfSsh({ ...ssh, host }, machine),
            problems: ssh.problems,
            answered: ssh.status !== 'silent' && ssh.complete,
          }
        }
        const { observations, problems } = observationsOfTls({ ...tls, host }, machine)
        return { observations, problems, answered: tls.status !== 'silent' }
      },
    }
  },
}
