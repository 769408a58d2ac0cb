/**
 * What a scan remembers for the next one, so that only new blobs are read. Nothing of a value, not even a fingerprint, goes in: only which blobs held
 * nothing, and where the others lie; those are read again each time.
 */
export type ScanMemory = {
  /** Blobs known to hold nothing under a rule set, by ids that name blob and path. */
  readonly cleanBlobs: (ruleSet: string) => CleanBlobs
  /** A note of an earlier scan; null when there is none. Keys are lower-case hex. */
  readonly recall: (key: string) => string | null
  readonly note: (key: string, text: string) => void
}

/** A set of 20-byte ids that outlives the scan. */
export type CleanBlobs = {
  readonly has: (id: Buffer) => boolean
  readonly add: (id: Buffer) => void
  /** Writes what was added; called when a stretch of the scan is done. */
  readonly save: () => void
}

/** Remembers nothing. */
export const noMemory: ScanMemory = {
  cleanBlobs: () => ({ has: () => false, add: () => {}, save: () => {} }),
  recall: () => null,
  note: () => {},
}
