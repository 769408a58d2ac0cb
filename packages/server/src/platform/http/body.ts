import { MusterError } from '@muster/core'

/** The largest request body of ordinary routes, bytes. */
export const MAX_BODY_BYTES = 1024 * 1024
/** The largest body of one batch of a scan run elsewhere, bytes. */
export const MAX_BATCH_BODY_BYTES = 16 * 1024 * 1024
/** The largest body with a text of a million characters or two in it, bytes. */
export const MAX_TEXT_BODY_BYTES = 8 * 1024 * 1024
const MAX_JSON_DEPTH = 64

/**
 * The request's JSON body, read up to `maxBytes`.
 *
 * @throws MusterError request.unsupported-media-type unless it says `application/json`; request.too-large beyond
 *   `maxBytes`; request.invalid for text that is not JSON or nested over 64 levels.
 */
export async function readJsonBody(request: Request, maxBytes: number): Promise<unknown> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') throw new MusterError('request.unsupported-media-type', 'send the body as application/json')
  const text = await readText(request, maxBytes)
  if (jsonDepthExceeds(text, MAX_JSON_DEPTH)) throw new MusterError('request.invalid', `the body is nested over ${MAX_JSON_DEPTH} levels`)
  try {
    return JSON.parse(text)
  } catch {
    throw new MusterError('request.invalid', 'the body is not JSON')
  }
}

async function readText(request: Request, maxBytes: number): Promise<string> {
  const tooLarge = () => new MusterError('request.too-large', `the body may have ${maxBytes} bytes at most`, { maxBytes })
  const announced = request.headers.get('content-length')
  if (announced !== null && Number(announced) > maxBytes) throw tooLarge()
  if (request.body === null) return ''
  const chunks: Uint8Array[] = []
  let total = 0
  const reader = request.body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    total += value.length
    if (total > maxBytes) {
      await reader.cancel()
      throw tooLarge()
    }
    chunks.push(value)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks, total))
  } catch {
    throw new MusterError('request.invalid', 'the body is not UTF-8')
  }
}

/** Whether brackets outside strings nest deeper than `limit`; linear in the text. */
export function jsonDepthExceeds(text: string, limit: number): boolean {
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i)
    if (inString) {
      if (char === 0x5c) i++
      else if (char === 0x22) inString = false
    } else if (char === 0x22) inString = true
    else if (char === 0x7b || char === 0x5b) {
      if (++depth > limit) return true
    } else if (char === 0x7d || char === 0x5d) depth--
  }
  return false
}
