/**
 * Runs `work`, which must be synchronous, without capturing stack traces. Node's key functions find out what they were given by catching
 * errors of their own; each would walk the whole chain of awaits of a scan, which costs more than the key agreement itself.
 */
export function withoutStackTraces<Result>(work: () => Result): Result {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    return work()
  } finally {
    Error.stackTraceLimit = limit
  }
}
