/** Rules for secret stores, and keys that stand alone, in the format of `compileConfig`. Parts of examples between « and » are patterns to draw from. */
export const secretStoreRules = String.raw`
[[rules]]
id = "vault-service-token"
description = "HashiCorp Vault service token"
regex = '''\b(hvs\.[\w-]{90,120})(?:[^\w-]|$)'''
keywords = ["hvs."]
entropy = 3
examples = ['''API_TOKEN="hvs.«[\w-]{90,120}»"''', '''token: hvs.«[\w-]{90,120}»''']
counterexamples = ['''API_TOKEN="hvs.«[\w-]{89}»"''', '''token: hvs.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "vault-batch-token"
description = "HashiCorp Vault batch token"
regex = '''\b(hvb\.[\w-]{138,300})(?:[^\w-]|$)'''
keywords = ["hvb."]
entropy = 3
examples = ['''API_TOKEN="hvb.«[\w-]{138,300}»"''', '''token: hvb.«[\w-]{138,300}»''']
counterexamples = ['''API_TOKEN="hvb.«[\w-]{137}»"''', '''token: hvb.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "vault-recovery-token"
description = "HashiCorp Vault recovery token"
regex = '''\b(hvr\.[\w-]{24,120})(?:[^\w-]|$)'''
keywords = ["hvr."]
entropy = 3
examples = ['''API_TOKEN="hvr.«[\w-]{24,120}»"''', '''token: hvr.«[\w-]{24,120}»''']
counterexamples = ['''API_TOKEN="hvr.«[\w-]{23}»"''', '''token: hvr.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "vault-legacy-token"
description = "HashiCorp Vault token of the older form"
regex = '''(?i)(?:vault[_.-]?token)[\w.-]{0,30}["'\x60]?[ \t]{0,4}(?:=>|:=|=|:|,)[ \t]{0,4}["'\x60]?(?-i:(s\.[A-Za-z0-9]{24}))(?:[^\w+/=-]|$)'''
keywords = ["vault"]
entropy = 3
examples = ['''vault_token_key = "«s\.[A-Za-z0-9]{24}»"''', '''VAULT_TOKEN_TOKEN: «s\.[A-Za-z0-9]{24}»''']
counterexamples = ['''vault_token_key = "«s\.[A-Za-z0-9]{23}»"''', '''vault_token_key = "«[xX*]»xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"''', '''other = "«s\.[A-Za-z0-9]{24}»"''']

[[rules]]
id = "terraform-cloud-token"
description = "Terraform Cloud API token"
regex = '''\b([A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,70})(?:[^\w-]|$)'''
keywords = ["atlasv1"]
entropy = 3.5
examples = ['''token = "«[A-Za-z0-9]{14}».atlasv1.«[A-Za-z0-9]{67}»"''']
counterexamples = ['''token = "«[A-Za-z0-9]{14}».atlasv1.«[A-Za-z0-9]{30}»"''', '''x.atlasv1.''']

[[rules]]
id = "doppler-personal-token"
description = "Doppler personal token"
regex = '''\b(dp\.pt\.[A-Za-z0-9]{40,44})\b'''
keywords = ["dp.pt."]
entropy = 3
examples = ['''API_TOKEN="dp.pt.«[A-Za-z0-9]{40,44}»"''', '''token: dp.pt.«[A-Za-z0-9]{40,44}»''']
counterexamples = ['''API_TOKEN="dp.pt.«[A-Za-z0-9]{39}»"''', '''token: dp.pt.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "doppler-service-token"
description = "Doppler service token"
regex = '''\b(dp\.st\.[A-Za-z0-9]{40,44})\b'''
keywords = ["dp.st."]
entropy = 3
examples = ['''API_TOKEN="dp.st.«[A-Za-z0-9]{40,44}»"''', '''token: dp.st.«[A-Za-z0-9]{40,44}»''']
counterexamples = ['''API_TOKEN="dp.st.«[A-Za-z0-9]{39}»"''', '''token: dp.st.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "doppler-cli-token"
description = "Doppler CLI token"
regex = '''\b(dp\.ct\.[A-Za-z0-9]{40,44})\b'''
keywords = ["dp.ct."]
entropy = 3
examples = ['''API_TOKEN="dp.ct.«[A-Za-z0-9]{40,44}»"''', '''token: dp.ct.«[A-Za-z0-9]{40,44}»''']
counterexamples = ['''API_TOKEN="dp.ct.«[A-Za-z0-9]{39}»"''', '''token: dp.ct.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "doppler-service-account-token"
description = "Doppler service account token"
regex = '''\b(dp\.sa\.[A-Za-z0-9]{40,44})\b'''
keywords = ["dp.sa."]
entropy = 3
examples = ['''API_TOKEN="dp.sa.«[A-Za-z0-9]{40,44}»"''', '''token: dp.sa.«[A-Za-z0-9]{40,44}»''']
counterexamples = ['''API_TOKEN="dp.sa.«[A-Za-z0-9]{39}»"''', '''token: dp.sa.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "doppler-scim-token"
description = "Doppler SCIM token"
regex = '''\b(dp\.scim\.[A-Za-z0-9]{40,44})\b'''
keywords = ["dp.scim."]
entropy = 3
examples = ['''API_TOKEN="dp.scim.«[A-Za-z0-9]{40,44}»"''', '''token: dp.scim.«[A-Za-z0-9]{40,44}»''']
counterexamples = ['''API_TOKEN="dp.scim.«[A-Za-z0-9]{39}»"''', '''token: dp.scim.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "doppler-audit-token"
description = "Doppler audit token"
regex = '''\b(dp\.audit\.[A-Za-z0-9]{40,44})\b'''
keywords = ["dp.audit."]
entropy = 3
examples = ['''API_TOKEN="dp.audit.«[A-Za-z0-9]{40,44}»"''', '''token: dp.audit.«[A-Za-z0-9]{40,44}»''']
counterexamples = ['''API_TOKEN="dp.audit.«[A-Za-z0-9]{39}»"''', '''token: dp.audit.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "age-secret-key"
description = "age secret key"
regex = '''\b(AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58})\b'''
keywords = ["age-secret-key-1"]
examples = ['''AGE-SECRET-KEY-1«[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}»''']
counterexamples = ['''AGE-SECRET-KEY-1«[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{57}»''', '''AGE-SECRET-KEY-1«[bio]{58}»''']

[[rules]]
id = "onepassword-service-account-token"
description = "1Password service account token"
regex = '''\b(ops_eyJ[\w-]{250,1000})(?:[^\w-]|$)'''
keywords = ["ops_eyj"]
entropy = 4
examples = ['''API_TOKEN="ops_eyJ«[\w-]{250,1000}»"''', '''token: ops_eyJ«[\w-]{250,1000}»''']
counterexamples = ['''API_TOKEN="ops_eyJ«[\w-]{249}»"''', '''token: ops_eyJxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
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

[[rules]]
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

[[rules]]
id = "wireguard-private-key"
description = "WireGuard private key"
regex = '''PrivateKey[ \t]{0,4}=[ \t]{0,4}([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)'''
keywords = ["privatekey"]
entropy = 3.5
examples = ['''PrivateKey = «[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]»=''']
counterexamples = ['''PublicKey = «[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]»=''', '''PrivateKey = «[A-Za-z0-9+/]{30}»=''']
`
