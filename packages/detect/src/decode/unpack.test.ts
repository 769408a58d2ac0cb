import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasTool } from '@muster/testkit'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { packedSeeds } from '../fuzz-seeds.ts'
import { tarOf } from './archives.testing.ts'
import type { DecodeLimits } from './budget.ts'
import { inflate } from './inflate.ts'
import { decodedViews } from './views.ts'

const folder = mkdtempSync(join(tmpdir(), 'muster-unpack-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (program: string, args: readonly string[], input?: Uint8Array): Buffer => execFileSync(program, args, { cwd: folder, maxBuffer: 256 * 1024 * 1024, stdio: ['pipe', 'pipe', 'ignore'], ...input === undefined ? {} : { input } })
const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

function decode(bytes: Uint8Array, path: string, limits: Partial<DecodeLimits> = {}, signal = { aborted: false }) {
  const events = [...decodedViews(bytes, { path, limits, signal })]
  const views = events.flatMap((event) => ('view' in event ? [event.view] : []))
  return {
    problems: events.flatMap((event) => ('problem' in event ? [event.problem.message] : [])),
    files: views.map((view) => [view.provenance.map(({ decoder }) => decoder).join('>'), view.path]),
    hashes: new Map(views.map((view) => [view.path, sha(view.bytes)])),
  }
}

/** The hash of what is packed, or why it stays so. */
function unpacked(packed: Uint8Array, compression: 'xz' | 'bzip2'): string {
  const inflated = inflate(packed, compression, 20_000_000)
  return inflated.ok ? sha(inflated.bytes) : inflated.reason
}

/** Texts of every sort: long runs, repetition near and far, noise, machine code, nothing. */
const noise = randomBytes(200_000)
const texts: Readonly<Record<string, Buffer>> = {
  one: Buffer.from('x'), short: Buffer.from('the roll of machine identities\n'), run: Buffer.alloc(400_000, 'a'), steps: Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7) & 0xff)),
  noise, far: Buffer.concat([noise, Buffer.alloc(1_500_000, 'between '), noise]), code: readFileSync(process.execPath).subarray(4096, 1_500_000),
  words: Buffer.from(Array.from({ length: 60_000 }, (_, at) => `${(at * 2_654_435_761) % 977} machine `).join('')),
}

describe.skipIf(!hasTool('xz'))('what xz packs', () => {
  const formats: readonly (readonly string[])[] = [['-0'], ['-6'], ['-9e', '--check=crc32'], ['--check=none', '--block-size=65536'], ['--lzma2=preset=1,lc=0,lp=3,pb=0', '--check=sha256'], ['--x86', '--lzma2=dict=4KiB'], ['--delta=dist=4', '--lzma2=nice=273'], ['-T2', '--block-size=100000']]
  it.each(formats.map((args) => [args.join(' '), args] as const))('with %s is unpacked', (_, args) => {
    for (const [name, text] of Object.entries(texts)) {
      // Addresses stay as the filter made them; text has none.
      if (args.includes('--x86') && ['code', 'noise', 'far'].includes(name)) continue
      expect([name, unpacked(run('xz', [...args, '-c'], text), 'xz')]).toEqual([name, sha(text)])
    }
  })
  it('as several streams with padding, and as LZMA alone with and without an end mark', () => {
    const two = Buffer.concat([run('xz', ['-c'], texts['words']), Buffer.alloc(8), run('xz', ['-c'], texts['run'])])
    expect(unpacked(two, 'xz')).toBe(sha(Buffer.concat([texts['words']!, texts['run']!])))
    for (const [name, text] of Object.entries(texts)) {
      const alone = run('xz', ['--format=lzma', '-c'], text)
      expect([name, decode(alone, 'a.lzma').hashes.get('a')]).toEqual([name, sha(text)])
      alone.writeBigUInt64LE(BigInt(text.length), 5)
      expect([name, decode(alone, 'a.lzma').hashes.get('a')]).toEqual([name, sha(text)])
    }
  })
  it('from tar, with the way there', () => {
    const inner = tarOf([{ name: 'etc/app.conf', content: 'a = b\n' }])
    for (const [path, within] of [['a.tar.xz', 'a.tar'], ['a.txz', 'a.tar']]) expect(decode(run('xz', ['-c'], inner), path!).files).toEqual([['xz', within], ['xz>tar', `${within}!etc/app.conf`]])
  })
  it('stating a dictionary of four gigabytes costs no memory for it', () => {
    const packed = run('xz', ['-c'], texts['short'])
    packed[packed.indexOf(0x21, 12) + 2] = 40
    expect(unpacked(packed, 'xz')).toBe(sha(texts['short']!))
  })
})

describe.skipIf(!hasTool('bzip2'))('what bzip2 packs', () => {
  it.each(['-1', '-9'])('with %s is unpacked, as one stream and as two', (level) => {
    for (const [name, text] of Object.entries(texts)) {
      const packed = run('bzip2', [level, '-c'], text)
      expect([name, unpacked(packed, 'bzip2'), unpacked(Buffer.concat([packed, packed]), 'bzip2')]).toEqual([name, sha(text), sha(Buffer.concat([text, text]))])
    }
    expect(unpacked(run('bzip2', ['-c'], Buffer.alloc(0)), 'bzip2')).toBe(sha(Buffer.alloc(0)))
  })
  it('from tar, with the way there', () => {
    const inner = tarOf([{ name: 'etc/app.conf', content: 'a = b\n' }])
    for (const path of ['a.tar.bz2', 'a.tbz', 'a.tbz2']) expect(decode(run('bzip2', ['-c'], inner), path).files).toEqual([['bzip2', 'a.tar'], ['bzip2>tar', 'a.tar!etc/app.conf']])
  })
})

describe.skipIf(!hasTool('7z'))('what 7z packs', () => {
  const names = Object.keys(texts)
  const pack = (name: string, ...args: string[]): Buffer => {
    rmSync(join(folder, name), { force: true })
    mkdirSync(join(folder, 'in'), { recursive: true })
    for (const [file, text] of Object.entries(texts)) writeFileSync(join(folder, 'in', file), text)
    writeFileSync(join(folder, 'in', 'empty'), '')
    run('7z', ['a', '-bd', ...args, name, 'in'])
    return readFileSync(join(folder, name))
  }
  it.each(['-m0=LZMA', '-m0=LZMA2', '-m0=LZMA2 -ms=off', '-m0=BZip2', '-m0=Deflate', '-m0=Copy', '-m0=LZMA:lc=4:lp=0:pb=0', '-mf=Delta:4', '-mhc=off', '-mx=9 -md=1m'])('with %s is unpacked', (args) => {
    const { hashes, problems, files } = decode(pack('a.7z', ...args.split(' ')), 'a.7z')
    expect(problems).toEqual([])
    for (const name of names) expect([name, hashes.get(`a.7z!in/${name}`)]).toEqual([name, sha(texts[name]!)])
    expect(files).toHaveLength(names.length)
  })
  it('encrypted or by a method that is not known here is said with how many', () => {
    expect(decode(pack('a.7z', '-psesame'), 'a.7z').problems).toEqual([`${names.length} 7z entries not read: encrypted`])
    expect(decode(pack('a.7z', '-psesame', '-mhe=on'), 'a.7z').problems).toEqual(['7z archive: encrypted'])
    expect(decode(pack('a.7z', '-m0=PPMd'), 'a.7z').problems).toEqual([`${names.length} 7z entries not read: compression not supported`])
  })
  it('only where there is room for a folder, and only while somebody wants it', () => {
    const solid = pack('a.7z', '-m0=LZMA')
    expect(decode(solid, 'a.7z', { maxArchiveBytes: 400_000 }).problems.at(-1)).toMatch(/^[1-9] 7z entries not read: larger than the limits$/)
    expect(decode(solid, 'a.7z', { maxViewBytes: 300_000 }).problems).toEqual([`${names.filter((name) => texts[name]!.length > 300_000).length} 7z entries not read: larger than the limits`])
    let asked = 0
    expect(decode(solid, 'a.7z', {}, { get aborted() { return ++asked > 3 } })).toMatchObject({ files: [], problems: [] })
  })
})

describe('packages', () => {
  it.skipIf(!hasTool('dpkg-deb'))('of Debian are opened down to their files', () => {
    mkdirSync(join(folder, 'deb/DEBIAN'), { recursive: true })
    mkdirSync(join(folder, 'deb/etc'), { recursive: true })
    writeFileSync(join(folder, 'deb/DEBIAN/control'), 'Package: roll\nVersion: 1\nArchitecture: all\nMaintainer: A <a@b.test>\nDescription: x\n')
    writeFileSync(join(folder, 'deb/etc/app.conf'), 'a = b\n')
    for (const method of ['xz', 'gzip']) {
      run('dpkg-deb', ['--build', `-Z${method}`, '--root-owner-group', 'deb', 'roll.deb'])
      expect(decode(readFileSync(join(folder, 'roll.deb')), 'roll.deb').files).toContainEqual([`deb>${method}>tar`, 'roll.deb!data.tar!./etc/app.conf'])
    }
  })
  const cpioOf = (files: Readonly<Record<string, string>>): Buffer => Buffer.concat([...Object.entries(files), ['TRAILER!!!', ''] as const].flatMap(([name, content]) => {
    const fields = [1, name === 'TRAILER!!!' ? 0 : 0o100644, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length + 1, 0]
    const head = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}${name}\0`)
    return [head, Buffer.alloc(-head.length & 3), Buffer.from(content), Buffer.alloc(-content.length & 3)]
  }))
  const header = (data: string): Buffer => Buffer.concat([Buffer.from('8eade8010000000000000001', 'hex'), Buffer.from([0, 0, 0, data.length]), Buffer.alloc(16), Buffer.from(data)])
  it('of RPM are opened down to their files', () => {
    const signatures = header('abc')
    const rpm = Buffer.concat([Buffer.from('edabeedb03000000', 'hex'), Buffer.alloc(88), signatures, Buffer.alloc(-signatures.length & 7), header('more'), cpioOf({ './etc/app.conf': 'a = b\n', './etc/two': 'c' })])
    expect(decode(rpm, 'a.rpm')).toMatchObject({ problems: [], files: [['rpm', 'a.rpm!payload'], ['rpm>cpio', 'a.rpm!payload!etc/app.conf'], ['rpm>cpio', 'a.rpm!payload!etc/two']] })
    expect(decode(rpm.subarray(0, 120), 'a.rpm').problems).toEqual(['damaged RPM package'])
    expect(decode(rpm.subarray(0, -130), 'a.rpm').problems).toEqual(['cpio archive is damaged or cut off; only a part was read'])
  })
  it('that are RAR archives are said not to be opened', () => {
    expect(decode(Buffer.from('526172211a0700cf907300000d00000000000000', 'hex'), 'a.rar').problems).toEqual(['RAR archive: not opened'])
  })
})

describe('packed by other programs', () => {
  const seeds = Object.entries(packedSeeds())
  const extension = (kind: string): string => (kind === 'lzma' ? 'a.lzma' : 'a')
  it.each(seeds)('%s is unpacked', (kind, bytes) => {
    const { hashes, problems } = decode(bytes, extension(kind))
    expect(problems).toEqual([])
    expect(new Set(hashes.values())).toEqual(new Set(decode(packedSeeds()['xz']!, 'a').hashes.values()))
  })
  it.each(seeds)('%s that is cut off or damaged anywhere ends in a problem or in text, never in an exception', (kind, seed) => {
    for (let length = 1; length < seed.length; length++) if (length > 32) expect(decode(seed.subarray(0, length), extension(kind)).files).toEqual([])
    const edits = fc.array(fc.tuple(fc.nat(seed.length - 1), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 })
    fc.assert(fc.property(edits, (changed) => {
      const bytes = Buffer.from(seed)
      for (const [at, byte] of changed) bytes[at] = byte
      const { files, problems } = decode(bytes, extension(kind), { maxTotalBytes: 4_000_000, maxArchiveBytes: 2_000_000 })
      expect(files.length + problems.length).toBeLessThan(20)
    }), { numRuns: 500 })
  })
  it('a bomb is refused before it is unpacked, or as soon as it is too large', () => {
    for (const [kind, seed] of seeds) expect([kind, decode(seed, extension(kind), { maxArchiveBytes: 100 }).files]).toEqual([kind, []])
  })
})
