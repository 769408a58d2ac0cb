import { assignmentOf } from './compose.ts'
import type { Collector } from './found.ts'
import { type Format, isYaml } from './input.ts'
import { addSetting } from './settings.ts'
import { child, entriesOf, itemsOf, mappingsOf, scalarAt, scalarsOf, textAt, type Tree } from './tree.ts'

/** CircleCI: literals in `environment`, registry logins in `auth`, and the contexts that jobs take secrets from. */
export const circleCiFormat: Format = {
  id: 'circleci',
  matches: (input) => isYaml(input) && /(?:^|\/)\.circleci\//.test(input.path),
  extract: (input, into) => {
    for (const document of input.yaml) {
      for (const map of mappingsOf(document)) {
        addPairs(child(map, 'environment'), into, 'circleci')
        addPairs(child(map, 'auth'), into, 'circleci')
        addPairs(child(map, 'aws_auth'), into, 'circleci')
        const context = child(map, 'context')
        for (const item of context?.kind === 'scalar' ? [context] : itemsOf(context)) {
          if (item.kind === 'scalar') into.add('circleci', { secretType: 'ci-secret', value: item.text, start: item.start, end: item.end, facts: { name: item.text }, reference: { kind: 'ci-context', name: item.text } })
        }
      }
    }
  },
}

function addPairs(tree: Tree | null, into: Collector, format: string): void {
  for (const { key, value } of entriesOf(tree)) if (value.kind === 'scalar') addSetting(into, format, key.text, value)
  for (const item of itemsOf(tree)) {
    const assignment = item.kind === 'scalar' ? assignmentOf(item) : null
    if (assignment !== null) addSetting(into, format, assignment.name, assignment.value)
    if (item.kind === 'map') addPairs(item, into, format)
  }
}

/** Azure Pipelines: literals in `variables` and `env`, variable groups, service connections and `$(NAME)` taken into the environment. */
export const azurePipelinesFormat: Format = {
  id: 'azure-pipelines',
  matches: (input) => isYaml(input) && (/azure-pipelines?/.test(input.name) || /(?:^|\/)\.?azure-?(?:pipelines|devops)\//.test(input.path)),
  extract: (input, into) => {
    for (const document of input.yaml) {
      for (const map of mappingsOf(document)) {
        addPairs(child(map, 'env'), into, 'azure-pipelines')
        const variables = child(map, 'variables')
        if (variables?.kind === 'map') addPairs(variables, into, 'azure-pipelines')
        for (const item of itemsOf(variables)) {
          const name = textAt(item, 'name')
          const value = scalarAt(item, 'value')
          if (name !== null && value !== null) addSetting(into, 'azure-pipelines', name, value)
          const group = scalarAt(item, 'group')
          if (group !== null) into.add('azure-pipelines', { secretType: 'ci-secret', value: group.text, start: group.start, end: group.end, facts: { name: group.text }, reference: { kind: 'variable-group', name: group.text } })
        }
      }
      for (const { path, scalar } of scalarsOf(document)) {
        if (!/^(?:azureSubscription|connectedServiceName\w*|serviceConnection|dockerRegistryServiceConnection|containerRegistry)$/i.test(path.at(-1) ?? '')) continue
        into.add('azure-pipelines', { secretType: 'service-connection', value: scalar.text, start: scalar.start, end: scalar.end, facts: { name: scalar.text }, reference: { kind: 'service-connection', name: scalar.text } })
      }
    }
  },
}
