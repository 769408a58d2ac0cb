import { named, token } from './row.ts'

/** Rules for secret stores, and keys that stand alone. */
export const secretStoreRules: readonly string[] = [
  token('vault-service-token', 'HashiCorp Vault service token', String.raw`hvs\.[\w-]{90,120}`),
  token('vault-batch-token', 'HashiCorp Vault batch token', String.raw`hvb\.[\w-]{138,300}`),
  token('vault-recovery-token', 'HashiCorp Vault recovery token', String.raw`hvr\.[\w-]{24,120}`),
  named('vault-legacy-token', 'HashiCorp Vault token of the older form', ['vault[_.-]?token'], String.raw`s\.[A-Za-z0-9]{24}`),
  token('muster-api-token', 'Muster API token', String.raw`mst_(?:[a-z0-9-]{1,64}\.)?[\w-]{43}`, { entropy: 3.5 }),
  token('doppler-personal-token', 'Doppler personal token', String.raw`dp\.pt\.[A-Za-z0-9]{40,44}`),
  token('doppler-service-token', 'Doppler service token', String.raw`dp\.st\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}`),
  token('doppler-cli-token', 'Doppler CLI token', String.raw`dp\.ct\.[A-Za-z0-9]{40,44}`),
  token('doppler-service-account-token', 'Doppler service account token', String.raw`dp\.sa\.[A-Za-z0-9]{40,44}`),
  token('doppler-scim-token', 'Doppler SCIM token', String.raw`dp\.scim\.[A-Za-z0-9]{40,44}`),
  token('doppler-audit-token', 'Doppler audit token', String.raw`dp\.audit\.[A-Za-z0-9]{40,44}`),
  token('onepassword-service-account-token', '1Password service account token', 'ops_eyJ[A-Za-z0-9_+/-]{250,1000}={0,3}', { entropy: 4 }),
  token('vault-root-token', 'HashiCorp Vault token of the short form', String.raw`hvs\.[A-Za-z0-9]{24}`, { entropy: 3.5 }),
  named('vault-approle-secret-id', 'Vault AppRole secret id', ['secret[_.-]?id'], '[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}', { keywords: ['secret'] }),
  token('boundary-token', 'HashiCorp Boundary token', 'at_[A-Za-z0-9]{10}_[A-Za-z0-9]{40,200}'),
  named('consul-token', 'HashiCorp Consul token', ['consul'], '[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}'),
  named('nomad-token', 'HashiCorp Nomad token', ['nomad'], '[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}'),
  named('hcp-client-secret', 'HashiCorp Cloud client secret', ['hcp[_.-]?client[_.-]?secret', 'hcp'], String.raw`[\w-]{64}`, { keywords: ['hcp'], entropy: 4 }),
  token('infisical-service-token', 'Infisical service token', String.raw`st\.[a-f0-9]{24}\.[a-f0-9]{32}\.[a-f0-9]{32}`),
  token('bitwarden-access-token', 'Bitwarden Secrets Manager access token', String.raw`0\.[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}\.[A-Za-z0-9]{30}:[A-Za-z0-9+/]{22}==`, { keywords: ['0.'] }),
  token('onepassword-secret-key', '1Password secret key', 'A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}'),
  named('duo-secret-key', 'Duo secret key', ['duo', 'skey'], '[A-Za-z0-9]{40}', { entropy: 3.8 }),
  named('auth0-client-secret', 'Auth0 client secret', ['auth0'], String.raw`[\w-]{64}`, { entropy: 4 }),
  named('onelogin-client-secret', 'OneLogin client secret', ['onelogin'], '[a-f0-9]{64}'),
  token('jumpcloud-api-key', 'JumpCloud API key', 'jca_[A-Za-z0-9]{36}'),
  token('stytch-secret', 'Stytch secret', String.raw`secret-(?:live|test)-[\w-]{36,44}=?`, { keywords: ['secret-live-', 'secret-test-'] }),
  named('keycloak-client-secret', 'Keycloak client secret', ['keycloak'], '[A-Za-z0-9]{32}', { entropy: 3.4 }),
  token('minisign-secret-key', 'minisign secret key', 'RWRTY0Iy[A-Za-z0-9+/]{200,208}={0,2}'),
  token('paserk-key', 'PASERK key', String.raw`k[1-4]\.(?:local|secret)\.[\w-]{43,400}`, { keywords: ['.local.', '.secret.'] }),
  String.raw`[[rules]]
id = "terraform-cloud-token"
description = "Terraform Cloud API token"
regex = '''\b([A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,70})(?:[^\w-]|$)'''
keywords = ["atlasv1"]
entropy = 3.5
examples = ['''token = "«[A-Za-z0-9]{14}».atlasv1.«[A-Za-z0-9]{67}»"''']
counterexamples = ['''token = "«[A-Za-z0-9]{14}».atlasv1.«[A-Za-z0-9]{30}»"''', '''x.atlasv1.''']
`,
  String.raw`[[rules]]
id = "age-secret-key"
description = "age secret key"
regex = '''\b(AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58})\b'''
keywords = ["age-secret-key-1"]
examples = ['''AGE-SECRET-KEY-1«[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}»''']
counterexamples = ['''AGE-SECRET-KEY-1«[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{57}»''', '''AGE-SECRET-KEY-1«[bio]{58}»''']
`,
  String.raw`[[rules]]
id = "openvpn-static-key"
description = "OpenVPN static key"
regex = '''-----BEGIN OpenVPN Static key V1-----\s{1,4}((?:[a-f0-9]{32}\s{1,4}){4,16})-----END OpenVPN Static key V1-----'''
keywords = ["openvpn static key"]
entropy = 3
examples = ['''-----BEGIN OpenVPN Static key V1-----
«[a-f0-9]{32}»
«[a-f0-9]{32}»
«[a-f0-9]{32}»
«[a-f0-9]{32}»
-----END OpenVPN Static key V1-----''']
counterexamples = ['''-----BEGIN OpenVPN Static key V1-----
...
-----END OpenVPN Static key V1-----''']
`,
  String.raw`[[rules]]
id = "putty-private-key"
description = "PuTTY private key"
regex = '''PuTTY-User-Key-File-[23]: [\w@.-]{4,40}\r?\n(?:[A-Z][\w-]{2,30}: [^\n]{0,200}\r?\n){1,3}(?:[A-Za-z0-9+/=]{1,64}\r?\n){1,60}(?:[A-Z][\w-]{2,30}: [^\n]{0,100}\r?\n){0,6}Private-Lines: [0-9]{1,3}\r?\n((?:[A-Za-z0-9+/=]{1,64}\r?\n){1,60})'''
keywords = ["putty-user-key-file-"]
examples = ['''PuTTY-User-Key-File-3: ssh-ed25519
Encryption: none
Comment: deploy
Public-Lines: 1
«[A-Za-z0-9+/]{64}»
Private-Lines: 1
«[A-Za-z0-9+/]{48}»
''']
counterexamples = ['''PuTTY-User-Key-File-3: ssh-ed25519
Encryption: none''']
`,
  String.raw`[[rules]]
id = "private-key"
description = "Private key in PEM form"
regex = '''-----BEGIN (?:RSA |DSA |EC |OPENSSH |ENCRYPTED |SSH2 ENCRYPTED )?PRIVATE KEY-----(?:[\s\w+/=:,."'\\]+-){0,20}[\s\w+/=:,."'\\]{40,}-----END [A-Z0-9 ]{0,30}PRIVATE KEY-----'''
keywords = ["private key-----"]
structure = "pem"
examples = ['''-----BEGIN PRIVATE KEY-----
«[A-Za-z0-9+/]{64}»
«[A-Za-z0-9+/]{50}»
-----END PRIVATE KEY-----''', '''key: "-----BEGIN RSA PRIVATE KEY-----\n«[A-Za-z0-9+/]{64}»\n-----END RSA PRIVATE KEY-----"''']
counterexamples = ['''-----BEGIN PUBLIC KEY-----
«[A-Za-z0-9+/]{64}»
-----END PUBLIC KEY-----''', '''-----BEGIN PRIVATE KEY-----
...
-----END PRIVATE KEY-----''']
`,
  String.raw`[[rules]]
id = "pgp-private-key"
description = "OpenPGP private key block"
regex = '''-----BEGIN PGP PRIVATE KEY BLOCK-----(?:[\s\w+/=:.()@<>]+-){0,20}[\s\w+/=:.()@<>]{40,}-----END PGP PRIVATE KEY BLOCK-----'''
keywords = ["pgp private key block"]
examples = ['''-----BEGIN PGP PRIVATE KEY BLOCK-----

«[A-Za-z0-9+/]{64}»
=«[A-Za-z0-9]{4}»
-----END PGP PRIVATE KEY BLOCK-----''']
counterexamples = ['''-----BEGIN PGP PUBLIC KEY BLOCK-----
«[A-Za-z0-9+/]{64}»
-----END PGP PUBLIC KEY BLOCK-----''', '''-----BEGIN PGP PRIVATE KEY BLOCK-----''']
`,
  String.raw`[[rules]]
id = "wireguard-private-key"
description = "WireGuard private key"
regex = '''(?:PrivateKey|PresharedKey)[ \t]{0,4}=[ \t]{0,4}([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)'''
keywords = ["privatekey", "presharedkey"]
entropy = 3.5
examples = ['''PrivateKey = «[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]»=''']
counterexamples = ['''PublicKey = «[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]»=''', '''PrivateKey = «[A-Za-z0-9+/]{30}»=''']
`,
  String.raw`[[rules]]
id = "nats-nkey-seed"
description = "NATS NKey seed"
regex = '''NKEY SEED-----\s{1,4}(S[ACNOUX][A-Z][A-Z2-7]{55})\b'''
keywords = ["nkey seed"]
entropy = 3.8
examples = ['''-----BEGIN USER NKEY SEED-----
«SU[A-Z][A-Z2-7]{55}»''']
counterexamples = ['''-----BEGIN USER NKEY SEED-----
«SU[A-Z][A-Z2-7]{50}»''']
`,
]
