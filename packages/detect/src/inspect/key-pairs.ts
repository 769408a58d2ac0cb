import type { Facts } from '../finding.ts'
import type { FoundSecret } from './found-secret.ts'

/** Two values that only work together: the public half names the account, the secret one proves it. */
const pairKinds: readonly { readonly id: string; readonly secret: string; readonly facts: (id: FoundSecret) => Facts }[] = [
  { id: 'aws-access-key-id', secret: 'aws-secret-access-key', facts: awsFacts },
]

/** An id this many lines from the secret at most belongs to it where a file holds several. */
const NEAR_LINES = 8

function textOf({ secret }: FoundSecret): string {
  return secret.revealText().slice(0, 128)
}

/** What an AWS access key id tells of its secret. */
export function awsFacts(id: FoundSecret): Facts {
  const { account = '', type = '' } = id.facts
  return { keyId: textOf(id), ...account === '' ? {} : { accountId: account }, ...type === '' ? {} : { keyKind: type === 'temporary' ? 'temporary' : 'long-lived' } }
}

/** The findings with the id of each key pair written among the facts of its secret, wherever the file leaves no doubt which belongs to which. */
export function paired(found: readonly FoundSecret[]): readonly FoundSecret[] {
  let result = found
  for (const { id, secret, facts } of pairKinds) {
    const ids = result.filter((each) => each.kind === id && each.suppressedBy === null)
    if (ids.length === 0) continue
    result = result.map((each) => {
      if (each.kind !== secret || each.suppressedBy !== null || each.facts['keyId'] !== undefined) return each
      const partner = partnerOf(each, ids)
      return partner === null ? each : { ...each, facts: { ...each.facts, ...facts(partner) } }
    })
  }
  return result
}

function partnerOf(secret: FoundSecret, ids: readonly FoundSecret[]): FoundSecret | null {
  const here = ids.filter(({ path }) => path === secret.path)
  if (new Set(here.map(textOf)).size === 1) return here[0]!
  const near = here.map((id) => ({ id, distance: Math.abs(id.line - secret.line) })).filter(({ distance }) => distance <= NEAR_LINES).sort((a, b) => a.distance - b.distance)
  return near.length === 0 || near[1]?.distance === near[0]!.distance ? null : near[0]!.id
}
