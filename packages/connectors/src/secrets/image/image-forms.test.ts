import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { githubToken, type Outcome, scanSecretsIn } from '../scan.testing.ts'
import { paxOf, tarOf, type TarMember } from './tar.testing.ts'

let root = ''
beforeEach(() => { root = realpathSync(mkdtempSync(join(tmpdir(), 'muster-image-'))) })
afterEach(() => rmSync(root, { recursive: true, force: true }))

const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const layerType = 'application/vnd.oci.image.layer.v1.tar'

/** The blobs of a layout as they are made, and the files around them. */
class Layout {
  readonly files: Record<string, Uint8Array> = { 'oci-layout': Buffer.from('{"imageLayoutVersion":"1.0.0"}') }

  blob(content: Uint8Array | object, more: object = {}) {
    const bytes = content instanceof Uint8Array ? content : Buffer.from(JSON.stringify(content))
    this.files[`blobs/sha256/${sha(bytes)}`] = bytes
    return { digest: `sha256:${sha(bytes)}`, size: bytes.length, ...more }
  }

  image(layers: readonly Uint8Array[], config: object = {}, mediaType = layerType) {
    return this.blob({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json', config: this.blob(config, { mediaType: 'application/vnd.oci.image.config.v1+json' }), layers: layers.map((bytes) => this.blob(bytes, { mediaType })) })
  }

  /** What BuildKit says beside an image of how it was built. */
  attestation(statement: object) {
    const layer = this.blob(statement, { mediaType: 'application/vnd.in-toto+json', annotations: { 'in-toto.io/predicate-type': 'https://slsa.dev/provenance/v0.2' } })
    return this.blob({ schemaVersion: 2, config: this.blob({ architecture: 'unknown', os: 'unknown', config: {} }), layers: [layer] }, { annotations: { 'vnd.docker.reference.type': 'attestation-manifest' }, platform: { architecture: 'unknown', os: 'unknown' } })
  }

  index(manifests: readonly object[]) {
    return { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests }
  }

  json(name: string, content: object): void {
    this.files[name] = Buffer.from(JSON.stringify(content))
  }

  directory(): string {
    for (const [name, content] of Object.entries(this.files)) {
      mkdirSync(dirname(join(root, 'image', name)), { recursive: true })
      writeFileSync(join(root, 'image', name), content)
    }
    return join(root, 'image')
  }

  archive(): string {
    writeFileSync(join(root, 'image.tar'), tarOf(Object.entries(this.files).map(([name, content]) => ({ name, content }))))
    return join(root, 'image.tar')
  }
}

const layer = (files: Readonly<Record<string, string>>) => tarOf(Object.entries(files).map(([name, content]) => ({ name, content })))
const named = (name: string) => ({ annotations: { 'io.containerd.image.name': `docker.io/library/${name}`, 'org.opencontainers.image.ref.name': name.split(':')[1]! } })
const places = ({ credentials }: Outcome) => credentials.map(({ location }) => (location.kind === 'image-line' ? `${location.path}:${location.line}${location.hiddenBy === null ? '' : ' hidden'}` : location.kind)).sort()
const sources = ({ observations }: Outcome) => observations.flatMap((each) => (each.observation === 'sighting' && each.of === 'machine' ? [each.ref] : []))
const coverage = ({ observations }: Outcome) => observations.flatMap((each) => (each.observation === 'coverage' ? [{ machine: each.machine, complete: each.complete }] : []))
const ofLayers = async (...layers: readonly Uint8Array[]) => {
  const layout = new Layout()
  layout.json('index.json', layout.index([{ ...layout.image(layers), ...named('app:1') }]))
  return scanSecretsIn(layout.directory())
}

describe('an image for several platforms', () => {
  const statement = (token: string) => ({ _type: 'https://in-toto.io/Statement/v0.1', predicate: { invocation: { parameters: { args: { 'build-arg:TOKEN': token } } } } })
  const [amd, arm, argument] = [githubToken(), githubToken(), githubToken()]
  const built = (layout: Layout) => {
    const one = layout.image([layer({ 'amd.env': `T=${amd}\n` })], { architecture: 'amd64' })
    const two = layout.image([layer({ 'arm.env': `T=${arm}\n` })], { architecture: 'arm64' })
    return { one, index: layout.blob(layout.index([one, two, layout.attestation(statement(argument))])) }
  }
  const expected = ['amd.env:1', 'arm.env:1', 'attestation/slsa.dev-provenance-v0.2.json:1']

  it('is one source: every platform is read, and what BuildKit says of the build, which is no layer', async () => {
    const layout = new Layout()
    layout.json('index.json', layout.index([{ ...built(layout).index, ...named('app:1') }]))
    for (const target of [layout.directory(), layout.archive()]) {
      const outcome = await scanSecretsIn(target)
      expect([places(outcome), outcome.problems, sources(outcome), coverage(outcome)]).toEqual([expected, [], ['image:docker.io/library/app:1'], [{ machine: 'image:docker.io/library/app:1', complete: true }]])
    }
  })

  it('is read whole from docker save of engines that keep images as layouts, whose manifest lists one platform', async () => {
    const layout = new Layout()
    const { one, index } = built(layout)
    layout.json('index.json', layout.index([{ ...index, ...named('app:1') }]))
    const { config, layers } = JSON.parse(Buffer.from(layout.files[`blobs/sha256/${one.digest.slice(7)}`]!).toString()) as { config: { digest: string }; layers: { digest: string }[] }
    const file = (digest: string) => `blobs/sha256/${digest.slice(7)}`
    layout.json('manifest.json', [{ Config: file(config.digest), RepoTags: ['app:1'], Layers: layers.map(({ digest }) => file(digest)) }])
    const outcome = await scanSecretsIn(layout.archive())
    expect([places(outcome), outcome.problems, sources(outcome), coverage(outcome)]).toEqual([expected, [], ['image:app:1'], [{ machine: 'image:app:1', complete: true }]])
  })

  it('of which one platform is damaged is not known whole, whichever comes last', async () => {
    for (const order of [0, 1]) {
      const layout = new Layout()
      const good = layout.image([layer({ 'a.env': `T=${amd}\n` })])
      const bad = layout.image([gzipSync(randomBytes(5000)).subarray(0, 2000)])
      layout.json('index.json', layout.index([{ ...layout.blob(layout.index(order === 0 ? [good, bad] : [bad, good])), ...named('app:1') }]))
      const outcome = await scanSecretsIn(layout.directory())
      expect([places(outcome), coverage(outcome).map(({ complete }) => complete)]).toEqual([['a.env:1'], [false]])
      rmSync(join(root, 'image'), { recursive: true })
    }
  })

  it('known by a tag alone goes by the layout’s name too', async () => {
    const layout = new Layout()
    layout.json('index.json', layout.index([{ ...layout.image([layer({ 'a.env': `T=${amd}\n` })]), annotations: { 'org.opencontainers.image.ref.name': 'latest' } }]))
    expect(sources(await scanSecretsIn(layout.directory()))).toEqual(['image:image:latest'])
  })
})

describe('a layer', () => {
  const token = githubToken()
  const text = `T=${token}\n`

  it('that empties a directory, or puts a file or a link in its place, hides what was in it, and what it holds itself is in sight', async () => {
    const base = layer({ 'a/one.env': text, 'b/c/two.env': text, 'd/three.env': text, 'e/four.env': text })
    const top = tarOf([{ name: 'a/' }, { name: 'a/.wh..wh..opq' }, { name: 'a/new.env', content: text }, { name: 'b/.wh.c' }, { name: 'd', content: 'x' }, { name: 'e', type: '2', link: '/elsewhere' }])
    expect(places(await ofLayers(base, top))).toEqual(['a/new.env:1', 'a/one.env:1 hidden', 'b/c/two.env:1 hidden', 'd/three.env:1 hidden', 'e/four.env:1 hidden'])
  })

  it('whose file goes on under another name after it was deleted is in sight under that name', async () => {
    const base = tarOf([{ name: 'a.env', content: text }, { name: 'b.env', type: '1', link: 'a.env' }, { name: 'c.env', type: '1', link: './a.env' }, { name: 'd.env', type: '2', link: 'a.env' }])
    expect(places(await ofLayers(base, layer({ '.wh.a.env': '', '.wh.c.env': '' })))).toEqual(['a.env:1 hidden', 'b.env:1'])
    expect(places(await ofLayers(base))).toEqual(['a.env:1'])
  })

  it('with sparse files is read behind them too', async () => {
    const after: TarMember = { name: 'z.env', content: text }
    for (const mapBlocks of [0, 1, 3]) expect(places(await ofLayers(tarOf([{ name: 'disk.env', type: 'S', content: text, mapBlocks }, after])))).toEqual(['disk.env:1', 'z.env:1'])
    const newer = tarOf([paxOf({ 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.name': 'etc/disk.env', 'GNU.sparse.realsize': '1000000' }), { name: 'GNUSparseFile.1/disk.env', content: `1\n512\n100\n${'\0'.repeat(501)}${text}` }, after])
    expect(places(await ofLayers(newer)).map((place) => place.split(':')[0])).toEqual(['etc/disk.env', 'z.env'])
  })

  it('in several frames of zstd or gzip, with a frame to skip, is read to its end', async () => {
    const bytes = layer({ 'a.env': text, 'b.bin': randomBytes(3000).toString('hex'), 'z.env': text })
    const skipped = Buffer.from('502a4d180400000061626364', 'hex')
    const cut = 1536
    for (const parts of [[zstdCompressSync(bytes.subarray(0, cut)), zstdCompressSync(bytes.subarray(cut)), skipped], [gzipSync(bytes.subarray(0, cut)), gzipSync(bytes.subarray(cut))]]) {
      const outcome = await ofLayers(Buffer.concat(parts))
      expect([places(outcome), outcome.problems]).toEqual([['a.env:1', 'z.env:1'], []])
    }
  })
})

describe('a configuration', () => {
  const of = async (config: object) => {
    const layout = new Layout()
    layout.json('index.json', layout.index([{ ...layout.image([layer({ x: 'x' })], config), ...named('app:1') }]))
    return scanSecretsIn(layout.directory())
  }

  it('is read in every part that takes values: environment, labels, commands, health check, build arguments, triggers', async () => {
    const tokens = Array.from({ length: 8 }, githubToken)
    const outcome = await of({
      config: { Env: [`A=${tokens[0]!}`], Labels: { 'org.example.token': tokens[1]! }, Cmd: ['run', `--token=${tokens[2]!}`], Healthcheck: { Test: ['CMD-SHELL', `curl -H 'Authorization: token ${tokens[3]!}' localhost`] }, OnBuild: [`ENV B=${tokens[4]!}`] },
      container_config: { Env: [`C=${tokens[5]!}`] },
      history: [{ created_by: `RUN |2 TOKEN=${tokens[6]!} MODE=a b /bin/bash -o pipefail -c make # buildkit` }, { created_by: `ARG OTHER=${tokens[7]!}` }, { created_by: 5 }],
    })
    expect(outcome.findings.map(({ found }) => found.secret.revealText()).sort()).toEqual([...tokens].sort())
    expect(outcome.problems).toEqual([])
  })

  it('with a part that is not as it should be is read in the others; one that is missing is told of', async () => {
    const token = githubToken()
    const outcome = await of({ config: { Env: [`A=${token}`, 7], Labels: 'none', Cmd: 'run' }, history: 'none' })
    expect([places(outcome), outcome.problems]).toEqual([['config/.env:1'], []])
    const layout = new Layout()
    const image = layout.image([layer({ 'a.env': `T=${token}\n` })], { gone: true })
    delete layout.files[`blobs/sha256/${sha(Buffer.from(JSON.stringify({ gone: true })))}`]
    layout.json('index.json', layout.index([{ ...image, ...named('app:1') }]))
    const without = await scanSecretsIn(layout.archive())
    expect([places(without), without.problems.map(({ code, where }) => `${code} ${where}`)]).toEqual([['a.env:1'], ['input.unrecognised docker.io/library/app:1:config']])
  })
})
