import type { FindingFilter } from '@muster/core/api'
import type { Actor } from '../platform/actor.ts'
import type { FindingSelection, FindingWhere } from './list-store.ts'
import type { NamesOf } from './ports.ts'

/** The filter with what whoever asks is called, where it asks for their own. */
export async function ofActor(namesOf: NamesOf, actor: Actor, { mine, ...filter }: FindingFilter): Promise<FindingWhere> {
  return mine === true ? { ...filter, callers: labelsOf(await namesOf(actor)) } : filter
}

/** As {@link ofActor}, for decisions. */
export async function chosenBy(namesOf: NamesOf, actor: Actor, select: { readonly ids: readonly string[] } | { readonly filter: FindingFilter }): Promise<FindingSelection> {
  return 'ids' in select ? select : { filter: await ofActor(namesOf, actor, select.filter) }
}

/**
 * Labels that mean somebody, in lower case: their e-mail address, what stands before its @, and their name. A label is free text: it says one of these,
 * or has the address in angle brackets behind a name. One that names a team means none of its members.
 */
export function labelsOf(names: readonly string[]): readonly string[] {
  const plain = names.map((name) => name.trim().toLowerCase()).filter((name) => name !== '')
  return [...new Set(plain.flatMap((name) => [name, ...name.includes('@') ? [name.slice(0, name.lastIndexOf('@'))] : []]))].filter((name) => name !== '')
}
