import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { randomSecret } from '../formats/scan.testing.ts'
import { tarOf, zipOf } from './archives.testing.ts'
import type { DecodeLimits } from './budget.ts'
import { decodedViews, type DecodedView } from './views.ts'

function decode(content: string | Uint8Array, path = 'file', limits: Partial<DecodeLimits> = {}) {
  const bytes = Buffer.from(content)
  const views: DecodedView[] = []
  const problems: { code: string; where: string; message: string }[] = []
  for (const event of decodedViews(bytes, { path, limits })) {
    if ('view' in event) views.push(event.view)
    else problems.push(event.problem)
  }
  return { views, problems, texts: views.map((view) => Buffer.from(view.bytes).toString('utf8')), chains: views.map((view) => view.provenance.map((step) => step.decoder).join('>')) }
}
const b64 = (content: string | Uint8Array) => Buffer.from(content).toString('base64')
const secret = randomSecret(40)
const text = `password = ${secret}\n`

describe('codes in text', () => {
  it('base64, base64url and hex inside a file, with their ranges', () => {
    for (const [decoder, code] of [['base64', b64(text)], ['base64', Buffer.from(`${text}??>>`).toString('base64url')], ['hex', Buffer.from(text).toString('hex')]] as const) {
      const { views, texts } = decode(`key: ${code}; rest`)
      expect(texts[0]).toContain(text)
      expect(views[0]!.provenance[0]).toMatchObject({ decoder, start: 5, end: 5 + code.length })
    }
  })
  it('base64 wrapped into lines, and nested codes', () => {
    const wrapped = b64(text.repeat(5)).replaceAll(/(.{64})/g, '$1\n    ')
    expect(decode(`data: |\n    ${wrapped}\n`).texts[0]).toBe(text.repeat(5))
    const { chains, texts } = decode(`x=${b64(`y=${Buffer.from(text).toString('hex')}`)}`)
    expect(chains).toEqual(['base64', 'base64>hex'])
    expect(texts[1]).toBe(text)
  })
  it('hashes, identifiers and words decode to nothing', () => {
    expect(decode(`${createHash('sha256').update('x').digest('hex')} ThisIsALongIdentifierInSomeSourceFile another_quite_long_snake_case_name`).views).toEqual([])
  })
  it('percent and JavaScript escapes', () => {
    const percent = [...text].map((char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')
    expect(decode(`q=${percent}`).texts[0]).toContain(text)
    const escaped = [...text].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
    expect(decode(`s = "${escaped}"`).texts[0]).toBe(text)
    const hex = [...text].map((char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')
    expect(decode(`s = "${hex}"`).texts[0]).toBe(text)
  })
  it('UTF-16 of both orders, with and without a mark', () => {
    const little = Buffer.from(text, 'utf16le')
    const big = Buffer.from(little).swap16()
    for (const bytes of [little, big, Buffer.concat([Buffer.from([0xff, 0xfe]), little]), Buffer.concat([Buffer.from([0xfe, 0xff]), big])]) expect(decode(bytes).texts[0]).toBe(text)
  })
})

describe('archives', () => {
  it('gzip, zlib, zstd, zip, tar and a tar in a gzip in a zip', () => {
    expect(decode(gzipSync(text)).texts).toEqual([text])
    expect(decode(deflateSync(text)).texts).toEqual([text])
    expect(decode(zstdCompressSync(text)).texts).toEqual([text])
    expect(decode(zipOf({ 'a/.env': text }), 'x.zip').views[0]).toMatchObject({ path: 'x.zip!a/.env', provenance: [{ decoder: 'zip', name: 'a/.env' }] })
    const { chains, texts, views } = decode(zipOf({ 'in.tgz': gzipSync(tarOf([{ name: 'd/' }, { name: 'd/e', content: text }])) }), 'x.zip')
    expect(chains).toEqual(['zip', 'zip>gzip', 'zip>gzip>tar'])
    expect(texts[2]).toBe(text)
    expect(views[2]!.path).toBe('x.zip!in.tar!d/e')
  })
  it('what the tar program writes, with long names in both dialects', () => {
    const folder = mkdtempSync(join(tmpdir(), 'muster-tar-'))
    try {
      const long = `${'long-directory-name/'.repeat(8)}file.txt`
      mkdirSync(join(folder, 'in', long, '..'), { recursive: true })
      writeFileSync(join(folder, 'in', long), text)
      for (const format of ['gnu', 'pax', 'ustar']) {
        execFileSync('tar', ['--format', format, '-cf', join(folder, 'a.tar'), '-C', join(folder, 'in'), '.'])
        const { views } = decode(readFileSync(join(folder, 'a.tar')))
        expect(views.map((view) => [view.provenance[0]!.name?.replace(/^\.\//, ''), Buffer.from(view.bytes).toString()])).toEqual([[long, text]])
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
  it('encrypted entries and damaged data are problems', () => {
    expect(decode(zipOf({ a: text }, 1))).toMatchObject({ views: [], problems: [{ message: '1 zip entries not read: encrypted' }] })
    expect(decode(gzipSync(text).subarray(0, 30)).problems).toMatchObject([{ code: 'input.unrecognised' }])
    expect(decode(tarOf([{ name: 'a', content: text }, { name: 'b', content: text }]).subarray(0, 1540)).problems).toHaveLength(1)
  })
})

describe('images', () => {
  const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
  const lower = gzipSync(tarOf([{ name: 'app/' }, { name: 'app/.env', content: text }, { name: 'app/kept', content: `kept ${text}` }, { name: 'old/x/key', content: `old ${text}` }, { name: 'over', content: `first ${text}` }]))
  const upper = tarOf([{ name: 'app/.wh..env' }, { name: './old/x/.wh..wh..opq' }, { name: 'over', content: 'second' }])
  const layers = [lower, upper].map((bytes) => `sha256:${digest(bytes)}`)
  const check = (archive: Buffer) => {
    const { views, problems } = decode(archive, 'image.tar')
    expect(problems).toEqual([])
    const files = new Map(views.flatMap((view) => view.provenance[0]!.decoder === 'image-layer' && view.provenance.length === 1 ? [[`${view.provenance[0]!.name} ${view.provenance[0]!.layer === layers[0] ? 'lower' : 'upper'}`, view.provenance[0]!.hiddenBy]] : []))
    expect(Object.fromEntries(files)).toEqual({ 'over upper': undefined, 'app/.env lower': layers[1], 'app/kept lower': undefined, 'old/x/key lower': layers[1], 'over lower': layers[1] })
    expect(views.some((view) => view.provenance[0]!.decoder === 'image-config' && Buffer.from(view.bytes).includes(secret))).toBe(true)
  }
  const config = JSON.stringify({ config: { Env: [`API_TOKEN=${secret}`] } })
  it('docker save: a file deleted by a later layer is still there, and said to be hidden', () => {
    check(tarOf([{ name: 'manifest.json', content: JSON.stringify([{ Config: 'c.json', RepoTags: ['a:1'], Layers: [`${digest(lower)}/layer.tar`, `blobs/sha256/${digest(upper)}`] }]) }, { name: 'c.json', content: config }, { name: `${digest(lower)}/layer.tar`, content: lower }, { name: `blobs/sha256/${digest(upper)}`, content: upper }]))
  })
  it('OCI image layout, through a nested index', () => {
    const manifest = JSON.stringify({ schemaVersion: 2, config: { digest: `sha256:${digest(Buffer.from(config))}` }, layers: layers.map((layer) => ({ digest: layer })) })
    const nested = JSON.stringify({ manifests: [{ digest: `sha256:${digest(Buffer.from(manifest))}` }] })
    const blob = (content: string | Buffer) => ({ name: `blobs/sha256/${digest(Buffer.from(content))}`, content })
    check(tarOf([{ name: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' }, { name: 'index.json', content: JSON.stringify({ manifests: [{ digest: `sha256:${digest(Buffer.from(nested))}` }] }) }, blob(nested), blob(manifest), blob(config), blob(lower), blob(upper)]))
  })
})

describe('images made to do harm', () => {
  const manifests = (digests: readonly string[]) => JSON.stringify({ manifests: digests.map((each) => ({ digest: `sha256:${each}` })) })

  it('an index that names itself again and again is read once', () => {
    const self = 'a'.repeat(64)
    const index = manifests(Array.from({ length: 1000 }, () => self))
    const started = performance.now()
    decode(tarOf([{ name: 'index.json', content: index }, { name: `blobs/sha256/${self}`, content: index }]), 'image.tar')
    expect(performance.now() - started).toBeLessThan(5000)
  })
  it('a layer that links to what is no address is not there', () => {
    const archive = tarOf([{ name: 'manifest.json', content: JSON.stringify([{ Config: 'c.json', RepoTags: ['a:1'], Layers: ['x/layer.tar'] }]) }, { name: 'x/layer.tar', link: 'http://[' }])
    expect(() => decode(archive, 'image.tar')).not.toThrow()
  })
  it('a layer that is a link is the one it links to', () => {
    const lower = tarOf([{ name: 'app/.env', content: text }])
    const archive = tarOf([{ name: 'manifest.json', content: JSON.stringify([{ Config: 'c.json', RepoTags: ['a:1'], Layers: ['x/layer.tar'] }]) }, { name: 'x/layer.tar', link: '../y/100%.tar' }, { name: 'y/100%.tar', content: lower }])
    expect(decode(archive, 'image.tar').chains).toContain('image-layer')
  })
})

describe('documents', () => {
  it('Word: a secret cut into runs by its formatting is whole again', () => {
    const xml = `<w:document><w:p><w:r><w:t>token: ${secret.slice(0, 9)}</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>${secret.slice(9)}</w:t></w:r></w:p><w:p><w:t>a &amp; b</w:t></w:p></w:document>`
    const { views, texts } = decode(zipOf({ '[Content_Types].xml': '<Types/>', 'word/document.xml': xml }), 'a.docx')
    const at = views.findIndex((view) => view.provenance[0]!.decoder === 'office')
    expect(texts[at]).toBe(`token: ${secret}\na & b\n`)
  })
  it('OpenDocument and spreadsheets', () => {
    expect(decode(zipOf({ mimetype: 'x', 'META-INF/manifest.xml': '<m/>', 'content.xml': `<o><text:p>k<text:s/>${secret}</text:p></o>` }), 'a.odt').texts).toContain(`k ${secret}\n`)
    expect(decode(zipOf({ '[Content_Types].xml': '<Types/>', 'xl/sharedStrings.xml': `<sst><si><t>${secret}</t></si></sst>` }), 'a.xlsx').texts).toContain(`${secret}\n`)
  })
  it('PDF: strings of flate-coded and plain content streams', () => {
    const packed = deflateSync(`BT /F1 12 Tf 72 712 Td [(token: ${secret.slice(0, 8)}) -20 (${secret.slice(8)})] TJ ET`)
    const pdf = Buffer.concat([Buffer.from(`%PDF-1.4\n1 0 obj <</Length ${packed.length} /Filter /FlateDecode>>\nstream\n`), packed, Buffer.from(`\nendstream endobj\n2 0 obj <</Length 9>>\nstream\nBT (plain \\(${secret}\\)) Tj ET\nendstream endobj\n`)])
    expect(decode(pdf, 'a.pdf').texts.map((part) => part.trim())).toEqual([`token: ${secret}`, `plain (${secret})`])
  })
  it('notebooks: source and outputs of each cell, lines joined', () => {
    const notebook = JSON.stringify({ nbformat: 4, cells: [{ cell_type: 'code', source: ['a = 1\n', `key = "${secret}"\n`], outputs: [{ text: [`out ${secret}\n`] }] }] })
    const { views, texts } = decode(notebook, 'n.ipynb')
    expect(texts).toEqual([`a = 1\nkey = "${secret}"\n`, `out ${secret}\n`])
    expect(views[0]!.provenance[0]!.name).toBe('cell 1 code source')
  })
})

describe('limits', () => {
  it('a bomb is not unpacked: ratio, size of one part, of all parts, number and depth', () => {
    const bomb = gzipSync(Buffer.alloc(40_000_000, 0x61))
    expect(decode(bomb)).toMatchObject({ views: [], problems: [{ code: 'input.limit' }] })
    expect(decode(zipOf({ a: Buffer.alloc(2_000_000, 'ab') }), 'f', { maxViewBytes: 1_500_000 })).toMatchObject({ views: [], problems: [{ code: 'input.limit', where: 'f!a' }] })
    expect(decode(tarOf([{ name: 'a', content: text }, { name: 'b', content: text }]), 'f', { maxTotalBytes: text.length })).toMatchObject({ views: [{}], problems: [{ code: 'input.limit' }] })
    expect(decode(tarOf(Array.from({ length: 9 }, (_, i) => ({ name: `${i}`, content: text }))), 'f', { maxViews: 5 }).views).toHaveLength(5)
    let nested: Buffer = Buffer.from(text)
    for (let i = 0; i < 12; i++) nested = gzipSync(nested)
    expect(decode(nested, 'f', { maxDepth: 3 }).views).toHaveLength(3)
  })
  it('zip entries that share their data are unpacked once', () => {
    const zip = zipOf({ aa: text, bb: text })
    const second = zip.lastIndexOf('PK\u0001\u0002', undefined, 'latin1')
    zip.writeUInt32LE(0, second + 42)
    expect(decode(zip)).toMatchObject({ views: [{}], problems: [{ message: '1 zip entries not read: damaged' }] })
  })
  it('stops when it is cancelled', () => {
    const control = new AbortController()
    let seen = 0
    for (const event of decodedViews(tarOf(Array.from({ length: 9 }, (_, i) => ({ name: `${i}`, content: text }))), { path: 'f', signal: control.signal })) {
      if ('view' in event && ++seen === 2) control.abort()
    }
    expect(seen).toBe(2)
  })
  it('arbitrary and damaged input: no exception, ranges inside their parents, no secret in a problem', () => {
    const seeds = [zipOf({ '[Content_Types].xml': '<T/>', 'word/document.xml': text, b: gzipSync(text) }), tarOf([{ name: 'manifest.json', content: JSON.stringify([{ Config: 'c', Layers: ['l'] }]) }, { name: 'c', content: '{}' }, { name: 'l', content: tarOf([{ name: 'x', content: text }]) }]), gzipSync(tarOf([{ name: 'x', content: b64(text) }])), Buffer.from(`%PDF-1.4\n1 0 obj <<>>\nstream\nBT (${secret}) Tj ET\nendstream`), Buffer.from(`${b64(text)} \\u0041\\u0042\\u0043\\u0044 %41%42%43%44 ${Buffer.from(text).toString('hex')}`), Buffer.from(text, 'utf16le')]
    const damaged = fc.tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(8000), fc.integer({ min: 0, max: 255 })), { maxLength: 10 }), fc.nat(8000)).map(([seed, edits, cut]) => {
      const bytes = Buffer.from(seed)
      for (const [position, byte] of edits) bytes[position % bytes.length] = byte
      return cut < bytes.length && cut % 3 === 0 ? bytes.subarray(0, cut) : bytes
    })
    fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 600 }), damaged), fc.constantFrom('f', 'a.ipynb', 'a.docx'), (bytes, path) => {
      const { views, problems } = decode(bytes, path, { maxTotalBytes: 5_000_000 })
      for (const view of views) {
        const [first] = view.provenance
        expect(view.provenance.length >= 1 && view.provenance.length <= 6 && first!.start >= 0 && first!.start <= first!.end).toBe(true)
        if (first!.decoder !== 'image-layer') expect(first!.end).toBeLessThanOrEqual(bytes.length)
      }
      expect(JSON.stringify(problems)).not.toContain(secret)
    }), { numRuns: 1500 })
  })
})
