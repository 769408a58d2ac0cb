import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@muster/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { commit, initRepository } from './git/git.testing.ts'
import { tarOf } from './image/tar.testing.ts'
import { plant, scanSecretsIn, seen } from './scan.testing.ts'

let root = ''
beforeEach(() => { root = realpathSync(mkdtempSync(join(tmpdir(), 'muster-slow-'))) })
afterEach(() => rmSync(root, { recursive: true, force: true }))

const config = `[[rules]]\nid = "slow"\nregex = '''start((a+)+)+b'''\n[[rules]]\nid = "box"\nregex = '''boxed-([a-z0-9]{16})'''\n`
const value = 'a1'.repeat(8)
const files = { 'a.txt': `boxed-${value}\n`, 'm.txt': `start${'a'.repeat(60)}c\n` }

/** A repository, a directory and an image that hold these files. */
const targets = {
  directory: () => { plant(join(root, 'tree'), files); return join(root, 'tree') },
  repository: () => {
    const path = initRepository(join(root, 'repo'))
    plant(path, files)
    commit(path, 'both')
    return path
  },
  image: () => {
    const layer = tarOf(Object.entries(files).map(([name, content]) => ({ name, content })))
    const path = join(root, 'image.tar')
    writeFileSync(path, tarOf([{ name: 'manifest.json', content: JSON.stringify([{ Config: 'config.json', RepoTags: ['app:1'], Layers: ['layer.tar'] }]) }, { name: 'config.json', content: '{}' }, { name: 'layer.tar', content: layer }]))
    return path
  },
}

describe('rules that do not come back from a file', () => {
  it.each(Object.entries(targets))('end with the time of the scan of a %s: the file is named, what else was found is told, nothing counts as seen whole', async (kind, make) => {
    const outcome = await scanSecretsIn(make(), { config, formats: false, threads: 1 }, { signal: AbortSignal.timeout(4000), clock: systemClock })
    expect(seen(outcome).map((each) => each.replace(`${root}/tree/`, ''))).toEqual([`a.txt:1 ${value}`])
    expect(outcome.problems.map(({ code, where, message }) => `${code} ${where.split('/').at(-1)} ${message.replace(/\d.*/, 'N')}`)).toEqual([`input.timeout ${kind === 'image' ? 'app:1:' : ''}m.txt not finished: took longer than N`])
    expect(outcome.observations.filter(({ observation }) => observation === 'coverage')).toEqual([])
    if (kind === 'repository') expect(outcome.credentials).toMatchObject([{ location: { path: 'a.txt', presence: 'head', commit: { authorName: 'Ann' } } }])
  })
})
