import { capital } from '../../format/names.ts'

/** A filter a page offers: which key of its search it sets and how. */
export type FilterDefinition = { readonly key: string; readonly label: string } & (
  | { readonly type: 'options'; readonly options: readonly { readonly value: string; readonly label: string }[]; readonly single?: boolean }
  | { readonly type: 'text'; readonly placeholder: string }
  | { readonly type: 'number'; readonly placeholder: string }
  | { readonly type: 'flag'; readonly meaning: string }
  | { readonly type: 'date' }
)
export type FilterValues = Readonly<Record<string, unknown>>

/** Values with labels from plain words: first letter in upper case. */
export function optionsOf(values: readonly string[]): { value: string; label: string }[] {
  return values.map((value) => ({ value, label: capital(value) }))
}

/** How the filter's value reads in its chip; null when it is not set. */
export function summaryOf(definition: FilterDefinition, value: unknown): string | null {
  if (value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)) return null
  switch (definition.type) {
    case 'options': {
      const chosen = (Array.isArray(value) ? value : [value]).map(String)
      const labels = chosen.map((entry) => definition.options.find((option) => option.value === entry)?.label ?? entry)
      return labels.length > 2 ? `${labels.slice(0, 2).join(', ')} +${labels.length - 2}` : labels.join(', ')
    }
    case 'flag': return value === true ? definition.meaning : null
    case 'date': return String(value).slice(0, 10)
    default: return String(value)
  }
}
