import { APART, CALL, OPERATOR } from './row.ts'

/** Words that say of a name that its value may be secret; what the whole name says is judged afterwards. */
const NAMES = String.raw`pass|pwd|psk|secret|token|credential|creds|[_.-]auth|(?:api|access|auth|private|signing|encryption|master|account|storage|service|app|admin|shared|session|jwt|hmac|aes|cookie|client|subscription|webhook|license|consumer|deploy)[_.-]?key`
const QUOTED = String.raw`(?:[@bruLfN]|\$@)?(?:"""|\x27\x27\x27|["']\\["']|\\?["'\x60])([^"'\x60\s\\<>]{4,200})["'\x60\\]`
/** Ends at a blank or a sign of the syntax. */
const BARE = String.raw`([^"'\x60\s\\<>,;(){}\[\]&|]{5,200})(?:["'\x60\s;,)}\]<&|\\]|$)`
const list = (texts: readonly string[]) => `[${texts.map((text) => `'''${text}'''`).join(', ')}]`

/** A rule about the form alone: `generic`, so that one that knows the provider wins. */
function form(id: string, description: string, regex: string, keywords: readonly string[], fields: string, matches: readonly string[], others: readonly string[]): string {
  return `[[rules]]\nid = "${id}"\ndescription = "${description}"\nregex = '''${regex}'''\nkeywords = ${JSON.stringify(keywords)}\ngeneric = true\n${fields}examples = ${list(matches)}\ncounterexamples = ${list(others)}\n`
}

/** Rules for credentials told by their form or surroundings rather than their provider. Parts of examples between « and » are patterns to draw from. */
export const formRules: readonly string[] = [
  String.raw`[[rules]]
id = "json-web-token"
description = "JSON Web Token"
regex = '''\b(eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,1000})(?:[^\w-]|$)'''
keywords = ["eyj"]
entropy = 3
structure = "jwt"
examples = ['''Authorization: Bearer «!jwt»''']
counterexamples = ['''eyJ«[A-Za-z0-9]{40}».eyJ«[A-Za-z0-9]{40}»''', '''eyJ«[a-z]{3}».eyJ«[a-z]{40}».x''']
`,
  String.raw`[[rules]]
id = "credential-url"
description = "Password within a URL"
regex = '''\b((?:postgres(?:ql)?|mysql|mariadb|mongodb|rediss?|amqps?|mssql|sqlserver|oracle|clickhouse|cassandra|neo4j|bolt|ftps?|sftp|smtps?|imaps?|ldaps?|ssh|cloudinary|https?)(?:\+[a-z0-9]{1,12})?://[^\s:/@"\x27<>\x60{}$|]{0,80}:[^\s/@"\x27<>\x60{}$|;]{3,100}@[\w.-]{1,200}(?::[0-9]{1,5})?(?:/[\w.-]{0,100})?)'''
keywords = ["://"]
structure = "credential-url"
examples = ['''DATABASE_URL=postgres://app:«[A-Za-z0-9]{16}»@db.internal:5432/orders''', '''amqp://svc:«[A-Za-z0-9]{12}»@queue/''']
counterexamples = ['''postgres://app@db.internal/orders''', '''postgres://user:password@localhost/db''', '''https://host:8080/path@x''']
`,
  form('http-bearer-header', 'Bearer token in a header', String.raw`(?i)authorization[\\"\x27]{0,2}\]?(?:[ \t]{0,3}[:=,][ \t]{0,3}[\\"\x27\x60]{0,2}|[ \t]{1,3}["\x27])(?:(?:bearer|token|api-?key|api-?token|genie-?key|key|ssws|splunk|bot|jwt)[ \t]{1,3})?([\w.~+/-]{16,1000}={0,2})`, ['authorization'], 'entropy = 3\n',
    [String.raw`curl -H "Authorization: Bearer «[A-Za-z0-9]{40}»"`, String.raw`proxy_set_header Authorization "Bearer «[A-Za-z0-9]{40}»";`, String.raw`headers["Authorization"] = "token «[a-f0-9]{40}»"`], ['Authorization: Bearer $TOKEN', 'Authorization: Bearer «[a-z]{8}»']),
  form('http-basic-header', 'Basic credentials in a header', String.raw`(?i)authorization[\\"\x27]{0,2}\]?(?:[ \t]{0,3}[:=,][ \t]{0,3}[\\"\x27\x60]{0,2}|[ \t]{1,3}["\x27])basic[ \t]{1,3}([A-Za-z0-9+/]{12,400}={0,2})`, ['basic'], 'structure = "basic-credentials"\n',
    ['-H "Authorization: Basic «!basic»"'], ['Authorization: Basic $CREDENTIALS', 'Authorization: Basic «[a-z]{16}»']),
  form('generic-assigned-secret', 'A value assigned to a name that says it is secret', String.raw`(?i)[\w.-]{0,50}?(?:${NAMES})[\w.-]{0,30}\b(?:(?:${OPERATOR}|${APART})(?:${QUOTED}|${BARE})|(?:${CALL}|["'\x60]\)?[ \t]{0,4},[ \t]{0,4}|[ \t]{1,8})${QUOTED})`,
    ['pass', 'pwd', 'psk', 'secret', 'token', 'key', 'cred', 'auth'], 'tags = ["assigned"]\n',
    ['db_password = "«[A-Za-z0-9!@#%^]{20}»"', 'apiKey: "«[A-Za-z0-9]{32}»"', 'define("DB_PASSWORD", "«[A-Za-z0-9]{16}»")', '<add key="ApiSecret" value="«[A-Za-z0-9]{24}»"/>', '#define WIFI_PASSWORD "«[A-Za-z0-9]{12}»"', '- name: API_TOKEN\n  value: «[A-Za-z0-9]{32}»'],
    ['password = process.env.DATABASE_PASSWORD', 'token: accessTokenProvider', 'secretName: my-application-tls', 'password = "<DB_PASSWORD>"', 'max_tokens = 123456789', 'publicKey = "«[A-Za-z0-9]{32}»"', 'passwordHash = "«[a-f0-9]{64}»"']),
  form('generic-default-secret', 'A value for when the environment gives none', String.raw`(?i)[\w.-]{0,50}?(?:${NAMES})[\w.-]{0,30}\b["'\x60\])]{0,3}[ \t]{0,4}(?:(?:\|\||\?\?|\?:|\bor\b)[ \t]{0,4}|\.(?:unwrap_or(?:_else)?|or[eE]lse|getOrElse)\((?:\|_?\|[ \t]?|\{[ \t]?)?)${QUOTED}`, ['pass', 'pwd', 'secret', 'token', 'key', 'cred'], 'tags = ["assigned"]\n',
    ['const token = process.env.API_TOKEN || "«[A-Za-z0-9]{32}»"', 'os.environ.get("DB_PASSWORD") or "«[A-Za-z0-9]{16}»"'], ['process.env.API_TOKEN ?? ""', 'apiKey || "default"']),
  form('option-secret', 'A secret as an option of a command', String.raw`(?i)--[\w-]{0,30}?(?:passw(?:or)?d|passwd|passphrase|secret|token|api-?key|access-?key)[\w-]{0,12}[ \t]{1,3}["']?([^\s"'\x60$<>|&;(){}\[\]-][^\s"'\x60$<>|&;(){}\[\]]{4,200})`, ['--'], 'entropy = 2.5\ntags = ["assigned"]\n',
    ['./app --api-token «[A-Za-z0-9]{24}» --verbose'], ['./app --token $TOKEN', './app --password-file secret.txt', './app --token <token>']),
  form('curl-user-password', 'Login on the command line of curl', String.raw`(?:(?:-u|--user)[ \t=]{1,2}|CURLOPT_USERPWD[ \t]{0,3}(?:,|=>)[ \t]{0,3})["']?[\w.@+-]{1,80}:["']?([^\s"'\x60$<>{}:]{3,100})`, ['curl'], 'tags = ["password", "command"]\n',
    [`curl -u admin:«[A-Za-z0-9]{14}» https://x.internal`], ['curl -u $USER:$PASSWORD https://x.internal', 'curl --user name:password https://x.internal', 'docker run -u 1000:1000 curl']),
  form('command-password', 'Password on a command line', String.raw`(?:\bsshpass[ \t]{1,3}-p[ \t]?|\b(?:mysql|mysqldump|mysqladmin|mariadb)[ \t][^\n|;&]{0,160}?[ \t]-p|\blogin[ \t][^\n|;&]{0,160}?[ \t](?:-p|--password)[ \t=]{1,2}|\bmongo(?:sh|dump|restore|import|export)?[ \t][^\n|;&]{0,160}?[ \t](?:-p|--password)[ \t=]{1,2}|\bredis-cli[ \t][^\n|;&]{0,160}?-a[ \t]{1,2}|\bldap(?:search|modify|add|delete|passwd|whoami)[ \t][^\n|;&]{0,160}?[ \t]-w[ \t]{1,2}|\bsqlcmd[ \t][^\n|;&]{0,160}?[ \t]-P[ \t]{0,2}|-(?:src|dest|new)?(?:store|key)pass[ \t]{1,2}|-pass(?:in|out)[ \t]{1,2}pass:|\bsmbclient[ \t][^\n|;&]{0,160}?[ \t]-U[ \t]{0,2}["']?[\w.\\-]{1,60}%|\blftp[ \t][^\n|;&]{0,80}?-u[ \t]{1,2}[\w.@-]{1,60},|\bhtpasswd[ \t]{1,2}-[a-zA-Z]{0,4}b[a-zA-Z]{0,4}[ \t]{1,2}[^\s|;&]{1,100}[ \t]{1,2}[\w.@-]{1,60}[ \t]{1,2}|\brabbitmqctl[ \t]{1,2}(?:add_user|change_password)[ \t]{1,2}[\w.@-]{1,60}[ \t]{1,2}|\bnet[ \t]use[ \t][^\n|;&]{0,120}?/user:[^\s|;&]{1,80}[ \t]{1,2})["']?([^\s"'\x60$<>|&;(){}-][^\s"'\x60$<>|&;(){}]{3,100})`, ['sshpass', 'mysql', 'mariadb', 'login', 'mongo ', 'mongosh', 'mongodump', 'mongorestore', 'mongoimport', 'mongoexport', 'redis-cli', 'ldapsearch', 'ldapmodify', 'ldapadd', 'ldapdelete', 'ldappasswd', 'ldapwhoami', 'sqlcmd', 'storepass', 'keypass', 'passin', 'passout', 'smbclient', 'lftp', 'htpasswd', 'rabbitmqctl', 'net use'], 'tags = ["password", "command"]\n',
    [`sshpass -p '«[A-Za-z0-9]{12}»' ssh a@b`, `mysqldump -u root -p'«[A-Za-z0-9]{12}»' db`, `docker login -u ci -p «[A-Za-z0-9]{20}» registry.internal`, `mongodump -h db -u root -p «[A-Za-z0-9]{12}» -d app`, `redis-cli -h db -a «[A-Za-z0-9]{12}» ping`, `ldapsearch -x -D cn=admin -w «[A-Za-z0-9]{12}» -b dc=x`, `sqlcmd -S db -U sa -P «[A-Za-z0-9]{12}» -i a.sql`, `keytool -list -storepass «[A-Za-z0-9]{12}»`, `htpasswd -cb /etc/users robot «[A-Za-z0-9]{12}»`, `rabbitmqctl add_user app «[A-Za-z0-9]{12}»`], ['sshpass -p "$PASS" ssh a@b', 'mysql -u root -p db', 'redis-cli -a $REDIS_PASSWORD', 'htpasswd -c /etc/users robot']),
  form('sql-password', 'Password in a statement of SQL', String.raw`(?i)(?:identified[ \t]{1,3}(?:with[ \t]{1,3}\w{1,40}[ \t]{1,3})?by[ \t]{1,3}(?:password[ \t]{1,3})?["']([^"'\s]{3,100})["']|password[ \t]{1,3}'([^'\s]{3,100})')`, ['identified', 'password'], 'tags = ["password"]\n',
    [`CREATE USER app IDENTIFIED BY '«[A-Za-z0-9]{14}»';`, `ALTER ROLE app WITH PASSWORD '«[A-Za-z0-9]{14}»';`], [`CREATE USER app IDENTIFIED BY 'password';`, `IDENTIFIED BY '\${DB_PASSWORD}'`]),
  form('secure-string', 'Password made a secure string in PowerShell', String.raw`(?i)ConvertTo-SecureString[ \t]{1,3}(?:-String[ \t]{1,3})?["']([^"'\s$]{3,200})["']`, ['convertto-securestring'], 'tags = ["password", "command"]\n',
    [`ConvertTo-SecureString "«[A-Za-z0-9]{14}»" -AsPlainText -Force`], ['ConvertTo-SecureString "$password" -AsPlainText']),
  form('login-call', 'Password given to a call', String.raw`(?:(?:NetworkCredential|BasicAuth|HTTPBasicAuth|UsernamePasswordCredentials|PasswordAuthentication|SetBasicAuth|basic_auth|basicAuth|\.login|\bauth[ \t]?=[ \t]?)\([ \t]?["'][^"'\n]{1,80}["'][ \t]?,[ \t]?|(?:getConnection|mysqli|mysqli_connect|mysql_connect|PDO|DBI->connect|\bdatabase)\((?:["'][^"'\n]{1,200}["']|\$?[A-Za-z_][\w.]{0,60})[ \t]?,[ \t]?(?:["'][^"'\n]{1,200}["']|\$?[A-Za-z_][\w.]{0,60})[ \t]?,[ \t]?)["']([^"'\s$]{3,100}[^"'\s])["']`, ['credential', 'auth', '.login', 'getconnection', 'mysql', 'pdo', 'dbi->connect', 'database('], 'tags = ["password", "command"]\n',
    [`new NetworkCredential("robot", "«[A-Za-z]{8}[0-9]{6}»")`, `requests.get(url, auth=('svc', '«[A-Za-z]{8}[0-9]{6}»'))`, `DriverManager.getConnection("jdbc:h2:x", "app", "«[A-Za-z]{8}[0-9]{6}»")`, `DriverManager.getConnection(url, "app", "«[A-Za-z]{8}[0-9]{6}»")`], ['auth=("user", "password")', 'mysqli("localhost", "root", "password")']),
  form('dsn-password', 'Password among the words of a connection string', String.raw`(?i)\b(?:host|hostaddr|user|dbname|port)=[\w./-]{1,80}(?:[ ][a-z_]{2,24}=[^\s"'\x60]{1,100}){0,8}?[ ]password=([^\s"'\x60\\{}$]{3,100})`, ['password='], 'tags = ["password"]\n',
    [`host=db.internal user=app password=«[A-Za-z0-9]{14}» dbname=x`], ['host=db user=app password=$PGPASSWORD', 'host=db user=app password=password']),
  form('setting-password', 'Password in a file of settings with blanks for separators', String.raw`(?im)^[ \t]{0,20}(?:set[ \t]|user[ \t]{1,4}[\w.-]{1,40}[ \t]{1,4}(?:insecure-)?)?(?:(?:bind|root|admin|enable|user|ldap)?_?-?(?:password|passwd|secret)|bindpw|rootpw|rootbindpw)[ \t]{1,8}(?:[05][ \t]{1,3})?["']?([^\s"'=:<>{}()|;,[\]][^\s"'<>{}()|;,[\]]{5,99})["']?[ \t]{0,4}$`, ['password', 'passwd', 'secret', 'bindpw', 'rootpw'], 'tags = ["password"]\n',
    ['Password «[A-Za-z0-9]{14}»'], ['password required', 'Password «[a-z]{8}» and more words']),
  form('piped-password', 'Password piped into a command that logs in', String.raw`\becho[ \t]{1,3}(?:-[a-zA-Z]{1,3}[ \t]{1,3})?["']?(?:[\w.-]{1,40}:)?([^\s"'\x60$<>|;(){}:]{4,100})["']?[ \t]{0,3}\|[ \t]{0,3}(?:sudo[ \t]{1,3}(?:-S|[^\n|;]{0,20}chpasswd)|chpasswd|kinit|(?:docker|podman|helm|oras|crane|skopeo|az|gh|buildah)[ \t][^\n|;]{0,160}-stdin)`, ['echo'], 'tags = ["password", "command"]\n',
    [`echo '«[A-Za-z0-9]{14}»' | docker login -u ci --password-stdin registry.internal`, `echo "root:«[A-Za-z0-9]{14}»" | chpasswd`, `echo «[A-Za-z0-9]{14}» | sudo -S reboot`], ['echo "$TOKEN" | docker login -u ci --password-stdin', 'echo hello | cat']),
  form('first-boot-password', 'Password of an account of the first boot', String.raw`\bchpasswd:\s{1,40}(?:expire:[^\n]{1,20}\s{1,40})?list:[ \t]{0,4}[|>-]{0,2}\s{1,60}(?:-[ \t]{0,4})?["']?[\w.-]{1,40}:([^\s"'\x60$<>|;(){}:]{4,100})`, ['chpasswd:'], 'tags = ["password", "command"]\n',
    [`#cloud-config\nchpasswd:\n  list: |\n    root:«[A-Za-z0-9]{14}»`], ['chpasswd:\n  list: |\n    root:$PASSWORD']),
  form('prefilled-password', 'Password filled into a form', String.raw`type=["']password["'][^>\n]{0,160}?[ \t]value=["']([^"'\s<>{}$]{4,100})["']`, ['type="password"', "type='password'"], 'tags = ["password"]\n',
    [`<input type="password" name="p" value="«[A-Za-z]{8}[0-9]{6}»">`], ['<input type="password" name="p" value="">', '<input type="password" value="********">']),
  form('noted-password', 'Password as people note it', String.raw`(?i)[\w.-]{0,40}?(?:pw["'\x60\])]{0,2}[ \t]{0,3}(?:=>|:=|[:=])|(?:password|passwd|pwd|pw)[ \t]{1,2}(?:is|was):?[ \t])[ \t]{0,4}(?:${QUOTED}|${BARE})`, ['pw:', 'pw=', 'pw =', 'pw"', "pw'", 'password is', 'password was', 'passwd is', 'pwd is', 'pw is'], 'tags = ["assigned"]\n',
    ['PW: «[A-Za-z]{8}[0-9]{3}»', 'root_pw = "«[A-Za-z]{8}[0-9]{3}»"', 'the password is «[A-Za-z]{8}[0-9]{3}»'], ['pw: $PASSWORD', 'the password is required', 'the password is too-short', 'pw = password']),
  form('device-password', 'Password in the settings of a router or of Redis', String.raw`(?i)\b(?:enable[ \t]{1,3}(?:secret|password)|username[ \t]{1,3}[\w.-]{1,40}(?:[ \t]{1,3}privilege[ \t]{1,3}[0-9]{1,2})?[ \t]{1,3}(?:secret|password)|requirepass|masterauth)[ \t]{1,3}(?:[057][ \t]{1,3})?["']?([^\s"'=:<>{}()|;,[\]]{6,100})["']?[ \t]{0,4}(?:[\r\n]|$)`, ['enable secret', 'enable password', 'username ', 'requirepass', 'masterauth'], 'tags = ["password"]\n',
    ['requirepass «[A-Za-z0-9]{14}»', 'enable secret 0 «[A-Za-z0-9]{14}»', 'username admin privilege 15 password 0 «[A-Za-z0-9]{14}»'], ['requirepass foobared', 'username admin password required']),
  form('snmp-community', 'Community string of SNMP', String.raw`(?im)(?:^[ \t]{0,8}(?:r[ow]community6?|com2sec6?[ \t]{1,4}(?:-Cn[ \t]{1,4}\S{1,40}[ \t]{1,4})?\S{1,60}[ \t]{1,8}\S{1,60}|trap2?sink[ \t]{1,4}\S{1,80})|snmp-server[ \t]{1,4}community)[ \t]{1,8}["']?([^\s"'#]{4,100})`, ['community', 'com2sec', 'trapsink', 'trap2sink'], 'tags = ["password", "command"]\n',
    ['rocommunity «[A-Za-z0-9]{14}» 10.0.0.0/8', 'snmp-server community «[A-Za-z0-9]{14}» RO', 'com2sec readonly default «[A-Za-z0-9]{14}»'], ['rocommunity public', 'the community of users']),
  form('snmp-user-password', 'Password of a user of SNMP', String.raw`(?i)(?:createUser|snmp-server[ \t]user)[ \t][^\n]{1,80}?[ \t](?:MD5|SHA(?:-?[0-9]{3})?)[ \t]{1,4}["']?([^\s"']{8,100})`, ['createuser', 'snmp-server user'], 'tags = ["password", "command"]\n',
    ['createUser ann SHA "«[A-Za-z0-9]{14}»" AES'], ['createUser(name)', 'createUser ann MD5 public']),
  form('snmp-privacy-password', 'Password that encrypts for a user of SNMP', String.raw`(?i)(?:createUser|snmp-server[ \t]user)[ \t][^\n]{1,200}?[ \t](?:3?DES|AES)(?:[ \t-]?(?:128|192|256)C?)?[ \t]{1,4}["']?([^\s"']{8,100})`, ['createuser', 'snmp-server user'], 'tags = ["password", "command"]\n',
    ['createUser ann SHA one AES "«[A-Za-z0-9]{14}»"'], ['createUser(name)', 'createUser ann SHA one AES short']),
  form('remote-desktop-password', 'Password in a file of Remote Desktop', 'password 51:b:([0-9A-Fa-f]{100,1000})', ['password 51:b:'], '',
    ['password 51:b:01000000«[0-9A-F]{300}»'], ['password 51:b:', 'password 51:b:01']),
  form('oracle-login', 'Login of a tool of Oracle', String.raw`(?i)\b(?:sqlplus|sqlldr|expdp|impdp)[ \t][^\n|;&]{0,80}?["']?[\w$#]{1,40}/["']?([^\s"'/@$&{}<>]{4,60})["']?@`, ['sqlplus', 'sqlldr', 'expdp', 'impdp'], 'tags = ["password", "command"]\n',
    ['sqlplus -s app/«[A-Za-z0-9]{12}»@orcl @run.sql'], ['sqlplus app/$PASSWORD@orcl', 'connect a/b']),
  String.raw`[[rules]]
id = "device-password-hash"
description = "Hash of a password in the settings of a router"
kind = "password-hash"
regex = '''(?i)\b(?:enable[ \t]{1,3}(?:secret|password)|username[ \t]{1,3}[\w.-]{1,40}(?:[ \t]{1,3}privilege[ \t]{1,3}[0-9]{1,2})?[ \t]{1,3}(?:secret|password))[ \t]{1,3}[4589][ \t]{1,3}(\$[0-9a-z]{1,2}\$[\w./$]{16,120})'''
keywords = ["enable secret", "enable password", "username "]
entropy = 3
examples = ['''enable secret 5 $1$«[A-Za-z0-9]{4}»$«[A-Za-z0-9./]{22}»''', '''username ann privilege 15 secret 9 $9$«[A-Za-z0-9./]{14}»$«[A-Za-z0-9./]{43}»''']
counterexamples = ['''enable secret 5 $1$x''', '''enable secret 0 hello''']
`,
  form('go-dsn', 'Password in a data source name of Go', String.raw`[\w.-]{1,60}:([^\s"'\x60@/:]{3,100})@(?:tcp|unix)\(`, ['@tcp(', '@unix('], 'tags = ["password", "command"]\n',
    ['sql.Open("mysql", "app:«[A-Za-z0-9]{12}»@tcp(db:3306)/x")'], ['"user:password@tcp(localhost)/db"', '"app@tcp(db)/x"']),
  form('proxy-login', 'Login in the settings of a proxy', String.raw`(?:\bstats[ \t]{1,4}auth[ \t]{1,4}|[ \t]login=)[\w.@-]{1,60}:([^\s"'$]{4,100})`, ['stats auth', ' login='], 'tags = ["password", "command"]\n',
    ['stats auth admin:«[A-Za-z0-9]{12}»', 'cache_peer up parent 3128 0 login=app:«[A-Za-z0-9]{12}»'], ['stats auth admin:password', 'cache_peer up parent 3128 0 login=PASS']),
  form('bundler-login', 'Login of a source of Bundler', String.raw`\bBUNDLE_[A-Z0-9_]{1,100}:[ \t]{1,4}["']?([\w.@-]{1,60}:[^\s"'$]{3,100})`, ['bundle_'], 'entropy = 2.5\n',
    ['BUNDLE_GEMS__TEST__IO: "app:«[A-Za-z0-9]{16}»"'], ['BUNDLE_PATH: "vendor/bundle"']),
  form('login-module', 'Login given to a Java login module', String.raw`LoginModule[ \t\r\n]{1,8}required[ \t\r\n]{1,8}(?:\w{1,40}="[^"\n]{0,200}"[ \t\r\n]{1,8}){0,6}?(?:password|user_\w{1,60})="([^"\s]{3,200})"`, ['loginmodule'], 'tags = ["password", "command"]\n',
    ['DigestLoginModule required user_app="«[A-Za-z0-9]{14}»";', 'PlainLoginModule required username="app" password="«[A-Za-z0-9]{14}»";'], ['PlainLoginModule required serviceName="kafka"']),
  form('drive-password', 'Password of a shared drive on a command line', String.raw`(?i)\bnet[ \t]use[ \t][^\n|;&]{0,40}?\\\\[^\s|;&]{1,100}[ \t]{1,4}["']?([^\s"'/*%$|;&]{4,100})["']?[ \t]{1,4}/user:`, ['net use'], 'tags = ["password", "command"]\n',
    ['net use Z: \\\\files\\share «[A-Za-z0-9]{12}» /user:ann'], ['net use Z: \\\\files\\share * /user:ann']),
  form('aws-configure', 'Secret key given to the command line of AWS', 'aws configure set (?:[\\w.-]{1,60}\\.)?aws_secret_access_key[ =]["\']?([A-Za-z0-9/+]{40})', ['aws configure set'], 'kind = "aws-secret-access-key"\nentropy = 3.5\n',
    ['aws configure set aws_secret_access_key «[A-Za-z0-9/+]{40}»'], ['aws configure set region eu-central-1']),
  String.raw`[[rules]]
id = "seed-phrase"
description = "Words that a wallet is restored from"
regex = '''(?i)(?:mnemonic|(?:seed|recovery|secret)[_ -]?phrase)\w{0,20}["'\x60\])]{0,3}[ \t]{0,4}(?:[:=]|=>|:=)[ \t]{0,4}["'\x60]?((?:[a-z]{3,8}[ ]){11}(?:(?:[a-z]{3,8}[ ]){3}|(?:[a-z]{3,8}[ ]){6}|(?:[a-z]{3,8}[ ]){9}|(?:[a-z]{3,8}[ ]){12})?[a-z]{3,8})(?:["'\x60\r\n]|$)'''
keywords = ["mnemonic", "phrase"]
structure = "seed-phrase"
examples = ['''MNEMONIC="«([a-z]{4,7} ){11}[a-z]{5}»"''']
counterexamples = ['''mnemonic = "«[a-z]{5}» «[a-z]{5}»"''', '''seed_phrase: "test test test test test test test test test test test junk"''']
`,
  String.raw`[[rules]]
id = "login-hash"
description = "Hash of a user's password"
kind = "password-hash"
regex = '''(?:^|[^\w.@-])[\w.@-]{1,60}:(\$apr1\$[\w./]{1,8}\$[\w./]{22}|\$2[aby]\$[0-9]{2}\$[\w./]{53}|\$1\$[\w./]{1,8}\$[\w./]{22}|\$5\$[\w./]{1,16}\$[\w./]{43}|\$6\$[\w./]{1,16}\$[\w./]{86})(?:[^\w./+=]|$)'''
keywords = [":$apr1$", ":$2a$", ":$2b$", ":$2y$", ":$1$", ":$5$", ":$6$"]
entropy = 3
examples = ['''users: ["ann:$apr1$«[A-Za-z0-9]{8}»$«[A-Za-z0-9./]{22}»"]''', '''ann:$2y$10$«[A-Za-z0-9./]{53}»''']
counterexamples = ['''ann:$apr1$x$y''', '''"$2y$10$«[A-Za-z0-9./]{53}»"''']
`,
]
