import { MusterError } from '@muster/core'

/**
 * Ports of a list such as `443,8443,9000-9010`: ascending, each once.
 * @throws MusterError target.invalid for anything that is not a port from 1 to 65535
 */
export function parsePorts(text: string): readonly number[] {
  const ports = new Set<number>()
  for (const part of text.split(',')) {
    const match = /^\s*(\d{1,5})(?:\s*-\s*(\d{1,5}))?\s*$/.exec(part)
    const first = Number(match?.[1])
    const last = match?.[2] === undefined ? first : Number(match[2])
    if (match === null || first < 1 || last > 65_535 || last < first) {
      throw new MusterError('target.invalid', `not a port list: ${JSON.stringify(text.slice(0, 100))} (ports are 1 to 65535, ranges as 9000-9010)`)
    }
    for (let port = first; port <= last; port++) ports.add(port)
  }
  return [...ports].sort((a, b) => a - b)
}

/** Ports a TLS scan tries where the operator names none: direct TLS and the STARTTLS protocols' own ports. */
export const defaultTlsPorts: readonly number[] = [
  21, 25, 110, 119, 143, 389, 443, 465, 563, 587, 636, 853, 989, 990, 992, 993, 994, 995, 1433, 2376, 2379, 3269, 3306, 3389, 4190,
  5061, 5222, 5223, 5269, 5432, 5671, 5986, 6443, 6514, 8200, 8443, 8883, 9090, 9200, 9443, 10_250,
]

/** Ports an SSH scan tries where the operator names none. */
export const defaultSshPorts: readonly number[] = [22]
