import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { COMPUTED, parseHcl } from './hcl.ts'
import { at, child, entriesOf, type Tree } from './tree.ts'

const read = (text: string): Tree => parseHcl(text).documents[0]!
/** What a tree says, without places; computed values as `<…>`. */
function plain(tree: Tree | null): unknown {
  if (tree === null) return null
  if (tree.kind === 'scalar') return tree.tag === COMPUTED ? `<${tree.text}>` : tree.text
  return tree.kind === 'list' ? tree.items.map(plain) : entriesOf(tree).map(({ key, value }) => [key.text, plain(value)])
}

describe('attributes and blocks', () => {
  it('a block is known by its type and labels, and stands as often as it is written', () => {
    const text = 'resource "aws_iam_role" "ci" {\n  name = "ci" # its name\n  tag { key = 1 }\n  tag { key = 2 }\n}\n'
    expect(plain(read(text))).toEqual([['resource.aws_iam_role.ci', [['name', 'ci'], ['tag', [['key', '1']]], ['tag', [['key', '2']]]]]])
  })

  it('lists and objects over several lines, with either sign between key and value', () => {
    expect(plain(read('a = [\n  "x", // one\n  "y",\n]\nb = { c = "d", "e:f" : [true]\n g = null }\n'))).toEqual([['a', ['x', 'y']], ['b', [['c', 'd'], ['e:f', ['true']], ['g', 'null']]]])
  })

  it('a text that begins on a line of its own ends where its name comes again', () => {
    expect(plain(child(read('p = <<-EOT\n  {"a": 1}\n  EOT\nq = "r"\n'), 'p'))).toBe('  {"a": 1}')
    expect(plain(child(read('p = <<EOT\nx\nEOT\nq = "r"\n'), 'q'))).toBe('r')
  })

  it('a call that only writes its argument another way is its argument', () => {
    expect(plain(at(read('p = jsonencode({\n  Statement = [{ Effect = "Allow" }]\n})\n'), 'p', 'Statement'))).toEqual([[['Effect', 'Allow']]])
  })
})

describe('what only a run can tell', () => {
  it.each(['var.x', 'f(a, "b)")', 'cond ? "a" : "b"', '[for r in var.repos : "repo:${r}"]', '"a" == "b"', 'concat(["a"], var.b)', '"${var.x}"'])('%s is no value', (expression) => {
    expect(plain(read(`a = ${expression}\nb = "c"\n`))).toEqual([['a', `<${expression.startsWith('"${') ? '${var.x}' : expression}>`], ['b', 'c']])
  })

  it('a text with something to be worked out in it stays as it is written', () => {
    expect(plain(child(read('a = "repo:${lookup(var.o, "x}")}/*"\n'), 'a'))).toBe('repo:${lookup(var.o, "x}")}/*')
  })
})

it('places are where the values stand', () => {
  const text = 'resource "a" "b" {\n  c = "repo:x"\n}\n'
  const value = at(read(text), 'resource.a.b', 'c')!
  expect(text.slice(value.start, value.end)).toBe('repo:x')
})

it('of a text that breaks off, what stands before counts', () => {
  expect(plain(child(read('a = "b"\nc { d = "e"\n f = <<X\n'), 'c'))).toEqual([['d', 'e']])
  expect(parseHcl('a = ' + '['.repeat(100)).limited).toBe(true)
})

it('never throws, and every place lies in the text', () => {
  const bits = fc.constantFrom('a', '=', '{', '}', '"', '${', '\n', '[', ']', ',', '<<E\n', 'E\n', '(', ')', '#', '/*', 'for ', ' ', '\\', 'jsonencode(')
  fc.assert(fc.property(fc.array(bits, { maxLength: 60 }).map((parts) => parts.join('')), (text) => {
    const check = (tree: Tree): void => {
      expect(tree.start).toBeGreaterThanOrEqual(0)
      expect(tree.end).toBeLessThanOrEqual(text.length)
      if (tree.kind === 'map') for (const { value } of tree.entries) check(value)
      if (tree.kind === 'list') tree.items.forEach(check)
    }
    check(read(text))
  }))
})
