import { describe, expect, it } from 'vitest'
import { randomSecret, references, secrets } from './scan.testing.ts'

describe('settings of AI agents', () => {
  it('give the secrets in environments, headers and arguments, with the server they are for', () => {
    const [one, two, three, four] = [randomSecret(), randomSecret(), randomSecret(), randomSecret()]
    const text = JSON.stringify({
      mcpServers: {
        git: { command: 'npx', args: ['-y', 'server', '--api-key', three, `--auth-token=${four}`], env: { GIT_TOKEN: one, LOG_LEVEL: 'debug' } },
        remote: { url: 'https://mcp.test/sse', headers: { Authorization: `Bearer ${two}` } }, input: { env: { API_KEY: '${input:key}' } },
      },
    }, null, 2)
    const seen = secrets('claude_desktop_config.json', text)
    expect(seen.map((s) => [s.format, s.text, s.facts['server']])).toEqual([['mcp', three, 'git'], ['mcp', four, 'git'], ['mcp', one, 'git'], ['mcp', two, 'remote']])
    for (const { raw, text: value } of seen) expect(raw).toBe(value)
  })
})

describe('logins of tools', () => {
  it('auth.json of Composer: by kind and host', () => {
    const [one, two] = [randomSecret(), randomSecret()]
    const text = JSON.stringify({ 'http-basic': { 'repo.test': { username: 'ci', password: one } }, 'github-oauth': { 'git.test': two } })
    expect(secrets('/root/.composer/auth.json', text).map((s) => [s.secretType, s.text, s.facts['host'], s.facts['user']])).toEqual([['registry-password', one, 'repo.test', 'ci'], ['registry-token', two, 'git.test', undefined]])
  })

  it('.terraformrc and credentials.tfrc.json: the token of each host', () => {
    const value = randomSecret()
    expect(secrets('.terraformrc', `plugin_cache_dir = "x"\ncredentials "app.test" {\n  token = "${value}"\n}\n`)[0]).toMatchObject({ format: 'terraform-cli', text: value, raw: value, facts: { host: 'app.test' } })
    expect(secrets('.terraform.d/credentials.tfrc.json', JSON.stringify({ credentials: { 'app.test': { token: value } } }))[0]).toMatchObject({ text: value, facts: { host: 'app.test' } })
  })

  it('hosts.yml of command lines for code hosts: older and newer form', () => {
    const [one, two] = [randomSecret(), randomSecret()]
    expect(secrets('.config/gh/hosts.yml', `git.test:\n    oauth_token: ${one}\n    user: ann\n    users:\n        bob:\n            oauth_token: ${two}\n`).map((s) => [s.text, s.facts['host'], s.facts['user']])).toEqual([[one, 'git.test', 'ann'], [two, 'git.test', 'bob']])
    expect(secrets('.config/glab-cli/config.yml', `hosts:\n  lab.test:\n    token: ${one}\n    user: ann\n`)[0]).toMatchObject({ text: one, facts: { host: 'lab.test' } })
  })

  it('credentials.toml of Cargo: by registry', () => {
    const [one, two] = [randomSecret(), randomSecret()]
    expect(secrets('.cargo/credentials.toml', `[registry]\ntoken = "${one}"\n[registries.inner]\ntoken = "${two}"\n`).map((s) => [s.text, s.facts['host']])).toEqual([[one, 'crates.io'], [two, 'inner']])
  })

  it('units of systemd: quoted and bare variables, set credentials, loaded ones as references', () => {
    const [one, two, three] = [randomSecret(), randomSecret(), randomSecret()]
    const unit = `[Service]\nEnvironment="DB_PASSWORD=${one}" MODE=fast API_TOKEN=${two}\nSetCredential=db:${three}\nLoadCredential=tls:/etc/keys/tls.key\n`
    expect(secrets('app.service', unit).map((s) => [s.secretType, s.text])).toEqual([['password', one], ['token', two], ['systemd-credential', three]])
    expect(references('app.service', unit).map((s) => s.text)).toEqual(['/etc/keys/tls.key'])
  })
})
