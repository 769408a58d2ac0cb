import { readFile } from 'node:fs/promises'
import { MusterError, Secret } from '@muster/core'

const MAX_PASSPHRASES = 100

/**
 * Passphrases from a file, one a line, empty lines left out. The empty passphrase is always tried as well.
 *
 * @throws MusterError file.unreadable, or input.limit beyond 100 lines.
 */
export async function readPassphrases(path: string | undefined): Promise<readonly Secret[]> {
  if (path === undefined) return [Secret.fromText('')]
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw new MusterError('file.unreadable', `cannot read the passphrases in ${path}`, { path }, { cause: error })
  }
  const lines = text.split(/\r?\n/).filter((line) => line !== '')
  if (lines.length > MAX_PASSPHRASES) throw new MusterError('input.limit', `${path} has ${lines.length} passphrases; at most ${MAX_PASSPHRASES} are tried`, { path })
  return [Secret.fromText(''), ...lines.map((line) => Secret.fromText(line))]
}
