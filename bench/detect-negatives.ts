/**
 * What users of secret scanners report as false findings, drawn anew for every run: each sort gives one line or block that holds no credential, with the path of
 * a file where it is usual.
 */
import { createHash } from 'node:crypto'

export type Draw = { readonly random: () => number; readonly hex: (length: number) => string; readonly base64: (length: number) => string; readonly alnum: (length: number) => string; readonly pick: <T>(all: readonly T[]) => T }
export type NegativeSort = { readonly id: string; readonly path: string; readonly text: (draw: Draw) => string }

const uuid = ({ hex }: Draw) => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`
const sri = ({ random }: Draw) => `sha512-${createHash('sha512').update(String(random())).digest('base64')}`
const words = ['access', 'account', 'admin', 'api', 'app', 'auth', 'billing', 'cache', 'client', 'config', 'customer', 'default', 'device', 'email', 'event', 'export', 'feature', 'file', 'group', 'invoice', 'login', 'mail', 'manager', 'member', 'message', 'metrics', 'order', 'payment', 'policy', 'profile', 'project', 'queue', 'refresh', 'region', 'report', 'request', 'reset', 'role', 'schema', 'search', 'service', 'session', 'settings', 'shared', 'storage', 'stream', 'system', 'task', 'team', 'template', 'tenant', 'token', 'user', 'validation', 'vault', 'worker']
const secretNames = ['password', 'token', 'secret', 'apiKey', 'accessToken', 'clientSecret', 'authToken', 'private_key', 'API_KEY', 'SECRET_KEY', 'DB_PASSWORD', 'credentials', 'refreshToken', 'passphrase']
const camelOf = ({ pick }: Draw, count: number) => Array.from({ length: count }, (_, i) => { const word = pick(words); return i === 0 ? word : word[0]!.toUpperCase() + word.slice(1) }).join('')
const joined = ({ pick }: Draw, count: number, by: string) => Array.from({ length: count }, () => pick(words)).join(by)

/** Every sort, each meant to be drawn many times. */
export const negativeSorts: readonly NegativeSort[] = [
  { id: 'git-commit', path: 'CHANGELOG.md', text: (d) => `- ${joined(d, 3, ' ')} ([${d.hex(7)}](https://git.internal/app/commit/${d.hex(40)}))` },
  { id: 'submodule-token-word', path: 'vendor.lock', text: (d) => `token-service ${d.hex(40)} refs/heads/main` },
  { id: 'sha256sum', path: 'SHA256SUMS', text: (d) => `${d.hex(64)}  ${joined(d, 2, '-')}-1.2.3.tar.gz` },
  { id: 'md5-etag', path: 'src/assets.json', text: (d) => JSON.stringify({ key: `static/${joined(d, 2, '/')}.css`, etag: d.hex(32), size: 4_211 }) },
  { id: 'package-lock', path: 'package-lock.json', text: (d) => `    "node_modules/${joined(d, 2, '-')}-token": {\n      "version": "1.${d.random().toString().slice(2, 4)}.0",\n      "resolved": "https://registry.internal/${d.pick(words)}/-/${d.pick(words)}-1.0.0.tgz",\n      "integrity": "${sri(d)}"\n    },` },
  { id: 'yarn-lock', path: 'yarn.lock', text: (d) => `"${joined(d, 2, '-')}@^1.0.0":\n  version "1.0.3"\n  resolved "https://registry.internal/x.tgz#${d.hex(40)}"\n  integrity ${sri(d)}` },
  { id: 'go-sum', path: 'go.sum', text: (d) => `git.internal/${d.pick(words)}/secret-${d.pick(words)} v1.4.2 h1:${d.base64(43)}=` },
  { id: 'cargo-lock', path: 'Cargo.lock', text: (d) => `[[package]]\nname = "${joined(d, 2, '-')}"\nversion = "0.4.1"\nchecksum = "${d.hex(64)}"` },
  { id: 'pip-hash', path: 'requirements.txt', text: (d) => `${joined(d, 2, '-')}==2.1.0 \\\n    --hash=sha256:${d.hex(64)}` },
  { id: 'subresource-integrity', path: 'public/index.html', text: (d) => `<script src="/static/${d.pick(words)}.${d.hex(8)}.js" integrity="${sri(d)}" crossorigin="anonymous"></script>` },
  { id: 'uuid-id', path: 'fixtures/users.json', text: (d) => JSON.stringify({ id: uuid(d), tenantId: uuid(d), name: joined(d, 2, ' ') }) },
  { id: 'uuid-key', path: 'src/cache.ts', text: (d) => `const cacheKey = '${uuid(d)}'` },
  { id: 'image-digest', path: 'k8s/app.yaml', text: (d) => `          image: registry.internal/${d.pick(words)}@sha256:${d.hex(64)}` },
  { id: 'action-pin', path: '.github/workflows/build.yml', text: (d) => `      - uses: actions/${d.pick(words)}@${d.hex(40)} # v4.1.0` },
  { id: 'minified', path: 'dist/vendor.min.js', text: (d) => `!function(e,t){var n="${d.alnum(20)}",r={token:n,key:"${d.alnum(16)}"};t.exports=r}(0,{});` },
  { id: 'bundle-hash', path: 'dist/manifest.json', text: (d) => JSON.stringify({ 'main.js': `main.${d.hex(20)}.js`, 'token.js': `token.${d.hex(20)}.js` }) },
  { id: 'css-class', path: 'src/Login.module.css', text: (d) => `.password-${joined(d, 2, '-')}__${d.alnum(5)} { color: #${d.hex(6)}; }` },
  { id: 'css-modules-map', path: 'src/styles.ts', text: (d) => `export const passwordField = "${joined(d, 1, '')}_passwordField__${d.alnum(5)}"` },
  { id: 'html-input', path: 'templates/login.html', text: (d) => `<input type="password" name="password" id="${joined(d, 2, '-')}" placeholder="Enter your password" autocomplete="current-password">` },
  { id: 'i18n', path: 'locales/de.json', text: (d) => JSON.stringify({ [`${camelOf(d, 2)}.password`]: d.pick(['Passwort vergessen?', 'Neues Passwort', 'Bitte geben Sie Ihr Passwort ein', 'Das Passwort ist zu kurz']), token: d.pick(['Zugriffstoken', 'Sicherheitsschlüssel', 'Bestätigungscode']) }) },
  { id: 'i18n-properties', path: 'messages_fr.properties', text: (d) => `login.${d.pick(words)}.password=${d.pick(['Mot de passe oublié', 'Saisissez votre mot de passe', 'Mot de passe'])}\nlogin.token=${d.pick(['Jeton', 'Jeton expiré'])}` },
  { id: 'message', path: 'src/errors.ts', text: (d) => `  ${camelOf(d, 2)}Password: '${d.pick(['Password must be at least 8 characters', 'The password you entered is incorrect', 'Passwords do not match', 'Your token has expired, please sign in again'])}',` },
  { id: 'identifier', path: 'src/auth.ts', text: (d) => `const ${d.pick(secretNames)} = ${camelOf(d, 3)}` },
  { id: 'identifier-string', path: 'src/keys.ts', text: (d) => `export const ${d.pick(secretNames).toUpperCase()}_KEY = '${camelOf(d, 3)}'` },
  { id: 'dashed-name', path: 'k8s/values.yaml', text: (d) => `secretName: ${joined(d, 3, '-')}\nexistingSecret: ${joined(d, 2, '-')}-credentials\npasswordSecretKey: ${d.pick(words)}-password` },
  { id: 'constant-name', path: 'src/Events.java', text: (d) => `public static final String ${joined(d, 2, '_').toUpperCase()}_TOKEN = "${joined(d, 3, '_').toUpperCase()}";` },
  { id: 'member-access', path: 'src/client.ts', text: (d) => `    password: this.${camelOf(d, 2)}.${camelOf(d, 2)},\n    token: ${camelOf(d, 1)}.${camelOf(d, 2)}!.value,` },
  { id: 'call', path: 'src/login.py', text: (d) => `password = ${joined(d, 2, '_')}(${d.pick(words)}, ${d.pick(words)})\ntoken = self.${joined(d, 2, '_')}()` },
  { id: 'environment', path: 'src/config.ts', text: (d) => `  ${d.pick(secretNames)}: process.env.${joined(d, 3, '_').toUpperCase()},` },
  { id: 'environment-python', path: 'settings.py', text: (d) => `${joined(d, 2, '_').toUpperCase()}_SECRET = os.environ["${joined(d, 2, '_').toUpperCase()}_SECRET"]\nTOKEN = os.getenv("${joined(d, 2, '_').toUpperCase()}_TOKEN", "")` },
  { id: 'environment-other', path: 'config.rb', text: (d) => `  config.secret_key = ENV.fetch('${joined(d, 2, '_').toUpperCase()}_SECRET')\n  config.token = ENV['${joined(d, 2, '_').toUpperCase()}']` },
  { id: 'shell-variable', path: 'deploy.sh', text: (d) => `export ${joined(d, 2, '_').toUpperCase()}_TOKEN="\${${joined(d, 2, '_').toUpperCase()}_TOKEN:?missing}"\nPASSWORD=$(cat /run/secrets/${joined(d, 2, '_')})\nTOKEN=$${joined(d, 2, '_').toUpperCase()}` },
  { id: 'ci-expression', path: '.github/workflows/deploy.yml', text: (d) => `          token: \${{ secrets.${joined(d, 3, '_').toUpperCase()} }}\n          password: \${{ secrets.${joined(d, 2, '_').toUpperCase()}_PASSWORD }}` },
  { id: 'helm-template', path: 'charts/app/templates/secret.yaml', text: (d) => `  password: {{ .Values.${camelOf(d, 2)}.password | b64enc | quote }}\n  token: {{ include "app.${camelOf(d, 2)}" . }}` },
  { id: 'terraform-reference', path: 'infra/db.tf', text: (d) => `  password = var.${joined(d, 2, '_')}\n  token    = data.vault_generic_secret.${joined(d, 2, '_')}.data["token"]\n  secret   = random_password.${d.pick(words)}.result\n  key_arn  = "arn:aws:kms:eu-central-1:123456789012:key/${uuid(d)}"` },
  { id: 'jinja', path: 'roles/app/templates/app.conf.j2', text: (d) => `password = {{ ${joined(d, 2, '_')}_password }}\ntoken = <%= @${joined(d, 2, '_')} %>` },
  { id: 'spring-placeholder', path: 'application.properties', text: (d) => `spring.datasource.password=\${${joined(d, 2, '_').toUpperCase()}_PASSWORD}\napp.token=@${d.pick(words)}.token@` },
  { id: 'placeholder', path: '.env.example', text: (d) => `${joined(d, 2, '_').toUpperCase()}_PASSWORD=${d.pick(['changeme', 'your-password-here', '<password>', 'xxxxxxxxxxxxxxxx', '********', 'YOUR_SECRET_KEY', 'replace-me', 'todo', 'example', 'my-secret-token', 'insert-token-here', 'password', 'secret', '...', 'REDACTED', 'dummy-token', 'placeholder'])}` },
  { id: 'documented-key', path: 'docs/aws.md', text: (d) => `aws_access_key_id = AKIAIOSFODNN7${'EXAMPLE'}\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCY${'EXAMPLE'}KEY # ${d.pick(words)}` },
  { id: 'public-key-ssh', path: 'keys/deploy.pub', text: (d) => `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${d.base64(43)} ${d.pick(words)}@host` },
  { id: 'public-key-pem', path: 'certs/public.pem', text: (d) => `-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE${d.base64(28)}\n${d.base64(60)}\n-----END PUBLIC KEY-----` },
  { id: 'certificate', path: 'certs/ca.crt', text: (d) => `-----BEGIN CERTIFICATE-----\nMIIB${d.base64(60)}\n${d.base64(64)}\n-----END CERTIFICATE-----` },
  { id: 'public-key-assigned', path: 'src/verify.ts', text: (d) => `const publicKey = '${d.base64(44)}'\nconst stripePublishableKey = 'pk_live_${d.alnum(24)}'\nconst public_key = "${d.hex(64)}"` },
  { id: 'image', path: 'src/icon.ts', text: (d) => `export const icon = 'data:image/png;base64,iVBORw0KGgo${d.base64(200)}'` },
  { id: 'base64-blob', path: 'testdata/blob.txt', text: (d) => d.base64(76) },
  { id: 'test-vector', path: 'crypto/vectors_test.go', text: (d) => `\t{key: "${d.hex(64)}", iv: "${d.hex(32)}", plaintext: "${d.hex(64)}", ciphertext: "${d.hex(64)}"},` },
  { id: 'hash-of-password', path: 'src/seed.ts', text: (d) => `  passwordHash: '$2b$12$${d.alnum(53)}',\n  password_digest: "${d.hex(64)}",` },
  { id: 'version-hash', path: 'src/version.go', text: (d) => `const Version = "v1.${d.hex(1)}.0-${d.hex(12)}"\nconst buildKey = "release/${d.hex(40)}"` },
  { id: 'object-key', path: 'src/s3.py', text: (d) => `key = "uploads/${joined(d, 2, '/')}/${uuid(d)}.pdf"\nbucket_key = "${joined(d, 4, '-')}"` },
  { id: 'keyboard', path: 'src/keys.js', text: (d) => `const monkey = "${joined(d, 3, '-')}"; const hotkey = 'ctrl+shift+${d.pick(words)}'; const keyCode = ${Math.floor(d.random() * 1e9)};` },
  { id: 'token-words', path: 'src/lexer.rs', text: (d) => `    TokenKind::${d.pick(words)} => "${joined(d, 2, '_')}",\n    let token = Token::new(Kind::Identifier, "${camelOf(d, 2)}");` },
  { id: 'token-settings', path: 'src/model.py', text: (d) => `max_tokens = ${Math.floor(d.random() * 90_000) + 10_000}\npad_token = "<|endoftext|>"\ntoken_type = "bearer"\nnext_token = "${d.base64(24)}"` },
  { id: 'password-rules', path: 'src/policy.ts', text: (d) => `const passwordPattern = /^(?=.*[A-Z])(?=.*\\d)[A-Za-z\\d@$!%*?&]{8,}$/\nconst passwordMinLength = ${8 + Math.floor(d.random() * 9)}\nconst passwordResetUrl = 'https://app.internal/${joined(d, 2, '/')}/reset'` },
  { id: 'type-annotation', path: 'src/types.ts', text: (d) => `  ${d.pick(secretNames)}: string | undefined\n  token?: ${camelOf(d, 1)[0]!.toUpperCase()}${camelOf(d, 2)}\n  secret: z.string().min(${8 + Math.floor(d.random() * 8)}),` },
  { id: 'sql-column', path: 'db/schema.sql', text: (d) => `  password VARCHAR(255) NOT NULL,\n  ${d.pick(words)}_token CHAR(64) DEFAULT NULL,\n  CONSTRAINT uq_${joined(d, 2, '_')}_token UNIQUE (token)` },
  { id: 'orm', path: 'app/models.py', text: (d) => `    password = models.CharField(max_length=${Math.floor(d.random() * 200) + 50})\n    ${d.pick(words)}_token = Column(String(64), unique=True)` },
  { id: 'resource-id', path: 'infra/ids.tf', text: (d) => `  subnet_id = "subnet-${d.hex(17)}"\n  key_name  = "${joined(d, 2, '-')}"\n  ami       = "ami-${d.hex(17)}"` },
  { id: 'arn', path: 'infra/iam.json', text: (d) => JSON.stringify({ SecretArn: `arn:aws:secretsmanager:eu-central-1:${Math.floor(d.random() * 9e11) + 1e11}:secret:${joined(d, 2, '/')}-${d.alnum(6)}` }) },
  { id: 'vault-path', path: 'k8s/external-secret.yaml', text: (d) => `  token: vault:secret/data/${joined(d, 2, '/')}#token\n  password: op://${d.pick(words)}/${d.pick(words)}/password\n  apiKey: projects/${d.pick(words)}/secrets/${joined(d, 2, '-')}/versions/latest` },
  { id: 'file-path', path: 'conf/app.yaml', text: (d) => `  password_file: /run/secrets/${joined(d, 2, '_')}\n  private_key: /etc/ssl/private/${joined(d, 2, '-')}.key\n  tokenPath: ./keys/${d.pick(words)}.txt` },
  { id: 'url-without-login', path: 'conf/urls.yaml', text: (d) => `  token_url: https://login.internal/${uuid(d)}/oauth2/v2.0/token\n  secret_endpoint: https://${joined(d, 2, '-')}.internal/v1/secret` },
  { id: 'encrypted', path: 'secrets.enc.yaml', text: (d) => `password: ENC[AES256_GCM,data:${d.base64(24)},iv:${d.base64(43)}=,tag:${d.base64(22)}==,type:str]\ntoken: ENC(${d.base64(32)})` },
  { id: 'sealed-secret', path: 'k8s/sealed.yaml', text: (d) => `apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: db\nspec:\n  encryptedData:\n    password: AgB${d.base64(300)}=\n---` },
  { id: 'ansible-vault', path: 'group_vars/prod/vault.yml', text: (d) => `$ANSIBLE_VAULT;1.1;AES256\n${Array.from({ length: 4 }, () => d.hex(80)).join('\n')}` },
  { id: 'swagger', path: 'openapi.yaml', text: (d) => `        password:\n          type: string\n          format: password\n          description: ${joined(d, 4, ' ')}\n        token:\n          type: string\n          example: string` },
  { id: 'csrf', path: 'templates/form.html', text: (d) => `<input type="hidden" name="csrf_token" value="{{ csrf_token() }}">\n<meta name="csrf-token" content="<%= ${d.pick(words)}_token %>">` },
  { id: 'analytics-id', path: 'src/analytics.js', text: (d) => `gtag('config', 'G-${d.alnum(10).toUpperCase()}'); const siteKey = 'UA-${Math.floor(d.random() * 1e8)}-1'; dsn: 'https://${d.hex(32)}@o12345.ingest.sentry.io/4501'` },
  { id: 'xcode', path: 'App.xcodeproj/project.pbxproj', text: (d) => `\t\t${d.hex(24).toUpperCase()} /* TokenView.swift in Sources */ = {isa = PBXBuildFile; fileRef = ${d.hex(24).toUpperCase()} /* TokenView.swift */; };` },
  { id: 'svg', path: 'assets/key.svg', text: (d) => `<path id="secret-${d.pick(words)}" d="M${Array.from({ length: 24 }, () => (d.random() * 100).toFixed(3)).join(' ')}z"/>` },
  { id: 'snapshot', path: 'src/__snapshots__/a.test.ts.snap', text: (d) => `exports[\`token ${d.pick(words)} 1\`] = \`"${d.hex(40)}"\`;` },
  { id: 'storybook', path: 'src/Input.stories.tsx', text: (d) => `  args: { label: 'Password', token: '${camelOf(d, 2)}', passwordHint: '${joined(d, 4, ' ')}' },` },
  { id: 'proto', path: 'api/auth.proto', text: (d) => `  string access_token = ${Math.floor(d.random() * 9) + 1};\n  string ${d.pick(words)}_secret = ${Math.floor(d.random() * 90) + 10}; // ${joined(d, 3, ' ')}` },
  { id: 'graphql-id', path: 'src/queries.json', text: (d) => JSON.stringify({ id: Buffer.from(`User:${Math.floor(d.random() * 1e9)}`).toString('base64'), cursor: d.base64(40), queryHash: d.hex(64) }) },
  { id: 'assert', path: 'src/auth.test.ts', text: (d) => `    expect(result.token).toBe(${camelOf(d, 2)}.token)\n    expect(password === other.${camelOf(d, 2)}).toBe(true)\n    if (token == '${camelOf(d, 2)}') return` },
  { id: 'license-header', path: 'LICENSE', text: (d) => `Permission to use the key, token or secret ${joined(d, 8, ' ')} is hereby granted.` },
  { id: 'locale-code', path: 'src/keymap.ts', text: (d) => `  [Key.${camelOf(d, 1)}]: 'shortcut-${joined(d, 2, '-')}', apiKeyLabel: '${joined(d, 3, ' ')}', keyPath: '${joined(d, 3, '.')}',` },
]
