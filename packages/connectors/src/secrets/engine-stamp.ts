import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Stamps } from './stamps.ts'

/** Whose sources decide what is found and how it is told, beside this folder and what it shares with others. */
const packages = ['@muster/core', '@muster/detect', '@muster/pki'] as const

let stamp: string | null | undefined

/**
 * What the program is that looks, by names, sizes, times and numbers of its files: another one may tell other things of the same bytes, and to ask its rules what they are would mean to
 * load them. The same for the life of the process; null where files are younger than that, so that what runs may be another program.
 */
export function engineStamp(now: Date): string | null {
  if (stamp !== undefined) return stamp
  const stamps = new Stamps(new Date(now.getTime() - process.uptime() * 1000))
  const { resolve } = createRequire(import.meta.url)
  for (const directory of [import.meta.dirname, join(import.meta.dirname, '..', 'local'), ...packages.map((name) => dirname(resolve(name)))]) stamps.below(directory, 'file')
  stamp = stamps.settled ? stamps.digest : null
  return stamp
}
