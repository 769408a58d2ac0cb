import { createSecureContext } from 'node:tls'
import { type ClusterAccess, readKubeconfig } from '@muster/connectors'
import { isMusterError, MusterError, Secret } from '@muster/core'
import type { ChangedConnection, ConnectionKind, SignInMethod } from '@muster/core/api'

/** What proves this installation to a system, as it is sealed, and what a kubeconfig says of the system beside. */
export type GivenCredential = { readonly signsInWith: SignInMethod; readonly secret: Secret; readonly baseUrl?: string; readonly caPem?: string }

type Given = Pick<ChangedConnection, 'token' | 'clientCertificate' | 'tokenFile' | 'kubeconfig' | 'context'>

const ways = ['token', 'clientCertificate', 'tokenFile', 'kubeconfig'] as const

/** The credential of a request; null where it gives none. @throws MusterError request.invalid for several, and for what the system does not take; quotes none of it */
export async function givenCredential(kind: ConnectionKind, given: Given): Promise<GivenCredential | null> {
  const named = ways.filter((way) => given[way] !== undefined)
  const [way, ...others] = named
  if (others.length > 0) throw invalid(others[0]!, `is one credential too many beside ${way}`)
  if (way === undefined) {
    if (given.context !== undefined) throw invalid('context', 'is one of a kubeconfig, which is not given')
    return null
  }
  if (kind !== 'kubernetes' && way !== 'token') throw invalid(way, 'is for clusters; code hosts take a token')
  switch (way) {
    case 'token': return { signsInWith: 'token', secret: Secret.fromText(given.token!.trim()) }
    case 'tokenFile': {
      if (given.tokenFile!.split('/').includes('..')) throw invalid('tokenFile', 'must not lead upwards')
      return { signsInWith: 'token-file', secret: Secret.fromText(given.tokenFile!) }
    }
    case 'clientCertificate': return certificate(given.clientCertificate!)
    case 'kubeconfig': return fromKubeconfig(given.kubeconfig!, given.context ?? null)
  }
}

/** A client certificate that its key belongs to. */
function certificate(pem: string): GivenCredential {
  try {
    createSecureContext({ cert: pem, key: pem })
  } catch {
    throw invalid('clientCertificate', 'must hold a certificate and its key, not encrypted, as PEM')
  }
  return { signsInWith: 'client-certificate', secret: Secret.fromText(pem) }
}

async function fromKubeconfig(text: string, context: string | null): Promise<GivenCredential> {
  const elsewhere = (path: string): Promise<never> => Promise.reject(new MusterError('usage.invalid', `the kubeconfig names the file ${path.slice(0, 200)}, which is not here: give it with everything written in it (kubectl config view --raw --flatten)`))
  try {
    const { server, caPem, access } = await readKubeconfig(text, { context, readFile: elsewhere, tokenFile: () => null })
    return { ...sealable(access), baseUrl: server, ...(caPem === null ? {} : { caPem }) }
  } catch (error) {
    throw isMusterError(error) ? invalid('kubeconfig', error.message) : error
  }
}

function sealable(access: ClusterAccess): Pick<GivenCredential, 'signsInWith' | 'secret'> {
  switch (access.kind) {
    case 'token': return { signsInWith: 'token', secret: access.token }
    case 'client-certificate': return { signsInWith: 'client-certificate', secret: access.pem }
    case 'token-file': return { signsInWith: 'token-file', secret: Secret.fromText(access.path) }
  }
}

/** A refusal of a field of the request. */
export function invalid(field: string, message: string): MusterError {
  return new MusterError('request.invalid', `body.${field}: ${message}`.slice(0, 1000), { errors: [{ path: `body.${field}`, message: message.slice(0, 900) }] })
}
