import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJson } from './json.ts'
import { at, itemsOf, scalarAt, scalarsOf, textAt, type Tree } from './tree.ts'
import { attributeOf, elementsOf, parseXml } from './xml.ts'
import { parseYaml } from './yaml.ts'

const plain = (tree: Tree | undefined): unknown => {
  if (tree === undefined) return undefined
  if (tree.kind === 'scalar') return tree.text
  if (tree.kind === 'list') return tree.items.map(plain)
  return Object.fromEntries(tree.entries.map(({ key, value }) => [key.text, plain(value)]))
}
const yaml = (text: string) => parseYaml(text).documents.map((document) => plain(document))

describe('YAML', () => {
  it('block mappings and sequences, with sequences at the indentation of their key', () => {
    expect(yaml('a: 1\nb:\n  c: x\n  d:\n  - one\n  - k: v\n    l: w\n  -\n    m: n\ne:\n- - p\n  - q\n- r\n')).toEqual([{ a: '1', b: { c: 'x', d: ['one', { k: 'v', l: 'w' }, { m: 'n' }] }, e: [['p', 'q'], 'r'] }])
  })
  it('quoted scalars with escapes, comments, keys in quotes, values with colons and hashes', () => {
    expect(yaml(String.raw`"a b": "x\ty\u00e9" # c` + "\n'c': 'it''s'\nd: http://h:1/#x\ne: a #b\nf: \"two\n  lines\"\n")).toEqual([{ 'a b': 'x\ty\u00c3\u00a9', c: "it's", d: 'http://h:1/#x', e: 'a', f: 'two lines' }])
  })
  it('block scalars: literal, folded, chomped, with an indentation of their own', () => {
    expect(yaml('a: |\n  one\n   two\n\n  three\nb: >-\n  x\n  y\nc: |2\n    z\nd: |+\n  k\n\ne: end\n')).toEqual([{ a: 'one\n two\n\nthree\n', b: 'x y', c: '  z\n', d: 'k\n', e: 'end' }])
  })
  it('plain scalars over several lines, empty values, nulls', () => {
    expect(yaml('a: one\n  two\nb:\nc: ~\n')).toEqual([{ a: 'one two', b: '', c: '~' }])
  })
  it('flow collections, nested, over lines, with single pairs', () => {
    expect(yaml('a: {b: 1, "c": [x, "y, z", {d: e}], f}\ng: [\n  p,\n  q: r\n]\nh: i\n')).toEqual([{ a: { b: '1', c: ['x', 'y, z', { d: 'e' }], f: '' }, g: ['p', { q: 'r' }], h: 'i' }])
  })
  it('several documents, directives, end markers', () => {
    expect(yaml('%YAML 1.2\n---\na: 1\n---\n# nothing\n---\nb: 2\n...\n')).toEqual([{ a: '1' }, { b: '2' }])
  })
  it('tags are kept, anchors are read past, aliases are not followed', () => {
    const [document] = parseYaml('a: !vault |\n  x\nb: &n y\nc: *n\n').documents
    expect(scalarAt(document, 'a')?.tag).toBe('!vault')
    expect(textAt(document, 'b')).toBe('y')
    expect(scalarAt(document, 'c')).toMatchObject({ style: 'alias', text: '*n' })
  })
  it('templates in the middle do not hide what follows', () => {
    expect(yaml('a: 1\n{{- if .Values.x }}\nb: {{ .Values.y | quote }}\n{{- end }}\nc: 3\n')).toEqual([{ a: '1', b: '{{ .Values.y | quote }}', c: '3' }])
  })
  it('positions are those of the text, with Windows line ends too', () => {
    const text = 'a:\r\n  - "q"\r\n  - plain\r\nb: {c: d}\r\n'
    const [document] = parseYaml(text).documents
    for (const { scalar } of scalarsOf(document!)) expect(text.slice(scalar.start, scalar.end)).toBe(scalar.text)
    expect(itemsOf(at(document, 'a')).length).toBe(2)
  })
  it('agrees with JSON on every JSON document', () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      const text = Buffer.from(JSON.stringify({ value })).toString('latin1')
      expect(yaml(text)).toEqual(parseJson(text).documents.map(plain))
    }), { numRuns: 300 })
  })
  it('reads back block mappings that were written with random keys and values', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/)
    const tree = fc.letrec<{ node: unknown }>((tie) => ({ node: fc.oneof({ maxDepth: 4 }, word, fc.uniqueArray(fc.tuple(word, tie('node')), { selector: ([key]) => key, minLength: 1, maxLength: 4 }).map((pairs) => Object.fromEntries(pairs))) })).node
    const write = (node: unknown, indent: string): string => typeof node === 'string' ? ` ${node}\n` : `\n${Object.entries(node as object).map(([key, value]) => `${indent}${key}:${write(value, `${indent}  `)}`).join('')}`
    fc.assert(fc.property(tree, (node) => { expect(yaml(`top:${write(node, '  ')}`)).toEqual([{ top: node }]) }), { numRuns: 300 })
  })
})

describe('JSON', () => {
  it('reads what JSON.parse reads', () => {
    const expected = (value: unknown): unknown => typeof value === 'string' ? Buffer.from(value.toWellFormed()).toString('latin1') : Array.isArray(value) ? value.map(expected) : typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [expected(key), expected(inner)])) : JSON.stringify(value)
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 5 }).filter((value) => !JSON.stringify(value).includes('__proto__')), (value) => {
      expect(plain(parseJson(Buffer.from(JSON.stringify(value, null, 1)).toString('latin1')).documents[0])).toEqual(expected(value))
    }), { numRuns: 300 })
  })
  it('comments and trailing commas pass; other text is no document', () => {
    expect(plain(parseJson('// c\n{"a": [1, /* d */ 2,],}').documents[0])).toEqual({ a: ['1', '2'] })
    for (const text of ['', '{', '{"a"}', '["', '{a: 1}', '\u0000']) expect(parseJson(text)).toEqual({ documents: [], limited: false })
  })
  it('escapes become UTF-8: pairs, lone surrogates, unknown ones', () => {
    expect(textAt(parseJson(String.raw`{"a": "\ud83d\ude00\ud83d\q\/"}`).documents[0], 'a')).toBe(Buffer.from('😀\ufffdq/').toString('latin1'))
  })
})

describe('XML', () => {
  it('elements, attributes, CDATA, references; comments and types are stepped over', () => {
    const { root } = parseXml('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e "x">]><a b="1 &lt;" c=\'2\'><!-- <d/> --><e/>&e;&#x41;<f><![CDATA[<g>&amp;]]></f></a>')
    const [a] = root.children
    expect(attributeOf(a!, 'b')!.text).toBe('1 <')
    expect([...elementsOf(root)].map((element) => element.name)).toEqual(['a', 'e', 'f'])
    expect(a!.text.map((text) => text.text).join('')).toContain('&e;A')
    expect(a!.children[1]!.text[0]!.text).toBe('<g>&amp;')
  })
})

describe('every parser', () => {
  const alphabet = fc.string({ unit: fc.constantFrom(...'abk:- \n\t\r"\'{}[],#|>&*!%\\<>/=u0?.'.split('')), maxLength: 400 })
  it('ends on any text, inside its bounds', () => {
    fc.assert(fc.property(alphabet, (text) => {
      for (const parsed of [parseYaml(text), parseJson(text)]) {
        for (const document of parsed.documents) for (const { scalar } of scalarsOf(document)) expect(scalar.start >= 0 && scalar.start <= scalar.end && scalar.end <= text.length).toBe(true)
      }
      for (const element of elementsOf(parseXml(text).root)) for (const value of [...element.text, ...element.attributes.map((attribute) => attribute.value)]) expect(value.end <= text.length).toBe(true)
    }), { numRuns: 3000 })
  })
  it('stops at its nesting limit', () => {
    expect(parseJson('['.repeat(100_000)).limited).toBe(true)
    expect(parseYaml('['.repeat(100_000)).limited).toBe(true)
    expect(parseYaml('- '.repeat(100_000)).limited).toBe(true)
    expect(parseXml('<a>'.repeat(100_000)).limited).toBe(true)
  })
  it('ends on long texts made to be looked at again and again', () => {
    const worst = ['a: "', "- '", '{', '[a, ', '"\\', ': ', '\n', '&a ', '! ', '<a ', '<!--', '&#x', '? ', 'a:\n', '  x\n', '- - ', "''", '{{', '|\n', '<![CDATA[', '</a>', '#', '"a" ', "[\n'", '\n\n  "']
    for (const unit of worst) {
      const text = unit.repeat(Math.ceil(200_000 / unit.length))
      const documents = [...parseYaml(text).documents, ...parseJson(text).documents]
      expect(documents.every((document) => document.end <= text.length), JSON.stringify(unit)).toBe(true)
      expect([...elementsOf(parseXml(text).root)].length, JSON.stringify(unit)).toBeLessThanOrEqual(text.length)
    }
  })
})
