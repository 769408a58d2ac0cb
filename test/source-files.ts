import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'oxc-parser'

/** The repository's root. */
export const root = join(import.meta.dirname, '..')

type Node = { readonly type: string; readonly [key: string]: unknown }

/** A source file with what it imports and a way to look into it. */
export type SourceFile = {
  /** Relative to the root, with `/`. */
  readonly path: string
  readonly imports: readonly string[]
  /** Calls `visit` for every node of the syntax tree. */
  readonly walk: (visit: (node: Node) => void) => void
}

/** Paths of all TypeScript files below `packages/`, tracked by git or not yet. */
export function sourcePaths(): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z', '--', 'packages'], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 })
  return [...new Set(listed.split('\0'))].filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts')).sort()
}

/** Parses a file. @throws Error when it is not TypeScript. */
export function readSource(path: string): SourceFile {
  const { program, module, errors } = parseSync(path, readFileSync(join(root, path), 'utf8'))
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]!.message}`)
  const tree = program as unknown as Node
  const imports = [
    ...module.staticImports.map((entry) => entry.moduleRequest.value),
    ...module.staticExports.flatMap((entry) => entry.entries.flatMap((one) => (one.moduleRequest === null ? [] : [one.moduleRequest.value]))),
  ]
  const walk = (visit: (node: Node) => void) => { walkNode(tree, visit) }
  walk((node) => {
    const source = node['source'] as Node | undefined
    if (node.type === 'ImportExpression' && source?.type === 'Literal' && typeof source['value'] === 'string') imports.push(source['value'])
  })
  return { path, imports: [...new Set(imports)], walk }
}

function walkNode(node: Node, visit: (node: Node) => void): void {
  visit(node)
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) for (const item of value) { if (isNode(item)) walkNode(item, visit) }
    else if (isNode(value)) walkNode(value, visit)
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}
