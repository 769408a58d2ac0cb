import { describe, expect, it } from 'vitest'
import { FileInspector } from '../inspect/index.ts'
import { parseRegex } from '../regex/parse.ts'
import { sampleRegex, seededRandom } from '../regex/sample.ts'
import { defaultRules } from '../rules/default.ts'

const inspector = new FileInspector(defaultRules())
const random = seededRandom(31)
const drawn = (pattern: string) => sampleRegex(parseRegex(pattern).root, random)
const reported = (text: string, path: string) => inspector.inspect({ bytes: Buffer.from(text), path }).found
  .filter(({ suppressedBy, reference }) => suppressedBy === null && reference === null).map(({ secret }) => secret.revealText())

describe('what users of secret scanners complain of is no finding', () => {
  it.each([
    ['an identifier', 'src/auth.ts', 'const accessToken = userAccessTokenProvider'], ['a public key', 'src/a.ts', `const public_key = "${drawn('[A-Za-z0-9+/]{44}')}"`],
    ['a name that ends in key', 'src/a.js', `const monkey = "${drawn('[a-z0-9]{24}')}"`], ['the hash of a version', 'src/v.go', `const Version = "v1.2.0-${drawn('[a-f0-9]{12}')}"`],
    ['a commit', 'CHANGELOG.md', `fixed in ${drawn('[a-f0-9]{40}')}`], ['words of a dictionary', 'src/a.py', 'token = "correct-horse-battery"'], ['x for every character', '.env', 'API_KEY=XXXXXXXXXXXXXXXXXXXXXXXX'],
    ['counting', '.env', 'API_KEY=12345678901234567890'], ['a template', 'a.yaml', 'password: "{{ .Values.password }}"'], ['a variable', 'a.sh', 'export TOKEN="${CI_TOKEN:?}"'], ['the environment', 'a.py', 'password = os.environ["DB_PASSWORD"]'],
    ['a lock file', 'package-lock.json', `"token": "${drawn('[A-Za-z0-9]{32}')}"`], ['minified code', 'dist/a.min.js', `{token:"${drawn('[A-Za-z0-9]{24}')}"}`], ['a vector of tests', 'aes_test.go', `secret: "${drawn('[a-f0-9]{64}')}",`],
    ['a checksum', 'SHA256SUMS', `${drawn('[a-f0-9]{64}')}  secret-tool.tar.gz`], ['the id of a row', 'a.json', `{"id": "${drawn('[a-f0-9]{8}')}-1111-4111-8111-${drawn('[a-f0-9]{12}')}"}`], ['a class of CSS', 'a.css', `.password-field__${drawn('[a-z0-9]{6}')} {}`],
    ['a text for people', 'de.json', '{"login.password": "Passwort vergessen?", "token": "Zugriffstoken"}'], ['a bundle of texts', 'messages_fr.properties', 'login.password=Mot de passe'], ['the hash of a password', 'seed.ts', `password: "$2b$12$${drawn('[A-Za-z0-9./]{53}')}"`],
    ['a path', 'app.yaml', 'private_key: /etc/ssl/private/app.key'], ['an address', 'app.yaml', 'token_url: https://login.internal/oauth2/token'], ['a rule for passwords', 'a.php', "'password' => 'required|min:8'"], ['a number of tokens', 'a.py', 'max_tokens = 128000'],
    ['a documented key', 'a.md', `aws_access_key_id = AKIAIOSFODNN7${'EXAMPLE'}`], ['a provider within a word', 'a.go', `SetSysctl = "${drawn('[a-z0-9]{24}')}"`], ['a CSRF field', 'a.html', `<input name="authenticity_token" value="${drawn('[A-Za-z0-9]{40}')}">`],
    ['a comparison', 'a.ts', 'if (password === other.password) return'], ['a type', 'a.ts', 'password: string | undefined'], ['a column', 'a.sql', 'password VARCHAR(255) NOT NULL'], ['an encrypted value', 'a.yaml', `password: ENC[AES256_GCM,data:${drawn('[A-Za-z0-9]{24}')},type:str]`],
    ['a vault reference', 'a.yaml', 'token: vault:secret/data/app#token'], ['an ARN', 'a.json', `{"SecretArn": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:app-${drawn('[A-Za-z0-9]{6}')}"}`], ['a DSN that is public', 'a.js', `dsn: "https://${drawn('[a-f0-9]{32}')}@o1.ingest.sentry.io/1"`],
    ['an icon by its hash', 'a.html', `logo.ico-${drawn('[a-f0-9]{32}')}.png`], ['a constant', 'a.c', 'token = AVS_TKN_MODCFG_2_S32;'], ['the argument of a method', 'a.py', "pwd = password.encode('utf-8')"], ['the outcome of a test', 'a.log', 'PASS: tests/unit/buildtag'],
    ['a message of a compiled catalogue', 'a.mo', `Password: \0Mot de passe : \0Token: \0jeton_${drawn('[a-z]{4}')}_très_long\0`], ['a list of ciphers', '10-ssl.conf', '#ssl_cipher_list = ALL:!kRSA:!SRP:!kDHd:!DSS:!aNULL:!eNULL:!EXPORT:!PSK:!RC4'], ['what OpenSSL comes with', 'openssl.cnf', '[insta]\nsecret = pass:insta # for both sides\n[pbm]\nsecret = $insta::secret # the same'], ['a cipher', 'a.rego', '"DHE-PSK-AES256-CBC-SHA", "ECDHE-PSK-AES128-CBC-SHA256"'], ['a weakness by its number', 'a.csv', 'a hash of a password (CWE-319) is'], ['an object identifier', 'a.nse', 'local hhUserPassword = "1.3.6.1.4.1.25506.2.12.1.1.1.2"'],
    ['a role', 'a.yaml', 'authorizerCredentials: arn:aws:iam::123456789012:role/a-role'], ['a path of kubectl', 'a.yaml', "access-token: '{.credential.oauth_access_token_}'"], ['the hash of a password in a setting', 'a.yaml', `password: "$2y$05$${drawn('[A-Za-z0-9./]{53}')}"`],
    ['what a module does with a password', 'a.yml', 'update_password: on_create\npassword_expire: never'], ['a condition', 'a.yaml', "HasPassword: !Not [!Equals [!Ref DBPassword, '']]"], ['a program named after its environment', 'src/env.rs', 'force_pass: match env::var("INSTA_FORCE_PASS").as_deref() {'], ['a module about logins', 'Net/Netrc.pm', 'default login anonymous password user@site'],
    ['a type with digits', 'a.rs', 'let raw_private_key: Curve25519SeedBin<\'_> = private_key'], ['a number with its type', 'a.rs', 'pub const STORE_PASSWORD: Properties = DOMAIN_PASSWORDS(16u32);'], ['a call', 'a.rego', 'searchKey := checkAllowPass(pwPolicy)'], ['an item of a list', 'a.py', "'viGpibPassControl', 'viGpibSendIFC', 'viIn8'"], ['a device', 'a.c', 'rtas_token("ibm,int-off");'],
    ['a manual page', 'man/man5/a.5', String.raw`\fBpassword\fR \fIstring7chars\fR`], ['a text in Japanese', 'ja.json', '"pass": "1つのロール値のみ使用されています"'], ['a template within a URL', 'a.tpl', 'https://ann:${value}%40x@git.test/a'], ['a message with a register', 'a.c', 'pr_debug("RIO_PW: SP%d_ERR_STS_CSR=0x%08x\\n", port);'], ['a type in prose', 'a.rs', '/// Note: The password is `&[u8]` and not'], ['the id of a key', 'a.ts', 'token("launchdarkly-sdk-key", "LaunchDarkly SDK key")'], ['what a function makes', 'a.js', 'createToken("XRANGEPLAINLOOSE", x)'], ['a translation', 'po/de.po', 'msgstr "Passwort: geändert2024!"'],
  ])('%s', (_, path, text) => {
    expect(reported(`${text}\n`, path)).toEqual([])
  })
})

describe('a word is a password where files hold settings', () => {
  it.each([
    ['JSON', 'conf/app.json', '{"userPassword": "moonlight"}', 'moonlight'], ['a login of an editor', '.ftpconfig', '"passphrase": "swordfish",', 'swordfish'], ['XML', 'a.xml', '<password>moonlight</password>', 'moonlight'], ['a profile', '.bash_profile', "export MLAB_PASS='password123'", 'password123'],
    ['a script', 'run.sh', 'PGPASSWORD=moonlight psql -h db', 'moonlight'], ['a document within a script', 'run.sh', 'cat <<END\npassword=moonlight\nEND', 'moonlight'], ['a property list', 'a.plist', '<key>password</key>\n<string>moonlight</string>', 'moonlight'], ['SQL', 'a.sql', "CREATE USER app IDENTIFIED BY 'moonlight';", 'moonlight'],
    ['a command', 'README', "sshpass -p 'moonlight' ssh a@b", 'moonlight'], ['a secure string', 'a.ps1', 'ConvertTo-SecureString "moonlight" -AsPlainText', 'moonlight'], ['settings in PHP', 'config/database.php', "'password' => 'moonlight',", 'moonlight'], ['a weak one', 'app.json', '"password": "admin123"', 'admin123'],
  ])('%s', (_, path, text, value) => {
    expect(reported(`${text}\n`, path)).toEqual([value])
  })

  it.each([
    ['a text for people', 'locales/de/login.json', '{"password": "moonlight"}'], ['the word itself', 'a.json', '{"password": "Passwort"}'], ['a choice', 'a.json', '{"password": "prompt"}'], ['a remark', 'a.conf', '# password: moonlight, for example'], ['prose', 'a.json', '"note": "the password: moonlight or another"'],
    ['the name of a field', 'a.json', '{"password": "login-password-field"}'], ['a path', 'a.json', '{"password": "/run/secrets/db"}'], ['a test', 'test/a.json', '{"password": "moonlight"}'],
  ])('not so in %s', (_, path, text) => {
    expect(reported(`${text}\n`, path)).toEqual([])
  })
})

describe('a word given to a password is one in programs', () => {
  it.each([
    ['that is assigned', 'src/a.ts', 'const password = "moonlight"'], ['of an account', 'src/a.go', 'adminPassword := "sunny"'], ['with a type', 'src/a.rs', 'const PASSWORD: &str = "moonlight";'], ['in a definition', 'a.h', '#define WIFI_PASSWORD "moonlight"'],
    ['in a call that sets it', 'A.java', 'source.setPassword("sunny");'], ['in a chain of calls', 'a.rs', '.username("ann").password("moonlight")'], ['beside the rest of a login', 'a.py', 'connect(host="db1", user="ann", password="sunny")'], ['of a setting', 'a.go', 'os.Setenv("DB_PASSWORD", "moonlight")'],
    ['for when the environment gives none', 'a.py', 'os.getenv("DB_PASSWORD", "moonlight")'], ['in a row', 'a.php', "define('DB_PASSWORD', 'moonlight');"],
  ])('%s', (_, path, text) => {
    expect(reported(`${text}\n`, path)).toEqual([/moonlight|sunny/.exec(text)![0]])
  })

  it.each([
    ['the word itself', 'src/a.ts', 'const password = "mypassword"'], ['a label', 'src/a.ts', 'const passwordLabel = "moonlight"'], ['a short word', 'src/a.ts', '{ icon: "mail", password: "lock" }'], ['a kind of field', 'src/a.ts', 'const password = "new-password"'],
    ['an item of a list', 'src/a.py', "for param in ('username', 'password', 'redirect'):"], ['a type', 'src/a.js', 'if (typeof password === "function")'], ['a word of a test', 'src/a.test.ts', 'const password = "moonlight"'],
    ['a text for people', 'src/locales/de.ts', 'const password = "mondschein"'], ['the outcome of a check', 'a.c', 'ksft_test_result_pass("futex_wait\\n");'], ['a token', 'src/a.ts', 'const token = "moonlight"'],
  ])('unlike %s', (_, path, text) => {
    expect(reported(`${text}\n`, path)).toEqual([])
  })
})

describe('what others miss is found', () => {
  it.each([
    ['a note', 'notes.txt', 'ssh ann@10.1.2.3 (PW:', 'Kestrel88x', ')'], ['a sentence', 'notes.txt', 'the password is ', 'Kestrel88x', ''], ['a short name', 'ks.cfg', 'root_pw = ', 'Kestrel88x', ''], ['a password piped into a login', 'run.sh', "echo '", 'Kestrel!88x', "' | docker login -u ci --password-stdin"], ['accounts of the first boot', 'user-data', '#cloud-config\nchpasswd:\n  list: |\n    root:', 'Kestrel88x', ''], ['a form', 'a.html', '<input type="password" name="p" value="', 'Kestrel88x', '">'], ['a property of Hadoop', 'core-site.xml', '<name>db.password</name>\n<value>', 'Kestrel88x', '</value>'], ['a router', 'router.cfg', 'username admin privilege 15 secret 0 ', 'Kestrel88x', ''], ['a connection in Java', 'A.java', 'DriverManager.getConnection(url, "root", "', 'Kestrel88x', '")'],
    ['a password of little entropy', '.env', 'DB_PASSWORD=', 'Tiger2024!', ''], ['a password in code', 'src/db.go', 'password := "', 'Summer!77', '"'], ['a key of hexadecimal digits', 'src/a.ts', "apiKey: '", drawn('[a-f0-9]{32}'), "',"],
    ['a call', 'a.php', "define('DB_PASSWORD', '", drawn('[A-Za-z0-9]{12}'), "');"], ['an attribute', 'a.xml', '<add key="ApiSecret" value="', drawn('[A-Za-z0-9]{24}'), '"/>'], ['the next line', 'a.yaml', '- name: API_TOKEN\n  value: ', drawn('[A-Za-z0-9]{32}'), ''],
    ['a default', 'a.js', "const token = process.env.API_TOKEN || '", drawn('[A-Za-z0-9]{30}'), "'"], ['a statement of SQL', 'a.sql', "CREATE USER app IDENTIFIED BY '", drawn('[A-Za-z0-9]{14}'), "'"], ['a command', 'a.sh', "sshpass -p '", drawn('[A-Za-z0-9]{14}'), "' ssh h"],
    ['a type before it', 'a.go', 'var apiToken string = "', drawn('[A-Za-z0-9]{32}'), '"'], ['JSON within a text', 'a.sh', String.raw`-d "{\"api_key\": \"`, drawn('[A-Za-z0-9]{32}'), String.raw`\"}"`], ['a token whose checksum is wrong, where it is assigned', 'a.env', 'GITHUB_TOKEN=ghp_', drawn('[A-Za-z0-9]{36}'), ''],
  ])('%s', (_, path, before, value, after) => {
    expect(reported(`${before}${value}${after}\n`, path).some((secret) => secret.endsWith(value))).toBe(true)
  })
})

describe('what was missed in files of tools and in languages is found', () => {
  const value = drawn('[A-Za-z][0-9][A-Za-z0-9]{22}')
  it.each([
    ['a default of Rust', 'a.rs', `env::var("API_KEY").unwrap_or_else(|_| "${value}".to_string())`], ['a property of C#', 'a.cs', `public string ApiKey { get; set; } = "${value}";`], ['a variable of Visual Basic', 'a.vb', `Dim apiKey As String = "${value}"`],
    ['a field of Python with its type', 'a.py', `api_key: Optional[str] = "${value}"`], ['YAML in one line', 'a.yaml', `- {name: API_KEY, value: "${value}"}`], ['attributes on lines of their own', 'a.xcscheme', `key = "API_KEY"\n   value = "${value}"`],
    ['a data source name of Go', 'a.go', `sql.Open("mysql", "app:${value}@tcp(db:3306)/x")`], ['a text of SQL Server', 'a.sql', `CREATE LOGIN a WITH PASSWORD = N'${value}';`],
    ['a proxy', 'haproxy.cfg', `stats auth ann:${value}`], ['an agent of SNMP', 'snmpd.conf', `createUser ann SHA "${value}" AES "${value}x"`], ['a directory', 'ldap.conf', `bindpw ${value}`], ['a router', 'a.conf', ` set passwd ${value}`], ['a broker', 'kafka.conf', `PlainLoginModule required username="a" password="${value}";`],
    ['a section of characters in XML', 'a.xml', `<apiKey><![CDATA[${value}]]></apiKey>`], ['a default of a field', 'a.py', `api_key: str = field(default="${value}")`], ['a default of an option', 'a.py', `p.add_argument("--api-key", default="${value}")`], ['a default of PHP', 'a.php', `$k = getenv('API_KEY') ?: '${value}';`], ['a login of a share', 'a.sh', `smbclient //a/b -U 'ann%${value}'`],
    ['a command', 'a.sh', `openssl pkcs12 -passout pass:${value} -in a.pem`], ['a login of Oracle', 'a.sh', `sqlplus app/${value}@orcl`], ['a shared drive', 'a.bat', String.raw`net use Z: \\files\share ${value} /user:ann`],
  ])('%s', (_, path, text) => {
    expect(reported(`${text}\n`, path)).toContain(value)
  })

  it.each([
    ['the community that all agents come with', 'snmpd.conf', 'rocommunity public'], ['a published key', 'a.md', `sk_test_${'4eC39HqLyjWDarj'}${'tT1zdp7dc'}`], ['a placeholder of letters x', '.env.example', `STRIPE_KEY=sk_live_${'x'.repeat(24)}`], ['what a formatter fills in', '.env', 'PASSWORD=%(password)s'],
    ['what is to be changed', 'values.yaml', 'adminPassword: CHANGE-THIS'], ['a tag of YAML', 'a.yml', 'db_password: !vault'], ['words of a wallet in tests', 'a.ts', `const mnemonic = "${'test '.repeat(11)}junk"`], ['a type after a name', 'a.rs', 'ConnectionTrafficSecrets::Chacha20Poly1305 {'],
  ])('but not %s', (_, path, text) => {
    expect(reported(`${text}\n`, path)).toEqual([])
  })
})
