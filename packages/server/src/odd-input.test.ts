import { apiRoutes, type RouteName, type RouteSpec } from '@muster/core/api'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type WholeServer, wholeServer } from './test-support/whole.ts'
import { everyKindOfThing } from './test-support/things.ts'

/** What people, tools and attackers put into texts. */
const oddTexts = [
  '', ' ', '%', '_', '\\', '%_\\%', "'", '"', '\0', 'a\0b', '\ud800', '\udfff\ud800', '\u202e', 'é', 'e\u0301', '𝒳', '\u{10ffff}', 'İ', '\ufeff', '\r\n', '__proto__', 'constructor', 'infinity', '-infinity', 'NaN', 'null',
  '1e309', '9007199254740993', '$1', '{}', '[]', '::', '*'.repeat(40), '%'.repeat(40), '(a+)+$', '10.0.0.0/8', '0x7f.1', '2026-02-30T00:00:00Z', '-1', '<script>', '../../etc/passwd',
]
const oddNumbers = [0, -1, 1, 2 ** 31 - 1, 2 ** 31, -(2 ** 31) - 1, 2 ** 53 - 1, -(2 ** 53 - 1), 0.5, 1e300]

type Schema = { readonly [key: string]: unknown; readonly type?: string; readonly properties?: Readonly<Record<string, Schema>>; readonly required?: readonly string[]; readonly items?: Schema; readonly anyOf?: readonly Schema[]; readonly oneOf?: readonly Schema[]; readonly enum?: readonly unknown[]; readonly additionalProperties?: Schema | boolean }

/** Values that the schema is likely to let through, and odd ones among them. */
function valuesOf(schema: Schema, ids: readonly string[]): fc.Arbitrary<unknown> {
  const within = (inner: Schema) => valuesOf(inner, ids)
  if ('const' in schema) return fc.constant(schema['const'])
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  const either = schema.anyOf ?? schema.oneOf
  if (either !== undefined) return fc.oneof(...either.map(within))
  switch (schema.type) {
    case 'string': return textOf(schema, ids)
    case 'integer': return numberOf(schema).map(Math.trunc)
    case 'number': return numberOf(schema)
    case 'boolean': return fc.boolean()
    case 'null': return fc.constant(null)
    case 'array': return fc.array(within(schema.items ?? {}), { minLength: Number(schema['minItems'] ?? 0), maxLength: Math.max(Number(schema['minItems'] ?? 0), 3) })
    case 'object': return objectOf(schema, ids)
    default: return fc.constantFrom<unknown>(...oddTexts, ...oddNumbers, true, null, [], {}, ['a', '\0'], { '\0': '\0' })
  }
}

function textOf(schema: Schema, ids: readonly string[]): fc.Arbitrary<string> {
  const max = Number(schema['maxLength'] ?? 10_000)
  const min = Number(schema['minLength'] ?? 0)
  if (schema['format'] === 'uuid') return fc.constantFrom(...ids, '01900000-0000-7000-8000-000000000000')
  if (schema['format'] === 'email') return fc.constantFrom('ann@example.com', `${'a'.repeat(60)}@example.com`, "o'neill+%@example.com")
  if (schema['format'] === 'uri') return fc.constantFrom('https://example.com', 'http://127.0.0.1:1/\u00e9?q=%00', 'https://[::1]/', 'https://xn--nxasmq6b/')
  if (schema['format'] === 'date-time') return fc.constantFrom('2026-05-01T00:00:00Z', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '2026-05-01T00:00:00.123456789Z')
  if (typeof schema['pattern'] === 'string') return fc.stringMatching(new RegExp(schema['pattern']))
  return fc.constantFrom(...oddTexts, 'x'.repeat(Math.min(max, 10_000)), '\0'.repeat(Math.min(max, 100)), '\u{1f600}'.repeat(Math.min(Math.floor(max / 2), 400))).map((text) => text.slice(0, max).padEnd(min, 'x'))
}

function numberOf(schema: Schema): fc.Arbitrary<number> {
  const [min, max] = [Number(schema['minimum'] ?? -(2 ** 53 - 1)), Number(schema['maximum'] ?? 2 ** 53 - 1)]
  return fc.constantFrom(...oddNumbers, min, max).map((number) => Math.min(max, Math.max(min, number)))
}

function objectOf(schema: Schema, ids: readonly string[]): fc.Arbitrary<Record<string, unknown>> {
  const entries = Object.entries(schema.properties ?? {}).map(([name, property]) => [name, valuesOf(property, ids)] as const)
  if (entries.length === 0 && typeof schema.additionalProperties === 'object') return fc.dictionary(fc.constantFrom(...oddTexts.slice(0, 20), 'targets'), valuesOf(schema.additionalProperties, ids), { maxKeys: 3 })
  return fc.record(Object.fromEntries(entries), { requiredKeys: [...schema.required ?? []] })
}

const written = (schema: z.ZodType | undefined): Schema => (schema === undefined ? { type: 'object' } : z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema)
/** Parameters of lists stand in the document as they are checked; what is sent is text. */
const queryOf = (schema: z.ZodType | undefined): Schema => (schema === undefined ? { type: 'object' } : { ...z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }) as Schema, required: written(schema).required ?? [] })

/** Sends to the outside, or takes a thread of its own and is tried apart. */
const apart: readonly RouteName[] = ['testAlertChannel', 'tryDetection', 'changeDetectionConfig']
const table = (Object.entries(apiRoutes) as [RouteName, RouteSpec][]).filter(([name]) => !apart.includes(name))

describe('odd input', () => {
  let server: WholeServer
  let token: string
  let ids: readonly string[]
  beforeAll(async () => {
    server = await wholeServer()
    token = await server.token('administrator')
    ids = await everyKindOfThing(server, token)
  })
  afterAll(() => server?.close())

  const send = async (spec: RouteSpec, id: string, query: Record<string, unknown>, body: unknown) => {
    const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : String(value)]))
    const response = await server.call(spec.method, `${spec.path.replace(':id', id)}?${search}`, { token, ...(spec.body === undefined ? {} : { body }) })
    return { status: response.status, text: await response.text() }
  }

  it.each(table.map(([name, spec]) => ({ name, spec })))('is answered or refused by $name, never a mistake of the server', async ({ spec }) => {
    await fc.assert(fc.asyncProperty(fc.constantFrom(...ids), valuesOf(queryOf(spec.query), ids), valuesOf(written(spec.body), ids), async (id, query, body) => {
      const { status, text } = await send(spec, id, query as Record<string, unknown>, body)
      const mistakes = server.errors.splice(0)
      expect([status >= 500 ? text : status < 500, mistakes]).toEqual([true, []])
    }), { numRuns: 25, seed: 7, endOnFailure: true })
  })

  it('in a cursor is refused as a damaged cursor by every list', async () => {
    const lists = table.filter(([, spec]) => spec.method === 'GET' && 'cursor' in (written(spec.query).properties ?? {}))
    expect(lists.length).toBeGreaterThan(8)
    const keys = [[], [null], [0], [-1], [2 ** 53], ['x'], ['\0'], ['x', 'y'], [null, null], ['infinity', '01900000-0000-7000-8000-000000000000'], ['1', 'y'], [0, 'infinity', 'x', 'y'], ['a', 'b', 'c', 'd']]
    for (const [name, spec] of lists) {
      for (const id of spec.params === undefined ? ['-'] : ids) {
        const first = JSON.parse((await send(spec, id, { limit: 1 }, undefined)).text) as { nextCursor?: string | null }
        if (typeof first.nextCursor !== 'string') continue
        const [tag] = JSON.parse(Buffer.from(first.nextCursor, 'base64url').toString()) as [string]
        for (const key of keys) {
          const { status, text } = await send(spec, id, { limit: 1, cursor: Buffer.from(JSON.stringify([tag, key])).toString('base64url') }, undefined)
          expect([name, key, status < 500 ? '' : text, server.errors.splice(0)]).toEqual([name, key, '', []])
        }
      }
    }
  })
})
