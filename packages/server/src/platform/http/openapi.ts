import * as core from '@muster/core'
import * as api from '@muster/core/api'
import { actionRoles, apiRoutes, problemSchema, type RouteSpec } from '@muster/core/api'
import { z } from 'zod'
import { problems } from './problems.ts'

type Json = Record<string, unknown>

/** An operation as the document lists it. */
export type OpenApiOperation = Json & {
  readonly operationId: string
  readonly summary: string
  readonly description: string
  readonly tags: readonly string[]
  readonly parameters: readonly Json[]
  readonly responses: Readonly<Record<string, Json>>
}
export type OpenApiDocument = Json & { readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>> }

/** The OpenAPI 3.1 document of the whole route table; schemas with a name become components. */
export function openApiDocument(version: string): OpenApiDocument {
  const schemas = new SchemaWriter()
  const paths: Record<string, Record<string, OpenApiOperation>> = {}
  for (const [name, spec] of Object.entries(apiRoutes) as [string, RouteSpec][]) {
    const path = spec.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [spec.method.toLowerCase()]: operation(name, spec, schemas) }
  }
  const Problem = schemas.write(problemSchema, 'output')
  return {
    openapi: '3.1.1',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: { title: 'Muster', version, description: 'The HTTP API of Muster. Errors are problem details (RFC 9457) with a stable code.' },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: schemas.components,
      responses: { Problem: { description: 'A refusal (RFC 9457)', content: { 'application/problem+json': { schema: Problem } } } },
      securitySchemes: {
        apiToken: { type: 'http', scheme: 'bearer', description: 'An API token, `mst_…`.' },
        session: { type: 'apiKey', in: 'cookie', name: '__Host-muster', description: 'A browser session (`muster` on loopback HTTP); requests that change something also send X-CSRF-Token.' },
      },
    },
    'x-problem-codes': problems,
  }
}

function operation(name: string, spec: RouteSpec, schemas: SchemaWriter): OpenApiOperation {
  const role = spec.action === null ? 'Open to everyone.' : `Needs the role ${actionRoles[spec.action]} (${spec.action}).`
  return {
    operationId: name,
    summary: spec.summary,
    description: role,
    tags: [spec.tag],
    security: spec.action === null ? [] : [{ apiToken: [] }, { session: [] }],
    parameters: [...parameters('path', spec.params, schemas), ...parameters('query', spec.query, schemas)],
    ...(spec.body === undefined ? {} : { requestBody: { required: true, content: { 'application/json': { schema: schemas.write(spec.body, 'input') } } } }),
    responses: { ...success(spec, schemas), default: { $ref: '#/components/responses/Problem' } },
  }
}

function success(spec: RouteSpec, schemas: SchemaWriter): Record<string, Json> {
  if (spec.stream !== undefined) {
    const content = Object.fromEntries(spec.stream.map((type) => [type, { schema: { type: 'string' } }]))
    return { 200: { description: 'The file', content } }
  }
  if (spec.response === null) return { 204: { description: 'Done' } }
  return { [spec.status ?? 200]: { description: 'Done', content: { 'application/json': { schema: schemas.write(spec.response, 'output') } } } }
}

function parameters(place: 'path' | 'query', schema: z.ZodType | undefined, schemas: SchemaWriter): Json[] {
  if (schema === undefined) return []
  // What a parameter means is the checked value (a number, a list); whether it must be sent is the input's business.
  const { properties = {} } = schemas.writeInline(schema, 'output') as { properties?: Record<string, Json> }
  const { required = [] } = schemas.writeInline(schema, 'input') as { required?: string[] }
  return Object.entries(properties).map(([name, property]) => ({
    name, in: place, required: place === 'path' || required.includes(name), schema: property,
    ...(property['type'] === 'array' ? { style: 'form', explode: false } : {}),
  }))
}

/** Writes zod schemas as JSON Schema; those exported under a name are written once and referred to. */
class SchemaWriter {
  readonly components: Record<string, Json> = {}
  // Requests get their own names because what has a default may be left out of them.
  readonly #names = { input: registryOf('Input'), output: registryOf('') }

  write(schema: z.ZodType, io: 'input' | 'output'): Json {
    const json: Json = z.toJSONSchema(schema, { target: 'draft-2020-12', io, unrepresentable: 'any', metadata: this.#names[io] })
    const { $schema: _dialect, $defs, ...rest } = JSON.parse(JSON.stringify(json, openObjects).replaceAll('"#/$defs/', '"#/components/schemas/')) as Json
    for (const [name, definition] of Object.entries(($defs ?? {}) as Record<string, Json>)) this.components[name] ??= definition
    return rest
  }

  /** The schema's own object, not a reference to it. */
  writeInline(schema: z.ZodType, io: 'input' | 'output'): Json {
    const written = this.write(schema, io)
    const reference = written['$ref']
    return typeof reference === 'string' ? this.components[reference.slice('#/components/schemas/'.length)]! : written
  }
}

// Answers may gain members in later releases, so the document does not promise that there are no others.
function openObjects(key: string, value: unknown): unknown {
  return key === 'additionalProperties' && value === false ? undefined : value
}

/** `accountSchema` → `Account`, for objects and unions of them; simple values stay where they are used. */
function registryOf(suffix: string): z.core.$ZodRegistry<{ id: string }> {
  const registry = z.registry<{ id: string }>()
  for (const [exported, value] of Object.entries({ ...core, ...api })) {
    const compound = value instanceof z.ZodObject || value instanceof z.ZodUnion
    if (!exported.endsWith('Schema') || !compound || registry.has(value)) continue
    registry.add(value, { id: `${exported[0]!.toUpperCase()}${exported.slice(1, -'Schema'.length)}${suffix}` })
  }
  return registry
}
