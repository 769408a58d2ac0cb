/**
 * What a scan remembers for the next one, so that only what is new is read: which blobs held nothing, where the others lie, and what was told of an unchanged repository. Of a
 * value no more goes in than its fingerprint.
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
