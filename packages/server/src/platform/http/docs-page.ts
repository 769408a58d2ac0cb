import type { OpenApiDocument, OpenApiOperation } from './openapi.ts'

type Problem = { readonly status: number; readonly title: string }

/** The API's reference as one static page: no script, one style sheet, everything from the OpenAPI document. */
export function docsPage(document: OpenApiDocument): string {
  const byTag = new Map<string, string[]>()
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const tag = operation.tags[0] ?? 'other'
      byTag.set(tag, [...(byTag.get(tag) ?? []), operationHtml(method, path, operation)])
    }
  }
  const { schemas } = document['components'] as { schemas: Record<string, unknown> }
  const problems = Object.entries(document['x-problem-codes'] as Record<string, Problem>)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Muster API</title><link rel="stylesheet" href="/api/docs.css"></head><body>
<header><h1>Muster API</h1><p>Send an API token as <code>Authorization: Bearer mst_…</code>. The same as a document:
<a href="/api/v1/openapi.json">openapi.json</a>.</p>
<nav aria-label="Sections">${[...byTag.keys()].map((tag) => `<a href="#tag-${escape(tag)}">${escape(tag)}</a>`).join(' ')} <a href="#schemas">schemas</a> <a href="#problems">problems</a></nav></header>
<main>${[...byTag].map(([tag, items]) => `<section><h2 id="tag-${escape(tag)}">${escape(tag)}</h2>${items.join('')}</section>`).join('')}
<section><h2 id="schemas">Schemas</h2>${Object.entries(schemas).map(([name, schema]) => schemaHtml(name, schema)).join('')}</section>
<section><h2 id="problems">Problems</h2><table><thead><tr><th scope="col">Code</th><th scope="col">Status</th><th scope="col">Title</th></tr></thead><tbody>
${problems.map(([code, { status, title }]) => `<tr id="${escape(code)}"><td><code>${escape(code)}</code></td><td>${status}</td><td>${escape(title)}</td></tr>`).join('')}
</tbody></table></section></main></body></html>`
}

function operationHtml(method: string, path: string, operation: OpenApiOperation): string {
  const body = operation['requestBody'] as { content: Record<string, { schema: unknown }> } | undefined
  return `<details id="${escape(operation.operationId)}"><summary><span class="method ${method}">${method.toUpperCase()}</span> <code>${escape(path)}</code> <span>${escape(operation.summary)}</span></summary>
<p>${escape(operation.description)}</p>${parametersHtml(operation.parameters)}
${body === undefined ? '' : `<h3>Body</h3>${contentHtml(body.content)}`}
${Object.entries(operation.responses).filter(([status]) => status !== 'default').map(([status, response]) => `<h3>${escape(status)}</h3>${contentHtml((response['content'] ?? {}) as Record<string, { schema: unknown }>)}`).join('')}</details>`
}

function parametersHtml(parameters: OpenApiOperation['parameters']): string {
  if (parameters.length === 0) return ''
  const rows = parameters.map((parameter) => `<tr><td><code>${escape(String(parameter['name']))}</code></td><td>${escape(String(parameter['in']))}${parameter['required'] === true ? ', required' : ''}</td><td>${json(parameter['schema'])}</td></tr>`)
  return `<table><thead><tr><th scope="col">Parameter</th><th scope="col">In</th><th scope="col">Schema</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
}

function contentHtml(content: Record<string, { schema: unknown }>): string {
  const entries = Object.entries(content)
  return entries.length === 0 ? '<p>No body.</p>' : entries.map(([type, { schema }]) => `<p><code>${escape(type)}</code></p>${json(schema)}`).join('')
}

function schemaHtml(name: string, schema: unknown): string {
  return `<details id="schema-${escape(name)}"><summary><code>${escape(name)}</code></summary>${json(schema)}</details>`
}

/** Indented JSON whose references to named schemas are links. */
function json(value: unknown): string {
  const text = escape(JSON.stringify(value, null, 2) ?? '')
  return `<pre tabindex="0">${text.replaceAll(/&quot;#\/components\/schemas\/(\w+)&quot;/g, '<a href="#schema-$1">$1</a>')}</pre>`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

export const docsStyle = `
:root { color-scheme: light dark; --line: light-dark(#d5d9e0, #3a404b); --soft: light-dark(#f4f5f7, #1d2129); --link: light-dark(#1b5fc1, #8ab4f8) }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 70rem; padding: 1.5rem; background: light-dark(#fff, #14171c); color: light-dark(#1c2026, #e4e7ec) }
a { color: var(--link) } nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem }
h2 { margin-top: 2.5rem; text-transform: capitalize } h3 { font-size: 1rem; margin: 1rem 0 .25rem }
details { border: 1px solid var(--line); border-radius: 6px; margin: .4rem 0; padding: .4rem .8rem } summary { cursor: pointer }
pre { background: var(--soft); border-radius: 6px; max-height: 24rem; overflow: auto; padding: .6rem; font-size: 13px; margin: .25rem 0 }
table { border-collapse: collapse; width: 100% } td, th { border-bottom: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top }
.method { display: inline-block; font-weight: 600; min-width: 4.2rem } tr:target, details:target { outline: 2px solid var(--link) }
`
