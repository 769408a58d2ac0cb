import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs'
import { fsPath, type RawPath } from './raw-path.ts'

/** What the reader needs of `node:fs`; tests give one that changes files between calls. */
export type FileCalls = {
  readonly open: (path: RawPath) => number
  readonly stat: (handle: number) => Stats
  readonly read: (handle: number, into: Buffer, offset: number, length: number, position: number) => number
  readonly close: (handle: number) => void
}

/** Never waits for a FIFO's writer, never follows a link, never becomes a terminal's session. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW | constants.O_NOCTTY

/** The system's own calls. */
export const systemFileCalls: FileCalls = {
  open: (path) => openSync(fsPath(path), OPEN_FLAGS),
  stat: (handle) => fstatSync(handle),
  read: (handle, into, offset, length, position) => readSync(handle, into, offset, length, position),
  close: closeSync,
}
