import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chooseEncoding, loadWebAssets, type WebAssets } from './static.ts'
import { ensureWebBuilt } from './web-build.ts'

describe('the built application', () => {
  let directory: string
  let assets: WebAssets
  const script = `console.log("${'x'.repeat(5000)}")`
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'muster-web-'))
    await mkdir(join(directory, 'dist', 'assets'), { recursive: true })
    await writeFile(join(directory, 'dist', 'index.html'), '<!doctype html><title>Muster</title>')
    await writeFile(join(directory, 'dist', 'assets', 'index-Abc123_-.js'), script)
    await writeFile(join(directory, 'dist', '.sources.sha256'), 'hidden')
    await writeFile(join(directory, 'outside.txt'), 'outside')
    await symlink(join(directory, 'outside.txt'), join(directory, 'dist', 'link.txt'))
    assets = await loadWebAssets(join(directory, 'dist'))
  })
  afterAll(() => rm(directory, { recursive: true }))

  const get = (path: string, headers: Record<string, string> = {}) => assets.serve(new Request(`http://x${path}`, { headers }), path)

  it('is kept for ever by its hashed names and asked for again by its page', async () => {
    expect((await get('/assets/index-Abc123_-.js'))!.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    const page = (await get('/'))!
    expect([page.headers.get('cache-control'), page.headers.get('content-type')]).toEqual(['no-cache', 'text/html; charset=utf-8'])
    const again = (await get('/', { 'if-none-match': page.headers.get('etag')! }))!
    expect([again.status, await again.text()]).toEqual([304, ''])
  })

  it('answers the page for the application’s own paths and nothing for a missing file', async () => {
    expect(await (await get('/inventory/01900000-0000-7000-8000-000000000000'))!.text()).toContain('<title>Muster')
    expect(await get('/assets/gone-12345678.js')).toBeNull()
  })

  it('serves what the build made and nothing beside it', async () => {
    for (const path of ['/.sources.sha256', '/link.txt', '/../outside.txt', '/assets/../../outside.txt', '/%2e%2e/outside.txt']) expect([path, await get(path)]).toEqual([path, null])
  })

  it('compresses as the client can take it', async () => {
    const path = '/assets/index-Abc123_-.js'
    const body = async (encoding: string) => Buffer.from(await (await get(path, { 'accept-encoding': encoding }))!.arrayBuffer())
    expect(brotliDecompressSync(await body('gzip, br')).toString()).toBe(script)
    expect(gunzipSync(await body('gzip')).toString()).toBe(script)
    expect((await body('')).toString()).toBe(script)
    expect((await body('br')).length).toBeLessThan(200)
    expect(['br;q=0, gzip', 'br;q=0.0', 'identity', 'BR', 'gzip;q=0.5, br;q=0.1'].map(chooseEncoding)).toEqual(['gzip', 'identity', 'identity', 'br', 'br'])
  })

  it('is built when missing or when a source has changed, and not otherwise', async () => {
    const web = join(directory, 'web')
    const core = join(directory, 'core')
    await mkdir(join(web, 'src'), { recursive: true })
    await mkdir(core)
    await writeFile(join(web, 'src', 'main.tsx'), 'one')
    await writeFile(join(core, 'a.ts'), 'one')
    const said: string[] = []
    let builds = 0
    const ensure = () => ensureWebBuilt({
      packageDirectory: web, alsoFrom: [core], say: (text) => said.push(text),
      build: async (_from, to) => { builds++; await mkdir(to, { recursive: true }); await writeFile(join(to, 'index.html'), `build ${builds}`) },
    })
    expect(await ensure()).toBe(join(web, 'dist'))
    await ensure()
    await writeFile(join(web, 'src', 'main.test.tsx'), 'tests do not count')
    await ensure()
    expect([builds, said]).toEqual([1, ['building the web application, once']])
    await writeFile(join(core, 'a.ts'), 'two')
    await ensure()
    await writeFile(join(web, 'src', 'main.tsx'), 'two')
    await ensure()
    expect([builds, said.at(-1)]).toEqual([3, 'building the web application: its sources have changed'])
    expect(await readdir(join(web, '.tmp'))).toEqual([])
  })
})
