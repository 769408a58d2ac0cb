/** A page as the routes answer it; `count` on first pages only. */
export type ListPage<Item> = { readonly items: Item[]; readonly nextCursor: string | null; readonly count: { readonly value: number; readonly exact: boolean } | null }
