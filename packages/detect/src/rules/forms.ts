/** Rules for credentials told by their form rather than their provider. */
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
regex = '''\b((?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|mssql|sqlserver|clickhouse|cassandra|ftps?|sftp|smtps?|ldaps?|https?)://[^\s:/@"\x27<>\x60{}$|]{0,80}:[^\s/@"\x27<>\x60{}$%|]{4,100}@[\w.-]{1,200}(?::[0-9]{1,5})?(?:/[\w.-]{0,100})?)'''
keywords = ["://"]
structure = "credential-url"
examples = ['''DATABASE_URL=postgres://app:«[A-Za-z0-9]{16}»@db.internal:5432/orders''', '''amqp://svc:«[A-Za-z0-9]{12}»@queue/''']
counterexamples = ['''postgres://app@db.internal/orders''', '''postgres://user:password@localhost/db''', '''https://host:8080/path@x''']
`,
  String.raw`[[rules]]
id = "http-bearer-header"
description = "Bearer token in a header"
regex = '''(?i)authorization["\x27]?[ \t]{0,3}[:=,][ \t]{0,3}["\x27\x60]?bearer[ \t]{1,3}([\w.~+/-]{20,400}={0,2})'''
keywords = ["bearer"]
entropy = 3.5
generic = true
examples = ['''curl -H "Authorization: Bearer «[A-Za-z0-9]{40}»"''']
counterexamples = ['''Authorization: Bearer $TOKEN''', '''Authorization: Bearer «[a-z]{8}»''']
`,
  String.raw`[[rules]]
id = "http-basic-header"
description = "Basic credentials in a header"
regex = '''(?i)authorization["\x27]?[ \t]{0,3}[:=,][ \t]{0,3}["\x27\x60]?basic[ \t]{1,3}([A-Za-z0-9+/]{16,400}={0,2})'''
keywords = ["basic"]
entropy = 3
generic = true
examples = ['''-H "Authorization: Basic «[A-Za-z0-9+/]{40}»"''']
counterexamples = ['''Authorization: Basic $CREDENTIALS''', '''Authorization: Basic «[a-z]{8}»''']
`,
  String.raw`[[rules]]
id = "generic-assigned-secret"
description = "A value assigned to a name that says it is secret"
regex = '''(?i)(?:passw(?:or)?d|passphrase|secret|token|api[_.-]?key|access[_.-]?key|auth[_.-]?key|private[_.-]?key|client[_.-]?secret|credential)s?[\w.-]{0,20}["'\x60]?[ \t]{0,4}(?:=>|:=|=|:)[ \t]{0,4}["'\x60]?([\w.=+/!@#%^&*~$-]{10,128})(?:["'\x60\s;,)]|\\[nr]|$)'''
keywords = ["passw", "passphrase", "secret", "token", "key", "credential"]
entropy = 3.2
generic = true
examples = ['''db_password = "«[A-Za-z0-9!@#%^]{20}»"''', '''apiKey: "«[A-Za-z0-9]{32}»"''']
counterexamples = ['''password = process.env.DATABASE_PASSWORD''', '''token: accessTokenProvider''', '''secretName: my-application-tls''', '''password = "<DB_PASSWORD>"''']
`,
]
