import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Credential, isMusterError, keyFactsOf } from '@muster/core'
import { type BlocklistKind, blocklistKinds, importBlocklist, isBlocklisted, KeyBlocklist } from '@muster/pki'
import type { KeyWeakness } from '@muster/rules'

/** A list of keys whose private half is public, by the name of its file. */
export type KeyList = { readonly name: string; readonly list: KeyBlocklist }

type Log = { error(fields: Record<string, unknown>, message: string): void }

/**
 * The lists in a directory: `KIND.NAME.txt` (a hex digest a line; KIND is one of {@link blocklistKinds}) and `*.keys` in
 * the compact form. No directory means no lists; a file that cannot be used is logged and left out.
 */
export async function loadKeyLists(directory: string, log: Log): Promise<readonly KeyList[]> {
  const names = await readdir(directory).catch(() => [])
  const lists: KeyList[] = []
  for (const name of names.sort()) {
    try {
      const list = await readList(directory, name)
      if (list !== null) lists.push({ name, list })
    } catch (error) {
      log.error({ file: join(directory, name), reason: isMusterError(error) ? error.message : 'it cannot be read' }, 'a list of known keys cannot be used')
    }
  }
  return lists
}

async function readList(directory: string, name: string): Promise<KeyBlocklist | null> {
  if (name.endsWith('.keys')) return KeyBlocklist.decode(await readFile(join(directory, name)))
  const kind = blocklistKinds.find((each): each is BlocklistKind => name.startsWith(`${each}.`))
  return kind === undefined || !name.endsWith('.txt') ? null : importBlocklist(await readFile(join(directory, name), 'utf8'), kind)
}

/** One weakness for each list that holds the credential's key. */
export function listedIn(credential: Credential, lists: readonly KeyList[]): KeyWeakness[] {
  const key = keyFactsOf(credential)
  if (key === null || lists.length === 0) return []
  return lists.filter(({ list }) => isBlocklisted({ spkiSha256: credential.spkiSha256, key }, [list])).map(({ name }) => ({ reason: 'blocklisted', note: name }))
}
