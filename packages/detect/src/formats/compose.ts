import { type Format, isYaml } from './input.ts'
import { addSetting } from './settings.ts'
import { at, child, entriesOf, itemsOf, type Scalar, type Tree } from './tree.ts'

const id = 'compose'

/** `NAME=value` in one scalar, split with the place of the value; null when it names a variable only. */
export function assignmentOf(scalar: Scalar): { readonly name: string; readonly value: Scalar } | null {
  const equals = scalar.text.indexOf('=')
  if (equals <= 0) return null
  const name = scalar.text.slice(0, equals)
  const exact = scalar.end - scalar.start === scalar.text.length
  return { name, value: { ...scalar, text: scalar.text.slice(equals + 1), start: exact ? scalar.start + equals + 1 : scalar.start } }
}

/** Docker Compose: literals in `environment` and build arguments, by service; `secrets` taken from files or variables. */
export const composeFormat: Format = {
  id,
  matches: (input) => isYaml(input) && (/compose/.test(input.name) || /stack/.test(input.name)) && input.has('services'),
  extract: (input, into) => {
    for (const document of input.yaml) {
      for (const { key, value } of entriesOf(child(document, 'services'))) {
        const environment = (tree: Tree | null) => {
          const facts = { service: key.text }
          for (const entry of entriesOf(tree)) if (entry.value.kind === 'scalar') addSetting(into, id, entry.key.text, entry.value, facts)
          for (const item of itemsOf(tree)) {
            const assignment = item.kind === 'scalar' ? assignmentOf(item) : null
            if (assignment !== null) addSetting(into, id, assignment.name, assignment.value, facts)
          }
        }
        environment(child(value, 'environment'))
        environment(at(value, 'build', 'args'))
        environment(child(value, 'labels'))
      }
      for (const { key, value } of entriesOf(child(document, 'secrets'))) {
        for (const source of entriesOf(value)) {
          if (source.value.kind !== 'scalar' || !/^(?:file|environment|name)$/.test(source.key.text)) continue
          into.add(id, { secretType: 'compose-secret', value: source.value.text, start: source.value.start, end: source.value.end, facts: { name: key.text }, reference: { kind: source.key.text, name: source.value.text } })
        }
      }
    }
  },
}
