import type { Logger } from 'pino'

/** What code that logs needs of a logger; fields first, then a constant message. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>
