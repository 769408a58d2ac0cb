import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { drawExample, seededRandom } from '@muster/detect'
import { workbench } from '@muster/testkit'

/** A repository and a directory with secrets in them, every value drawn anew. */
export type Planted = {
  readonly repository: string
  readonly directory: string
  /** What must be on no page and in no answer. */
  readonly values: readonly string[]
  remove(): void
}

const draw = (pattern: string): string => drawExample(`«${pattern}»`, seededRandom(randomBytes(4).readUInt32LE()))

/** Makes a history: one password in three places, a token removed again, a key on a branch, a value two layers deep, a pipeline with a static key. */
export function plantSecrets(): Planted {
  const bench = workbench()
  const repository = join(bench.path, 'shop')
  const directory = join(bench.path, 'srv')
  const git = (...args: string[]): string => bench.run('git', '-C', repository, '-c', 'user.name=Ann Berg', '-c', 'user.email=ann.berg@example.org', '-c', 'commit.gpgsign=false', ...args)
  const write = (files: Readonly<Record<string, string | Uint8Array>>): void => {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(bench.path, path)), { recursive: true })
      writeFileSync(join(bench.path, path), content)
    }
  }
  const commit = (message: string): void => { git('add', '-A'); git('commit', '-q', '--no-verify', '-m', message) }
  const password = randomBytes(18).toString('base64url')
  const token = draw('!checksum ghp_')
  const apiKey = randomBytes(24).toString('base64url')
  const deep = randomBytes(18).toString('base64url')
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256', privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } })

  mkdirSync(repository)
  git('init', '-q', '-b', 'main')
  git('remote', 'add', 'origin', 'https://git.example.com/shop/storefront.git')
  write({
    'shop/CODEOWNERS': '/deploy/ @shop/platform\n', 'shop/deploy/.pgpass': `db.example.org:5432:orders:shop:${password}\n`, 'shop/deploy/production.env': `DATABASE_URL=postgresql://shop:${password}@db.example.org:5432/orders\n`,
    'shop/scripts/release.sh': `#!/bin/sh\nset -e\ngit clone https://x-access-token:${token}@github.com/example/mobile.git\n`,
    'shop/.github/workflows/ship.yml': 'name: ship\non: push\njobs:\n  ship:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ./ship.sh\n        env:\n          AWS_SECRET_ACCESS_KEY: ${{ secrets.AWS_SECRET_ACCESS_KEY }}\n',
    'shop/backup/settings.gz': gzipSync(`[mail]\nhost = "smtp.example.org"\nuser = "shop"\npassword = "${deep}"\n`),
  })
  commit('the shop')
  write({ 'shop/scripts/release.sh': '#!/bin/sh\nset -e\n' })
  commit('no token in the script')
  git('checkout', '-q', '-b', 'feature/tls')
  write({ 'shop/tls/shop.key': privateKey, 'shop/config/app.yml': `api_secret: "${apiKey}"\n` })
  commit('a key')
  git('checkout', '-q', 'main')
  write({ 'srv/settings.py': `DATABASE_URL = "postgres://shop:${password}@db.example.org/orders"\n` })
  return { repository, directory, values: [password, token, apiKey, deep, privateKey.split('\n')[1]!], remove: () => { rmSync(bench.path, { recursive: true, force: true }) } }
}
