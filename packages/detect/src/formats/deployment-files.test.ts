import { describe, expect, it } from 'vitest'
import { randomSecret, references, scan, secrets } from './scan.testing.ts'

const b64 = (text: string) => Buffer.from(text).toString('base64')
const block = (lines: readonly string[]) => `${lines.join('\n')}\n`

describe('kubeconfig', () => {
  it('tokens and keys with the cluster they open', () => {
    const token = randomSecret(40)
    const pem = `-----BEGIN ${'RSA'} PRIVATE KEY-----\n${b64(randomSecret(60))}\n-----END ${'RSA'} PRIVATE KEY-----\n`
    const text = block([
      'apiVersion: v1', 'kind: Config', 'current-context: prod', 'clusters:', '- name: c1', '  cluster: {server: "https://k8s.test:6443"}',
      'contexts:', '- context:', '    cluster: c1', '    user: deployer', '    namespace: web', '  name: prod', 'users:', '- name: deployer', '  user:', `    token: ${token}`,
      '- name: admin', '  user:', `    client-key-data: ${b64(pem)}`, '- name: sso', '  user:', '    exec:', '      command: aws', '      apiVersion: v1',
    ])
    const seen = scan('/root/.kube/config', text)
    expect(seen.map((s) => [s.secretType, s.reference])).toEqual([['kubernetes-token', false], ['private-key', false], ['exec-plugin', true]])
    expect(seen[0]).toMatchObject({ text: token, raw: token, facts: { user: 'deployer', cluster: 'c1', host: 'https://k8s.test:6443', namespace: 'web' } })
    expect(seen[1]!.text).toBe(pem)
  })
})

describe('Kubernetes manifests', () => {
  it('Secret: data decoded, stringData, user beside it, public keys left out', () => {
    const [one, two] = [randomSecret(), randomSecret()]
    const text = block(['apiVersion: v1', 'kind: Secret', 'metadata:', '  name: db', '  namespace: web', 'data:', `  username: ${b64('app')}`, `  password: ${b64(`${one}\n`)}`, 'stringData:', `  api: ${two}`, '---', 'kind: Namespace', 'apiVersion: v1'])
    const seen = secrets('secret.yaml', text)
    expect(seen.map((s) => [s.secretType, s.text, s.facts['key'], s.facts['name'], s.facts['user']])).toEqual([['password', one, 'password', 'db', 'app'], ['secret', two, 'api', 'db', 'app']])
    expect(seen[0]!.raw).toBe(b64(`${one}\n`))
  })
  it('image pull secrets give each registry its password', () => {
    const [one, two] = [randomSecret(), randomSecret()]
    const config = b64(JSON.stringify({ auths: { 'a.test': { auth: b64(`u:${one}`) }, 'b.test': { username: 'v', password: two } } }))
    const seen = secrets('s.yml', block(['apiVersion: v1', 'kind: Secret', 'type: kubernetes.io/dockerconfigjson', 'data:', `  .dockerconfigjson: ${config}`]))
    expect(seen.map((s) => [s.text, s.facts['host']])).toEqual([[one, 'a.test'], [two, 'b.test']])
  })
  it('the last-applied annotation still holds what was applied; lists are opened', () => {
    const value = randomSecret()
    const applied = JSON.stringify({ apiVersion: 'v1', kind: 'Secret', data: { password: b64(value) }, metadata: { name: 'x' } })
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': applied } }, data: {} }] })
    expect(secrets('dump.json', list)[0]).toMatchObject({ text: value, facts: { source: 'last-applied-configuration' } })
  })
  it('sealed and external secrets are references', () => {
    const text = block(['apiVersion: bitnami.com/v1alpha1', 'kind: SealedSecret', 'metadata: {name: s}', 'spec:', '  encryptedData:', `    password: ${b64(randomSecret(90))}`, '---', 'apiVersion: external-secrets.io/v1', 'kind: ExternalSecret', 'metadata: {name: e}', 'spec:', '  secretStoreRef: {name: vault}', '  data:', '  - secretKey: p', '    remoteRef: {key: web/db, property: password}'])
    expect(scan('x.yaml', text).map((s) => [s.secretType, s.reference, s.facts['name']])).toEqual([['sealed-secret', true, 's'], ['external-secret', true, 'e']])
  })
  it('pods: literals in env, Secrets they take, service account as JWT facts', () => {
    const value = randomSecret()
    const text = block(['apiVersion: apps/v1', 'kind: Deployment', 'metadata: {name: web}', 'spec:', '  template:', '    spec:', '      containers:', '      - name: app', '        env:', '        - name: DB_PASSWORD', `          value: ${value}`, '        - name: TOKEN', '          valueFrom:', '            secretKeyRef: {name: tok, key: t}', '        - name: PASSWORD_FILE', '          value: /run/x'])
    const seen = scan('d.yaml', text)
    expect(seen.map((s) => [s.secretType, s.text, s.reference])).toEqual([['password', value, false], ['kubernetes-secret', 'tok', true]])
    expect(seen[0]!.facts).toMatchObject({ container: 'app', kind: 'Deployment', name: 'web' })
  })
  it('a bearer token that is a JWT tells its issuer, subject and expiry', () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const jwt = `${part({ alg: 'RS256', kid: 'k1' })}.${part({ iss: 'https://issuer.test', sub: 'system:serviceaccount:web:app', exp: 1_900_000_000 })}.${randomSecret(40)}`
    const text = block(['apiVersion: v1', 'kind: Config', 'current-context: x', 'users:', '- name: u', '  user:', `    token: ${jwt}`])
    expect(secrets('config.yaml', text)[0]!.facts).toMatchObject({ issuer: 'https://issuer.test', subject: 'system:serviceaccount:web:app', notAfter: '2030-03-17T17:46:40.000Z', algorithm: 'RS256' })
  })
})

describe('containers', () => {
  it('compose: environment as mapping and as list, variables as references, secrets by file', () => {
    const [one, two] = [randomSecret(), randomSecret()]
    const text = block(['services:', '  db:', '    image: postgres', '    environment:', `      POSTGRES_PASSWORD: ${one}`, '      POSTGRES_USER: app', '  web:', '    environment:', `      - "API_TOKEN=${two}"`, '      - SESSION_SECRET=${SESSION_SECRET}', '      - DEBUG=1', 'secrets:', '  key: {file: ./key.txt}'])
    const seen = scan('docker-compose.yml', text)
    expect(seen.map((s) => [s.text, s.facts['service'], s.reference])).toEqual([[one, 'db', false], [two, 'web', false], ['${SESSION_SECRET}', 'web', true], ['./key.txt', undefined, true]])
    expect(seen.slice(0, 2).map((s) => s.raw)).toEqual([one, two])
  })
  it('Dockerfile: ENV in both forms, ARG, continuation lines, secret mounts', () => {
    const [one, two, three] = [randomSecret(), randomSecret(), randomSecret()]
    const text = block(['FROM x', `ARG NPM_TOKEN=${one}`, 'ARG OTHER_TOKEN', `ENV A=1 \\`, `    DB_PASSWORD="${two}" B=2`, `ENV API_SECRET ${three}`, '# ENV PASSWORD=commented1', 'RUN --mount=type=secret,id=npmrc npm ci'])
    expect(scan('build/Dockerfile.prod', text).map((s) => [s.text, s.facts['name'], s.reference])).toEqual([[one, 'NPM_TOKEN', false], [two, 'DB_PASSWORD', false], [three, 'API_SECRET', false], ['npmrc', undefined, true]])
  })
  it('.env: quotes, comments, placeholders, references, URLs by their password', () => {
    const [one, two, three] = [randomSecret(), randomSecret(), randomSecret(40)]
    const text = block([`DB_PASSWORD="${one} x" # c`, 'SECRET_KEY=<your-secret-key>', `export DATABASE_URL=postgres://u:${two}@h/db`, 'MAX_TOKENS=4096', 'PUBLIC_KEY=abcdefgh12345678', `AWS_SECRET_ACCESS_KEY='${three}'`, 'API_KEY=op://vault/item/key'])
    expect(scan('.env.production', text).map((s) => [s.text, s.secretType, s.placeholder, s.reference])).toEqual([
      [`${one} x`, 'password', false, false], ['<your-secret-key>', 'secret-key', true, false], [two, 'database-password', false, false], [three, 'aws-secret-access-key', false, false], ['op://vault/item/key', 'api-key', false, true],
    ])
    expect(references('.env', 'TOKEN=$(cat /run/t)\n')).toEqual([])
  })
})
