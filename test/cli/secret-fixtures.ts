import { execFileSync } from 'node:child_process'
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Plants secrets in files and in a repository's history below `directory`; the values, none of which may be in any output. */
export function plantSecrets(directory: string): readonly string[] {
  const [now, past, other, merged] = [drawn(), drawn(), drawn(), drawn()]
  const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), content)
  }
  const git = (...args: readonly string[]) => execFileSync('git', ['-C', join(directory, 'leaky'), '-c', 'user.name=Ann', '-c', 'user.email=ann@example.com', '-c', 'commit.gpgsign=false', ...args], { stdio: ['ignore', 'pipe', 'pipe'] }).toString().trim()

  write('planted/app/.env', `# settings\nDB_PASSWORD=${now}\n`)
  write('planted/deploy.key', key)
  write('planted/clean/readme.md', 'nothing to see here\n')
  write('planted/allowed.env', `API_TOKEN=${other} # gitleaks:allow\n`)
  write('stdin.env', `DB_PASSWORD=${now}\n`)

  mkdirSync(join(directory, 'leaky'))
  git('init', '-q', '-b', 'main')
  write('leaky/.env', `DB_PASSWORD=${past}\n`)
  git('add', '-A')
  git('commit', '-q', '-m', `add settings, password ${past}`)
  write('leaky/.env', 'DB_PASSWORD=\n')
  git('commit', '-q', '-a', '-m', 'take it out')
  git('tag', 'clean')
  write('leaky/src/app.env', `DB_PASSWORD=${merged}\n`)
  git('add', '-A')
  git('commit', '-q', '-m', 'and another')

  mkdirSync(join(directory, 'damaged'))
  execFileSync('git', ['init', '-q', join(directory, 'damaged')])
  write('damaged/.git/HEAD', 'not a ref\n')

  makeImage(directory, write, past)
  write('rules/own.toml', `[[rules]]\nid = "house-token"\ndescription = "House token"\nregex = '''house_[a-z0-9]{12}'''\nkeywords = ["house_"]\n`)
  write('rules/extending.toml', '[extend]\npath = "rules/own.toml"\n')
  write('rules/broken.toml', '[[rules]]\nid = "x"\nregex = "("\n')
  const house = `house_${randomBytes(6).toString('hex')}`
  write('house/a.txt', `${house}\n`)
  write('house/.env', `DB_PASSWORD=${other}\n`)
  write('baselines/detect-secrets.json', JSON.stringify({ version: '1.5.0', results: { 'planted/app/.env': [{ type: 'Secret Keyword', filename: 'planted/app/.env', hashed_secret: createHash('sha1').update(now).digest('hex'), line_number: 2, is_secret: false }] } }))
  write('baselines/broken.json', '{"results": []}\n')
  return [now, past, other, merged, house, key.split('\n')[1]!]
}

/** An image as `docker save` writes it, with a layer that holds a secret and one above that removes it. */
function makeImage(directory: string, write: (path: string, content: string) => void, secret: string): void {
  const at = (path: string) => join(directory, 'image', path)
  const tar = (output: string, folder: string, ...names: readonly string[]) => execFileSync('tar', ['-cf', at(output), '-C', at(folder), ...names])
  write('image/files/app/.env', `DB_PASSWORD=${secret}\n`)
  write('image/gone/app/.wh..env', '')
  for (const layer of ['one', 'two']) mkdirSync(at(`saved/${layer}`), { recursive: true })
  tar('saved/one/layer.tar', 'files', 'app')
  tar('saved/two/layer.tar', 'gone', 'app')
  const ids = ['one', 'two'].map((layer) => `sha256:${createHash('sha256').update(readFileSync(at(`saved/${layer}/layer.tar`))).digest('hex')}`)
  write('image/saved/config.json', JSON.stringify({ architecture: 'amd64', os: 'linux', config: {}, rootfs: { type: 'layers', diff_ids: ids }, history: [{ created_by: 'COPY . /app' }, { created_by: 'RUN rm /app/.env' }] }))
  write('image/saved/manifest.json', JSON.stringify([{ Config: 'config.json', RepoTags: ['shop:1'], Layers: ['one/layer.tar', 'two/layer.tar'] }]))
  execFileSync('tar', ['-cf', join(directory, 'shop.tar'), '-C', at('saved'), 'manifest.json', 'config.json', 'one/layer.tar', 'two/layer.tar'])
}

/** Text that reads like no word: long enough for every filter. */
function drawn(): string {
  return `${randomBytes(24).toString('base64').replaceAll(/[^A-Za-z0-9]/g, '').slice(0, 22)}7Q`
}
