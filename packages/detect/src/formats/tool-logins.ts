import type { Format } from './input.ts'
import { iniPairs } from './pairs.ts'
import { child, entriesOf, scalarAt, textAt, type Tree } from './tree.ts'
import type { Collector } from './found.ts'

/** Composer's `auth.json`: tokens and logins by host. */
export const composerFormat: Format = {
  id: 'composer',
  matches: (input) => input.name === 'auth.json' && ['"http-basic"', '"bearer"', '"github-oauth"', '"gitlab-token"', '"gitlab-oauth"', '"bitbucket-oauth"'].some((key) => input.has(key)),
  extract: (input, into) => {
    for (const { key, value: hosts } of entriesOf(input.json)) {
      for (const { key: host, value } of entriesOf(hosts)) {
        const facts = { host: host.text, user: textAt(value, 'username') ?? textAt(value, 'consumer-key') }
        const secret = value.kind === 'scalar' ? value : scalarAt(value, 'password') ?? scalarAt(value, 'token') ?? scalarAt(value, 'consumer-secret')
        if (secret !== null) into.add('composer', { secretType: key.text === 'http-basic' ? 'registry-password' : 'registry-token', value: secret.text, start: secret.start, end: secret.end, facts })
      }
    }
  },
}

/** Terraform's own logins: `credentials.tfrc.json`, and `credentials "host" { token = "…" }` of `.terraformrc`. */
export const terraformCliFormat: Format = {
  id: 'terraform-cli',
  matches: (input) => input.name === 'credentials.tfrc.json' || /^\.?(?:terraform|tofu)(?:rc|\.rc)$/.test(input.name),
  extract: (input, into) => {
    const add = (host: string, value: string, start: number) => into.add('terraform-cli', { secretType: 'terraform-token', value, start, end: start + value.length, facts: { host } })
    for (const { key, value } of entriesOf(child(input.name.endsWith('.json') ? input.json : null, 'credentials'))) {
      const token = scalarAt(value, 'token')
      if (token !== null) add(key.text, token.text, token.start)
    }
    const block = /\bcredentials\s{1,8}"([^"\n]{1,253})"\s{0,8}\{[^{}]{0,1024}?\btoken\s{0,8}=\s{0,8}"([^"\n]{1,1024})"/g
    for (const match of input.text.slice(0, 262_144).matchAll(block)) add(match[1]!, match[2]!, match.index + match[0].length - 1 - match[2]!.length)
  },
}

/** The token of each host in `hosts.yml` of GitHub's command line and in `config.yml` of GitLab's. */
export const forgeCliFormat: Format = {
  id: 'forge-cli',
  matches: (input) => /(?:^|\/)(?:gh|glab-cli|tea)\/(?:hosts|config)\.ya?ml$/.test(input.path) || (/^hosts\.ya?ml$/.test(input.name) && input.has('oauth_token')),
  extract: (input, into) => {
    for (const document of input.yaml) {
      for (const hosts of [document, child(document, 'hosts')]) for (const { key, value } of entriesOf(hosts)) addForge(key.text, value, into)
    }
  },
}

function addForge(host: string, login: Tree, into: Collector): void {
  for (const [user, of] of [[textAt(login, 'user'), login], ...entriesOf(child(login, 'users')).map(({ key, value }) => [key.text, value] as const)] as const) {
    const token = scalarAt(of, 'oauth_token') ?? scalarAt(of, 'token')
    if (token !== null) into.add('forge-cli', { secretType: 'token', value: token.text, start: token.start, end: token.end, facts: { host, user } })
  }
}

/** Cargo's `credentials.toml`: the token of each registry. */
export const cargoFormat: Format = {
  id: 'cargo',
  matches: (input) => /^credentials(?:\.toml)?$/.test(input.name) && (/(?:^|\/)\.?cargo\//.test(input.path) || input.has('[registr')),
  extract: (input, into) => {
    for (const { section, key, text, start, end } of iniPairs(input.text)) {
      if (key === 'token' || key === 'secret-key') into.add('cargo', { secretType: 'registry-token', value: text, start, end, facts: { host: section.replace(/^registr(?:y|ies)\.?/, '') || 'crates.io' } })
    }
  },
}
