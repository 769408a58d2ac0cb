import type { StarttlsProtocol } from '../../network/schemes.ts'
import type { Preamble } from '../../network/session.ts'

/** How each protocol is brought to the point where TLS starts. */
export const starttlsPreambles: Readonly<Record<StarttlsProtocol, Preamble>> = {} as Readonly<Record<StarttlsProtocol, Preamble>>
