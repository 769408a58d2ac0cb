/** What is selected: rows by id, or everything the filter matches. */
export type Selection = { readonly all: boolean; readonly ids: ReadonlySet<string> }
export const nothing: Selection = { all: false, ids: new Set() }

/** The selection with `ids` added or taken out; leaving "everything" keeps nothing but what is known. */
export function select(selection: Selection, ids: readonly string[], on: boolean): Selection {
  const next = new Set(selection.all ? [] : selection.ids)
  for (const id of ids) {
    if (on) next.add(id)
    else next.delete(id)
  }
  return { all: false, ids: next }
}

export function isSelected(selection: Selection, id: string): boolean {
  return selection.all || selection.ids.has(id)
}
export function isEmpty(selection: Selection): boolean {
  return !selection.all && selection.ids.size === 0
}
