import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { githubToken, type Outcome, scanSecretsIn } from '../scan.testing.ts'
import { streamTar } from './tar-stream.ts'
import { tarOf } from './tar.testing.ts'

let root = ''
beforeEach(() => { root = realpathSync(mkdtempSync(join(tmpdir(), 'muster-image-'))) })
afterEach(() => rmSync(root, { recursive: true, force: true }))

type Files = Readonly<Record<string, string | Uint8Array>>
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** The files of an OCI layout with one image of these layers, lowest first. */
function layout(layers: readonly Buffer[], config: object, name: string | null): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = { 'oci-layout': Buffer.from('{"imageLayoutVersion":"1.0.0"}') }
  const blob = (bytes: Uint8Array) => { files[`blobs/sha256/${sha(bytes)}`] = bytes; return { digest: `sha256:${sha(bytes)}`, size: bytes.length } }
  const manifest = blob(Buffer.from(JSON.stringify({ schemaVersion: 2, config: blob(Buffer.from(JSON.stringify(config))), layers: layers.map((layer) => blob(layer)) })))
  files['index.json'] = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [{ ...manifest, ...name === null ? {} : { annotations: { 'org.opencontainers.image.ref.name': name } } }] }))
  return files
}

/** An archive as docker save wrote it before it took over the OCI layout. */
function saved(layers: readonly Buffer[], config: object, tag: string): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = { 'config.json': Buffer.from(JSON.stringify(config)) }
  const names = layers.map((layer) => { files[`${sha(layer)}/layer.tar`] = layer; return `${sha(layer)}/layer.tar` })
  files['manifest.json'] = Buffer.from(JSON.stringify([{ Config: 'config.json', RepoTags: [tag], Layers: names }]))
  return files
}

const layer = (files: Files) => tarOf(Object.entries(files).map(([name, content]) => ({ name, content })))
const archive = (files: Files) => tarOf(Object.entries(files).map(([name, content]) => ({ name, content })))

function write(files: Files): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, 'image', name)), { recursive: true })
    writeFileSync(join(root, 'image', name), content)
  }
  return join(root, 'image')
}

function writeTar(bytes: Uint8Array): string {
  writeFileSync(join(root, 'image.tar'), bytes)
  return join(root, 'image.tar')
}

const brief = ({ credentials }: Outcome) => credentials.map(({ location }) => location.kind === 'image-line' ? [location.path, location.line, location.layer === null ? null : location.layer.slice(7, 13), location.hiddenBy === null ? null : location.hiddenBy.slice(7, 13)] : [location.kind])

describe('a container image', () => {
  const [kept, deleted, env, arg] = [githubToken(), githubToken(), githubToken(), githubToken()]
  const base = layer({ 'app/kept.env': `A=1\nT=${kept}\n`, 'root/.npmrc': `//r.example.org/:_authToken=${deleted}\n` })
  const top = layer({ 'root/.wh..npmrc': '' })
  const config = { config: { Env: [`GITHUB_TOKEN=${env}`] }, history: [{ created_by: `|1 TOKEN=${arg} /bin/sh -c make` }, { created_by: '/bin/sh -c #(nop)  USER app' }] }
  const expected = [['app/kept.env', 2, sha(base).slice(0, 6), null], ['root/.npmrc', 1, sha(base).slice(0, 6), sha(top).slice(0, 6)], ['config/.env', 1, null, null], ['config/Dockerfile', 1, null, null]]

  it('gives what each layer holds, what an upper one deletes, and its configuration: as a layout, as a tar of it, as docker save writes it', async () => {
    const asLayout = await scanSecretsIn(write(layout([base, top], config, 'registry.example.org/app:1')))
    expect(brief(asLayout)).toEqual(expected)
    expect(asLayout.observations[0]).toMatchObject({ machineKind: 'source', name: 'registry.example.org/app:1', identifiers: [{ type: 'source-id', value: 'image:registry.example.org/app:1' }] })
    expect(asLayout.observations.at(-1)).toMatchObject({ observation: 'coverage', scope: { path: '', unread: [], lookedFor: ['secrets'] }, complete: true })
    expect(brief(await scanSecretsIn(writeTar(archive(layout([base, top], config, 'a:1')))))).toEqual(expected)
    expect(brief(await scanSecretsIn(writeTar(archive(saved([base, top], config, 'a:1')))))).toEqual(expected)
  })

  it('is read through gzip and zstd, and named by its configuration where it has no name', async () => {
    const packed = [gzipSync(base), zstdCompressSync(top)]
    const outcome = await scanSecretsIn(writeTar(archive(layout(packed, config, null))))
    expect(brief(outcome).map(([path]) => path)).toEqual(expected.map(([path]) => path))
    expect(outcome.observations[0]).toMatchObject({ identifiers: [{ type: 'source-id', value: `image:sha256:${sha(Buffer.from(JSON.stringify(config)))}` }] })
  })

  it('with a layer that is damaged or missing gives the rest, and nothing counts as gone', async () => {
    const files = layout([base, gzipSync(layer({ 'x.bin': randomBytes(50_000) })).subarray(0, 20_000)], config, 'a:1')
    const outcome = await scanSecretsIn(writeTar(archive(files)))
    expect(brief(outcome).map(([path]) => path)).toContain('app/kept.env')
    expect(outcome.problems).toMatchObject([{ code: 'input.unrecognised' }])
    expect(outcome.observations.at(-1)).toMatchObject({ scope: { unread: [''] }, complete: false })
    const without = Object.fromEntries(Object.entries(files).filter(([name]) => name !== `blobs/sha256/${sha(base)}`))
    expect((await scanSecretsIn(writeTar(archive(without)))).problems.map(({ code }) => code)).toContain('file.unreadable')
  })

  it('whose index names itself is read once; of more images than are read, the rest is told of', async () => {
    const files = layout([base], config, 'a:1')
    const [manifest] = (JSON.parse(Buffer.from(files['index.json']!).toString()) as { manifests: { digest: string }[] }).manifests
    const self = 'a'.repeat(64)
    const index = Buffer.from(JSON.stringify({ manifests: [manifest!, ...Array.from({ length: 999 }, () => ({ digest: `sha256:${self}` }))] }))
    const circle = await scanSecretsIn(write({ ...files, 'index.json': index, [`blobs/sha256/${self}`]: index }))
    expect(circle.problems).toEqual([])
    expect(brief(circle).map(([path]) => path)).toContain('app/kept.env')
    const many = Buffer.from(JSON.stringify({ manifests: Array.from({ length: 1000 }, (_, at) => ({ digest: `sha256:${String(at).padStart(64, '0')}` })).with(0, manifest!) }))
    expect((await scanSecretsIn(write({ ...files, 'index.json': many }))).problems).toMatchObject([{ code: 'input.limit', message: expect.stringContaining('more images') }])
  })

  it('with an empty layer is whole', async () => {
    const outcome = await scanSecretsIn(writeTar(archive(saved([base, Buffer.alloc(0)], config, 'a:1'))))
    expect(brief(outcome).map(([path]) => path)).toContain('app/kept.env')
    expect(outcome.problems).toEqual([])
  })

  it('leaves out what is excluded', async () => {
    expect(brief(await scanSecretsIn(write(layout([base, top], {}, 'a:1')), { exclude: ['/app'] })).map(([path]) => path)).toEqual(['root/.npmrc'])
  })

  it('reaches nothing outside its directory', async () => {
    const files = layout([base], config, 'a:1')
    const manifest = Object.keys(files).find((name) => Buffer.from(files[name]!).includes('schemaVersion') && name.startsWith('blobs/'))!
    files[manifest] = Buffer.from(JSON.stringify({ config: { digest: `sha256:${'0'.repeat(64)}` }, layers: [{ digest: `sha256:${'/../'.repeat(16)}` }] }))
    expect((await scanSecretsIn(write(files), { as: 'image' })).problems).toMatchObject([{ code: 'input.unrecognised' }])
  })

  it('killed after any batch and resumed gives what an uninterrupted scan gives', async () => {
    const target = write(layout([base, layer({ 'b.txt': githubToken() }), top], config, 'a:1'))
    const whole = await scanSecretsIn(target)
    const text = (outcome: Outcome) => outcome.observations.map((each) => JSON.stringify(each))
    expect(whole.batches.length).toBeGreaterThan(3)
    for (let kill = 1; kill < whole.batches.length; kill++) {
      const first = await scanSecretsIn(target, {}, { maxBatches: kill })
      const second = await scanSecretsIn(target, {}, { resumeFrom: first.batches.at(-1)!.cursor })
      expect(new Set([...text(first), ...text(second)])).toEqual(new Set(text(whole)))
    }
    expect(JSON.stringify(whole.batches)).not.toContain(kept)
  })
})

describe('a tar that comes in pieces', () => {
  async function* pieces(bytes: Buffer, cut: number): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += cut) yield bytes.subarray(at, at + cut)
  }
  const all = async (bytes: Buffer, cut: number) => {
    const entries = streamTar(pieces(bytes, cut), 1000, () => true)
    const seen: [string, string][] = []
    for (let next = await entries.next(); ; next = await entries.next()) {
      if (next.done === true) return { seen, whole: next.value }
      if (next.value.bytes !== null) seen.push([next.value.name, next.value.bytes.toString()])
    }
  }

  it('gives the same members however it is cut', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.stringMatching(/^[a-z]{1,20}$/), fc.string({ maxLength: 900, unit: 'binary-ascii' })), { maxLength: 5 }), fc.integer({ min: 1, max: 1500 }), async (files, cut) => {
      const bytes = tarOf(files.map(([name, content]) => ({ name, content })))
      expect(await all(bytes, cut)).toEqual({ seen: files, whole: true })
    }), { numRuns: 30 })
  })

  it('never throws for what it holds', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), fc.integer({ min: 1, max: 700 }), async (bytes, cut) => {
      expect(typeof (await all(Buffer.concat([tarOf([{ name: 'a', content: 'x' }]).subarray(0, 1024), bytes]), cut)).whole).toBe('boolean')
    }), { numRuns: 60 })
  })
})
