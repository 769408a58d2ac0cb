/** A small file of each format that is read, for fuzzing: made anew, so that no secret is written down. */
import { gzipSync } from 'node:zlib'

export type FormatSeed = { readonly format: string; readonly path: string; readonly text: string }

const drawn = (): string => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('')
const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** One file for each format by name; some formats have two. */
export function formatSeeds(): readonly FormatSeed[] {
  const s = drawn()
  const seed = (format: string, path: string, text: string): FormatSeed => ({ format, path, text })
  return [
    seed('git-credentials', '.git-credentials', `https://ann:${s}%40x@git.test\n`),
    seed('login-lines', 'etc/ppp/chap-secrets', `# c\nann * "${s} x" *\n`),
    seed('login-lines', 'sasl_passwd', `[mail.test]:587 ann:${s}\n`),
    seed('login-lines', 'userlist.txt', `"ann" "${s}"\n"bob" "md5${s}${s.slice(0, 8)}"\n`),
    seed('subversion', 'svn.simple/0a', `K 8\npasstype\nV 6\nsimple\nK 8\npassword\nV 24\n${s}\nK 8\nusername\nV 3\nann\nEND\n`),
    seed('csv', 'logins.csv', `name,url,username,password\n"a ""b""",https://a.test,ann,"${s}"\n`),
    seed('sql-rows', 'users.sql', `INSERT INTO users (id, name, password) VALUES (1, 'ann''s', '${s}'), (2, NULL, 'x\\'${s}');\n`),
    seed('docker-config', '.docker/config.json', JSON.stringify({ auths: { 'r.test': { auth: base64(`ci:${s}`), identitytoken: s } }, credsStore: 'pass' })),
    seed('netrc', '.netrc', `machine a.test login ann password ${s}\nmacdef init\ncd /pub\n\ndefault login b password "${s} x"\n`),
    seed('pgpass', '.pgpass', `db.test:5432:*:app\\:one:${s}\\:\\\\x\n`),
    seed('npmrc', '.npmrc', `//a.test/:_authToken=${s}\n//b.test/:_password=${base64(s)}\n//b.test/:username=ann\n`),
    seed('my-cnf', '.my.cnf', `[client]\nuser=ro\npassword="${s}"\n!include x\n`),
    seed('pypirc', '.pypirc', `[distutils]\nindex-servers = a\n[a]\nrepository: https://p.test/\nusername: __token__\npassword: ${s}\n`),
    seed('aws-config', '.aws/credentials', `[default]\naws_access_key_id = x\naws_secret_access_key = ${s}${s.slice(0, 16)}\n[profile p]\nsource_profile = default\nrole_arn = arn:aws:iam::123456789012:role/x\n`),
    seed('rclone', 'rclone.conf', `[a]\ntype = s3\nsecret_access_key = ${s}\n[b]\ntype = drive\ntoken = {"access_token":"${s}","expiry":"2030-01-02T03:04:05Z"}\n`),
    seed('shadow', 'etc/shadow', `root:$6$${s.slice(0, 8)}$${s}${s}:19000:0:99999:7:::\n`),
    seed('htpasswd', '.htpasswd', `ann:$apr1$${s.slice(0, 8)}$${s.slice(0, 22)}\n`),
    seed('filezilla', 'sitemanager.xml', `<FileZilla3><Servers><Server><Host>f.test</Host><Pass encoding="base64">${base64(s)}</Pass></Server></Servers></FileZilla3>`),
    seed('jenkins', 'credentials.xml', `<com.cloudbees.plugins.credentials.SystemCredentialsProvider><id>a</id><password>{${base64(s)}}</password><secret>${s}</secret></com.cloudbees.plugins.credentials.SystemCredentialsProvider>`),
    seed('wp-config', 'wp-config.php', `<?php define( 'DB_USER', 'wp' ); define( 'DB_PASSWORD', '${s}\\'x' ); define('AUTH_KEY', '${s}${s}');`),
    seed('gcloud', 'key.json', JSON.stringify({ type: 'service_account', project_id: 'p', private_key_id: s, private_key: `-----BEGIN PRIVATE KEY-----\n${base64(s)}\n-----END PRIVATE KEY-----\n`, client_email: 'a@p.test' })),
    seed('azure', 'azureauth.json', JSON.stringify({ clientId: s, clientSecret: s, tenantId: s })),
    seed('jwks', 'jwks.json', JSON.stringify({ keys: [{ kty: 'oct', kid: 'a', k: base64(s) }, { kty: 'RSA', d: s, n: s }] })),
    seed('terraform-state', 'terraform.tfstate', JSON.stringify({ version: 4, terraform_version: '1.9.0', outputs: { password: { value: s, sensitive: true } }, resources: [{ type: 'aws_db_instance', name: 'd', instances: [{ attributes: { password: s } }] }] })),
    seed('terraform', 'main.tf', `variable "db_password" {\n  default = "${s}"\n}\nlocals {\n  token = "\${var.x}"\n  secret = <<EOT\n${s}\nEOT\n}\n`),
    seed('trust-policy', 'index.ts', `import "@pulumi/pulumi"\nconst d = aws.iam.getPolicyDocument({ statements: [{ actions: ["sts:AssumeRoleWithWebIdentity"], principals: [{ type: "Federated", identifiers: [p.arn] }], conditions: [...c] }] })\nnew aws.iam.Role("a", { assumeRolePolicy: JSON.stringify({ Statement: [{ Effect: "Allow", Action: "sts:AssumeRoleWithWebIdentity", Principal: { Federated: \`x\${y}\` }, Condition: { StringLike: { [\`\${h}:sub\`]: o + "/*" } } }] }) })\n`),
    seed('trust-policy', '__main__.py', `import pulumi\naws.iam.Role("a", assume_role_policy=json.dumps({"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated": f"x{y}"}, **more}]}))\nvault.jwt.AuthBackendRole("v", role_type="jwt", bound_claims={"a": "b" "c"})\n`),
    seed('trust-policy', 'main.bicep', `resource a 'Microsoft.Graph/applications/federatedIdentityCredentials@v1.0' = if (x) {\n  name: 'a\${b}'\n  issuer: 'https://t.test' // c\n  subject: d ? 'e' : '''f'''\n  audiences: [\n    'g'\n  ]\n}\n`),
    seed('trust-policy', 'setup.sh', `cat > t.json <<EOF\n{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"$P"},"Condition":{"StringLike":{"t.test:sub":"repo:$(o)/*"}}}]}\nEOF\nA=$(aws iam create-role --role-name "\${R:-x}" --assume-role-policy-document file://t.json)\ngcloud iam workload-identity-pools providers create-oidc g --issuer-uri=https://t.test && az ad app federated-credential create --parameters '{"issuer":"i","audiences":["api://AzureADTokenExchange"]}'\nvault write auth/jwt/role/a role_type=jwt bound_claims='{"a":"b"}'\n`),
    seed('trust-policy', 'iam.tf', `data "aws_iam_policy_document" "a" {\n  statement {\n    actions = ["sts:AssumeRoleWithWebIdentity"]\n    principals {\n      type = "Federated"\n      identifiers = [aws_iam_openid_connect_provider.g.arn]\n    }\n    condition {\n      test = "StringLike"\n      variable = "t.test:sub"\n      values = ["repo:\${var.o}/*", local.x]\n    }\n  }\n}\nresource "aws_iam_role" "b" {\n  assume_role_policy = <<EOT\n{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"x"}}]}\nEOT\n  p = jsonencode({ a = [for x in y : x], b = f(1) })\n}\n`),
    seed('kubeconfig', '.kube/config', `apiVersion: v1\nkind: Config\nusers:\n- name: a\n  user: {token: ${s}, client-key-data: ${base64(s)}}\nclusters: [{name: c, cluster: {server: 'https://k.test'}}]\ncontexts: [{name: x, context: {user: a, cluster: c}}]\n`),
    seed('kubernetes', 'secret.yaml', `apiVersion: v1\nkind: List\nitems:\n- kind: Secret\n  apiVersion: v1\n  metadata: {name: a}\n  data: {password: ${base64(s)}, .dockerconfigjson: ${base64(`{"auths":{"r.test":{"auth":"${base64(`u:${s}`)}"}}}`)}}\n---\nkind: SealedSecret\nspec: {encryptedData: {a: AgB${base64(s)}}}\n`),
    seed('compose', 'docker-compose.yml', `services:\n  db:\n    environment:\n      - POSTGRES_PASSWORD=${s}\n      - TOKEN=\${TOKEN:-${s}}\n    env_file: .env\nsecrets: {a: {file: ./a}}\n`),
    seed('github-actions', '.github/workflows/ci.yml', `on: push\npermissions: {id-token: write}\njobs:\n  a:\n    env: {API_TOKEN: ${s}}\n    steps:\n    - uses: x/y@v1\n      with: {token: "\${{ secrets.T }}"}\n`),
    seed('gitlab-ci', '.gitlab-ci.yml', `variables:\n  API_TOKEN: ${s}\ntest:\n  id_tokens: {T: {aud: x}}\n  script: [echo $CI_JOB_TOKEN]\n`),
    seed('circleci', '.circleci/config.yml', `jobs:\n  a:\n    environment: {API_TOKEN: ${s}}\nworkflows: {w: {jobs: [{a: {context: [c]}}]}}\n`),
    seed('azure-pipelines', 'azure-pipelines.yml', `variables:\n- group: g\n- name: apiToken\n  value: ${s}\nsteps:\n- script: x\n  env: {T: $(secret)}\n`),
    seed('ansible', 'inventory.ini', `[web]\nh ansible_user=a ansible_ssh_pass=${s} ansible_become_pass='${s} y'\n`),
    seed('ansible-vault', 'vault.yml', `$ANSIBLE_VAULT;1.2;AES256;dev\n${s}${s}\n`),
    seed('dockerfile', 'Dockerfile', `FROM a\nARG TOKEN=${s}\nENV A=b \\\n  API_TOKEN="${s}"\nCOPY id_rsa /root/.ssh/\nRUN --mount=type=secret,id=x curl -u a:${s} https://a.test\n`),
    seed('dotenv', '.env', `export DB_PASSWORD="${s}\\n"\nA='b'\nAPI_TOKEN=${s} # c\n`),
    seed('connection-string', 'a.cs', `var c = "Server=tcp:db.test,1433;User Id=a;Password={${s};x};";\njdbc:mysql://h.test/d?user=a&password=${s}\n`),
    seed('url', 'a.txt', `postgres://app:${s}@db.test:5432/d?x=1 https://\${U}:{{ p }}@h.test\n`),
    seed('java-properties', 'application.properties', `db.password=${s}\\\n  more\na\\u0062.token : ENC(${base64(s)})\nsasl.jaas.config=x required username="a" password="${s}";\n`),
    seed('dotnet', 'appsettings.json', JSON.stringify({ ConnectionStrings: { a: `Server=a;User Id=b;Password=${s};` }, ApiKey: s })),
    seed('config-xml', 'Web.config', `<configuration><appSettings><add key="ApiKey" value="${s}&amp;x"/></appSettings><machineKey validationKey="${s}"/><server><password><![CDATA[${s}]]></password></server></configuration>`),
    seed('helm-values', 'values.yaml', `auth: &a\n  password: ${s}\n  "token": '${s}'\nb: {<<: *a, apiKey: !vault "x"}\nc: |\n  password: ${s}\nd: >-\n  ${s}\n`),
    seed('yaml', 'settings.yml', `password: ${s}\n`),
    seed('ini', 'app.ini', `[a]\npassword = ${s}\n; c\nuser: x\n`),
    seed('composer', 'auth.json', JSON.stringify({ 'http-basic': { 'r.test': { username: 'a', password: s } } })),
    seed('terraform-cli', '.terraformrc', `credentials "a.test" {\n  token = "${s}"\n}\n`),
    seed('forge-cli', '.config/gh/hosts.yml', `git.test:\n  oauth_token: ${s}\n  users: {b: {oauth_token: ${s}}}\n`),
    seed('cargo', '.cargo/credentials.toml', `[registries.a]\ntoken = "${s}"\n`),
    seed('mcp', 'mcp.json', JSON.stringify({ mcpServers: { a: { command: 'x', args: ['--api-key', s], env: { TOKEN: s }, headers: { Authorization: `Bearer ${s}` } } } })),
    seed('systemd', 'a.service', `[Service]\nEnvironment="A_PASSWORD=${s}" 'B_TOKEN=${s}' C=d\nSetCredential=x:${s}\n`),
    seed('jwt', 'a.txt', `${base64('{"alg":"HS256"}').replaceAll('=', '')}.${base64('{"iss":"a","exp":1900000000}').replaceAll('=', '')}.${s}${s}\n`),
  ]
}

/** A Kerberos keytab of one key. */
export function keytabSeed(): Uint8Array {
  const entry = Buffer.from(`\0\x01\0\x05A.TST\0\x03abc\0\0\0\x01\0\0\0\0\x02\0\x12\0\x10${drawn().slice(0, 16)}\0\0\0\x02`, 'latin1')
  const size = Buffer.alloc(4)
  size.writeInt32BE(entry.length)
  return Buffer.concat([Buffer.from([5, 2]), size, entry])
}

const packed: Readonly<Record<string, string>> = {
  xz: '/Td6WFoAAAFpIt42AgAhAQAAAAA3J5fW4ACYAEldADoaCM520MfuLyxeHID+Uh6W4uqRSpuQo0ujfWzqdT8qlQloCL4tijbptKTfvfl+pSth2JJX7Wm3mYSMMG0oz41wVH7SDBBoAAAAAAAAD8NEogABYZkBAAAAJipXZD4wDYsCAAAAAAFZWg==',
  bzip2: 'QlpoOTFBWSZTWeXwAiIAADj5gAAQAARABX/wL2+dICAAahKmpk0GmjQ9QANBJTU0AAAGg0vkjXvFFmUIcIjRW0EC4iXmBIxMjMU9VkOmMuu4DiEQfOHh6onye1KcxySjKdbsojhkOm6LgpBD8XckU4UJDl8AIiA=',
  lzma: 'XQAAgAD//////////wA6GgjOdtDH7i8sXhyA/lIeluLqkUqbkKNLo31s6nU/KpUJaAi+LYo26bSk3735fqUrYdiSV+1pt5mEjDBtKM+NcFR+0gw4UOv//+6F+AA=',
  '7z': 'N3q8ryccAASXvepjtAAAAAAAAAAgAAAAAAAAAE94WOoAOhoIznbQx+4vLF4cgP5SHpbi6pFKm5CjS6N9bOp1PyqVCWgIvi2KNum0pN+9+X6lK2HYklftabeZhIwwbSjPjXBUftIMSGysg1kRAAAAgTMHrg/Smro9QMCQ00PE4fnoshfsqpGWBcOve2loEyuByWtcqRa47dOz/mjqZvSsnRrNkCIlP6s38GREilSDJ6cC5yANc4ULCYnEiWnqAjT/r8UeN2DqPPRXNvb+msgUm8v1y9wXBk0BCWcABwsBAAEjAwEBBV0AEAAADH4KAbmEJ4sAAA==',
  '7z of LZMA2': 'N3q8ryccAASXfZdsowAAAAAAAAAgAAAAAAAAAF3hmB/gATEATF0AOhoIznbQx+4vLF4cgP5SHpbi6pFKm5CjS6N9bOp1PyqVCWgIvi2KNum0pN+9+X6lK2HYklftabeZhIwwbSjPjXBUftIMSGysg1kRAAAAAIEzB64P0vUM/UDAkNL/fWlNjzK9vmnIcmWH39z/J7CwedWY6gCsXFUFXengHzKzGX1F0r9Wa242rOXMZzbGQmq1le4yaXaJA/QNVKzyFwZUAQlPAAcLAQABIwMBAQVdABAAAAxeCgGSCejPAAA=',
}

/** One short text as xz 5.4, bzip2 1.0.8 and 7-Zip 16.02 pack it, by the kind of packing: nothing here packs that way. */
export function packedSeeds(): Readonly<Record<string, Uint8Array>> {
  return Object.fromEntries(Object.entries(packed).map(([kind, text]) => [kind, Buffer.from(text, 'base64')]))
}

/** Inputs for the decoders: encodings of text, compressed and packed files, documents. */
export function decoderSeeds(): readonly Uint8Array[] {
  const text = `api_token = "${drawn()}"\n`
  const notebook = JSON.stringify({ cells: [{ cell_type: 'code', source: [text], outputs: [{ text: [text] }, { data: { 'text/plain': text } }] }], nbformat: 4 })
  const pdf = `%PDF-1.4\n1 0 obj <</Length 40>> stream\nBT /F1 12 Tf (${text.trim()}) Tj [(a) -2 (b)] TJ T* ET\nendstream endobj\n`
  return [
    text, base64(text), Buffer.from(text).toString('hex'), encodeURIComponent(`${text}?&=%`), Array.from(text, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
    Array.from(text, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`).join(''), base64(base64(text)), notebook, pdf,
  ].map((each) => Buffer.from(each)).concat([Buffer.from(`\ufeff${text}`, 'utf16le'), gzipSync(text), gzipSync(gzipSync(text)), ...Object.values(packedSeeds()).map((each) => Buffer.from(each))])
}
