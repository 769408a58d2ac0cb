import { createHash, createHmac } from 'node:crypto'

export type SigningInput = {
  readonly method: string
  readonly url: URL
  /** Names in lower case; `host` and `x-amz-date` are added. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly region: string
  readonly service: string
  readonly keyId: string
  readonly secretKey: string
  readonly now: Date
}

/** The headers of a request signed by AWS Signature Version 4 (AWS Signature Version 4 for API requests, "Create a signed request"). */
export function signedHeaders(input: SigningInput): Readonly<Record<string, string>> {
  const stamp = input.now.toISOString().replaceAll(/[-:]|\.\d{3}/g, '')
  const date = stamp.slice(0, 8)
  const headers: Record<string, string> = { ...input.headers, host: input.url.host, 'x-amz-date': stamp }
  const names = Object.keys(headers).sort()
  const query = [...input.url.searchParams].map(([name, value]) => `${encoded(name)}=${encoded(value)}`).sort().join('&')
  const canonical = [
    input.method, input.url.pathname, query, ...names.map((name) => `${name}:${headers[name]!.trim().replaceAll(/\s+/g, ' ')}`), '', names.join(';'), sha256(input.body),
  ].join('\n')
  const scope = `${date}/${input.region}/${input.service}/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', stamp, scope, sha256(canonical)].join('\n')
  const key = [date, input.region, input.service, 'aws4_request'].reduce<Buffer>((under, part) => hmac(under, part), Buffer.from(`AWS4${input.secretKey}`))
  const signature = hmac(key, toSign).toString('hex')
  return { ...headers, authorization: `AWS4-HMAC-SHA256 Credential=${input.keyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}` }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const hmac = (key: Uint8Array, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/** Percent-encoding of everything but RFC 3986's unreserved characters. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}
