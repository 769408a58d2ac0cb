import { describe, expect, it } from 'vitest'
import { randomSecret, scan } from './scan.testing.ts'

const block = (lines: readonly string[]) => `${lines.join('\n')}\n`
const brief = (path: string, text: string) => scan(path, text).map((s) => [s.secretType, s.text, s.reference])

describe('GitHub Actions', () => {
  it('literals, secrets taken, environments, OIDC permission and the role that trusts it', () => {
    const value = randomSecret()
    const text = block([
      'name: deploy', 'on: push', 'permissions:', '  id-token: write', 'env:', `  API_TOKEN: ${value}`, 'jobs:', '  ship:', '    environment: production', '    runs-on: x', '    steps:',
      '    - uses: aws-actions/configure-aws-credentials@v4', '      with:', '        role-to-assume: arn:aws:iam::123456789012:role/ship', '        aws-region: eu-west-1',
      '    - run: |', '        curl -H "x: ${{ secrets.DEPLOY_KEY }}" y', '        echo ${{ secrets.SECOND }}', '      env:', "        TOKEN: ${{ secrets['THIRD'] || github.token }}",
    ])
    const seen = scan('.github/workflows/d.yml', text)
    expect(seen.map((s) => [s.secretType, s.reference, s.facts['name'] ?? s.facts['provider'] ?? s.facts['permission']])).toEqual([
      ['oidc-permission', true, 'id-token: write'], ['token', false, 'API_TOKEN'], ['federated-trust', true, 'aws'], ['ci-secret', true, 'DEPLOY_KEY'], ['ci-secret', true, 'SECOND'], ['ci-secret', true, 'THIRD'],
    ])
    expect(seen[1]!.text).toBe(value)
    expect(seen[5]).toMatchObject({ raw: "${{ secrets['THIRD'] || github.token }}", facts: { job: 'ship', workflow: 'deploy' } })
    expect(seen[2]!.facts).toMatchObject({ environment: 'production', region: 'eu-west-1', reference: 'arn:aws:iam::123456789012:role/ship' })
  })
})

describe('other pipelines', () => {
  it('GitLab CI: variables, Vault secrets, ID tokens', () => {
    const value = randomSecret()
    const text = block(['variables:', `  DB_PASSWORD: "${value}"`, '  DEPLOY_TOKEN:', '    value: $OTHER', 'build:', '  id_tokens:', '    VAULT_ID:', '      aud: https://vault.test', '  secrets:', '    KEY:', '      vault: prod/db/password@ops', '  script: [make]'])
    expect(brief('.gitlab-ci.yml', text)).toEqual([['password', value, false], ['token', '$OTHER', true], ['federated-trust', 'https://vault.test', true], ['ci-secret', 'prod/db/password@ops', true]])
  })
  it('CircleCI: environment, registry login, contexts', () => {
    const value = randomSecret()
    const text = block(['version: 2.1', 'jobs:', '  b:', '    docker:', '    - image: x', '      auth: {username: u, password: $PULL}', '    environment:', `      API_KEY: ${value}`, 'workflows:', '  w:', '    jobs:', '    - b: {context: [aws-prod]}'])
    expect(brief('.circleci/config.yml', text)).toEqual([['password', '$PULL', true], ['api-key', value, false], ['ci-secret', 'aws-prod', true]])
  })
  it('Azure Pipelines: variables in both forms, groups, service connections', () => {
    const value = randomSecret()
    const text = block(['variables:', '- group: prod', '- name: dbPassword', `  value: ${value}`, 'steps:', '- task: AzureCLI@2', '  inputs: {azureSubscription: conn-1}', '  env:', '    TOKEN: $(mySecret)'])
    expect(brief('azure-pipelines.yml', text)).toEqual([['ci-secret', 'prod', true], ['password', value, false], ['service-connection', 'conn-1', true], ['token', '$(mySecret)', true]])
  })
  it('Jenkins: credentials by id, what the controller encrypted is a reference', () => {
    const value = randomSecret()
    const text = `<?xml version='1.1'?><com.cloudbees.plugins.credentials.SystemCredentialsProvider><list><com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl><scope>GLOBAL</scope><id>nexus</id><username>ci</username><password>${value}</password></com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl><x><id>enc</id><secret>{${Buffer.from(randomSecret(32)).toString('base64')}}</secret></x></list></com.cloudbees.plugins.credentials.SystemCredentialsProvider>`
    const seen = scan('credentials.xml', text)
    expect(seen.map((s) => [s.secretType, s.facts['credentialId'], s.reference])).toEqual([['password', 'nexus', false], ['secret', 'enc', true]])
    expect(seen[0]).toMatchObject({ text: value, facts: { user: 'ci', scope: 'GLOBAL' } })
  })
})

describe('configuration as code', () => {
  it('Ansible: vault files, vaulted values, inventories', () => {
    const [one, two] = [randomSecret(), randomSecret()]
    expect(scan('secrets.yml', '$ANSIBLE_VAULT;1.2;AES256;prod\n3132\n')[0]).toMatchObject({ reference: true, facts: { cipher: 'AES256', vaultId: 'prod' } })
    expect(brief('group_vars/all.yml', `db_password: ${one}\napi_token: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  3132\nother_password: "{{ vault_x }}"\n`).map(([type, , reference]) => [type, reference])).toEqual([['password', false], ['token', true], ['password', true]])
    expect(scan('hosts', `[web]\nh1 ansible_user=root ansible_ssh_pass=${two}\n`)[0]).toMatchObject({ text: two, facts: { host: 'h1', user: 'root', group: 'web' } })
  })
  it('Terraform state: known attributes, sensitive ones, outputs', () => {
    const [one, two, three] = [randomSecret(40), randomSecret(), randomSecret()]
    const state = JSON.stringify({ version: 4, terraform_version: '1.9.0', outputs: { db: { value: three, sensitive: true } }, resources: [
      { type: 'aws_iam_access_key', name: 'ci', instances: [{ attributes: { id: 'x', secret: one, user: 'ci' } }] },
      { type: 'aws_db_instance', name: 'main', instances: [{ attributes: { address: 'db.test', username: 'app', password: two, port: 5432 } }] }] })
    expect(scan('terraform.tfstate', state).map((s) => [s.secretType, s.text, s.facts['resource'], s.facts['user']])).toEqual([
      ['secret', three, undefined, undefined], ['aws-secret-access-key', one, 'aws_iam_access_key.ci', 'ci'], ['password', two, 'aws_db_instance.main', 'app']])
  })
  it('tfvars and variable defaults; references to variables hold nothing', () => {
    const [one, two] = [randomSecret(), randomSecret()]
    expect(brief('prod.tfvars', `db_password = "${one}"\nregion = "eu"\n`)).toEqual([['password', one, false]])
    expect(brief('main.tf', `variable "api_token" {\n  default = "${two}"\n}\nresource "x" "y" {\n  password = "\${var.p}"\n}\n`)).toEqual([['token', two, false], ['password', '${var.p}', true]])
  })
  it('Helm values: nested settings with the user beside them', () => {
    const value = randomSecret()
    expect(scan('chart/values-prod.yaml', `db:\n  username: app\n  password: ${value}\n  existingSecret: ""\nmaxTokens: 5\n`)).toMatchObject([{ format: 'helm-values', text: value, facts: { user: 'app' } }])
  })
})

describe('applications', () => {
  it('Java properties and Spring YAML: user and URL beside the password, encrypted values', () => {
    const value = randomSecret()
    const seen = scan('application.properties', `spring.datasource.url=jdbc:postgresql://db/x\nspring.datasource.username = app\nspring.datasource.password: ${value}\\\n  tail\njasypt.password=ENC(abcdef0123456789)\n`)
    expect(seen.map((s) => [s.text, s.facts['user'], s.facts['host'], s.reference])).toEqual([[`${value}tail`, 'app', 'jdbc:postgresql://db/x', false], ['ENC(abcdef0123456789)', undefined, undefined, true]])
    expect(scan('application-prod.yml', `spring:\n  datasource:\n    password: \${DB_PASS}\n`)).toMatchObject([{ format: 'spring', reference: true }])
    expect(scan('kafka.properties', `sasl.jaas.config=x required username="u" password="${value}";\n`)).toMatchObject([{ text: value, facts: { user: 'u' } }])
  })
  it('.NET: appsettings, connection strings, machine keys; Maven servers', () => {
    const [one, two, three] = [randomSecret(), randomSecret(), randomSecret(48)]
    expect(brief('appsettings.json', `// c\n{"ConnectionStrings": {"Main": "Server=db;User Id=app;Password=${one}"}, "Jwt": {"SigningKey": "${two}"},}`)).toEqual([['database-password', one, false], ['secret-key', two, false]])
    expect(brief('web.config', `<configuration><appSettings><add key="ApiKey" value="${two}"/></appSettings><system.web><machineKey validationKey="${three}" decryptionKey="AutoGenerate"/></system.web></configuration>`)).toEqual([['api-key', two, false], ['signing-key', three, false]])
    expect(scan('settings.xml', `<settings><servers><server><id>nexus</id><username>ci</username><password>${one}</password></server></servers></settings>`)).toMatchObject([{ text: one, facts: { user: 'ci', host: 'nexus' } }])
  })
  it('Google and Azure credentials', () => {
    const value = randomSecret()
    const pem = `-----BEGIN ${'PRIVATE'} KEY-----\n${value}\n-----END ${'PRIVATE'} KEY-----\n`
    expect(scan('sa.json', JSON.stringify({ type: 'service_account', project_id: 'p', private_key_id: 'k1', private_key: pem, client_email: 'a@p.test' }))).toMatchObject([{ text: pem, secretType: 'gcp-service-account-key', facts: { keyId: 'k1', user: 'a@p.test', project: 'p' } }])
    expect(scan('sp.json', JSON.stringify({ appId: 'a', displayName: 'ci', password: value, tenant: 't' }))).toMatchObject([{ text: value, secretType: 'azure-client-secret', facts: { clientId: 'a', tenantId: 't', name: 'ci' } }])
    expect(scan('jwks.json', JSON.stringify({ keys: [{ kty: 'EC', crv: 'P-256', kid: '1', d: value }, { kty: 'EC', kid: '2' }] }))).toMatchObject([{ text: value, facts: { keyId: '1', curve: 'P-256' } }])
  })
  it('JWTs anywhere; three dotted words are none', () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const jwt = `${part({ alg: 'ES256', typ: 'JWT' })}.${part({ iss: 'i', sub: 's', aud: ['a', 'b'], exp: 1e20 })}.${randomSecret(43)}`
    expect(scan('log.txt', `token ${jwt}, and ${part({ no: 1 })}.x.y`)).toMatchObject([{ secretType: 'jwt', text: jwt, facts: { issuer: 'i', subject: 's', audience: 'a b', algorithm: 'ES256' } }])
    expect(scan('log.txt', jwt)[0]!.facts['notAfter']).toBeUndefined()
  })
  it('keytabs: principals, key versions, kinds of encryption; deleted entries are stepped over', () => {
    const key = Buffer.from(randomSecret(32))
    const counted = (text: string | Buffer) => { const bytes = Buffer.from(text); return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]) }
    const entry = (enctype: number, kvno: number) => Buffer.concat([Buffer.from([0, 2]), counted('R.TEST'), counted('host'), counted('a.test'), Buffer.from([0, 0, 0, 1, 0x60, 0, 0, 0, kvno & 255, 0, enctype]), counted(key), Buffer.from([0, 0, kvno >> 8, kvno & 255])])
    const sized = (bytes: Buffer, sign = 1) => { const size = Buffer.alloc(4); size.writeInt32BE(sign * bytes.length); return Buffer.concat([size, bytes]) }
    const seen = scan('krb5.keytab', Buffer.concat([Buffer.from([5, 2]), sized(entry(18, 300)), sized(Buffer.alloc(9), -1), sized(entry(23, 2))]))
    expect(seen.map((s) => [s.facts['principal'], s.facts['enctype'], s.facts['kvno']])).toEqual([['host/a.test@R.TEST', 'aes256-cts-hmac-sha1-96', '300'], ['host/a.test@R.TEST', 'rc4-hmac', '2']])
    expect(seen[0]!.text).toBe(key.toString())
  })
})
