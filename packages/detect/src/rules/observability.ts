/** Rules for monitoring and smaller services, in the format of `compileConfig`. Parts of examples between « and » are patterns to draw from. */
export const observabilityRules = String.raw`
[[rules]]
id = "grafana-service-account-token"
description = "Grafana service account token"
regex = '''\b(glsa_[A-Za-z0-9]{32}_[a-f0-9]{8})\b'''
keywords = ["glsa_"]
entropy = 3
examples = ['''API_TOKEN="glsa_«[A-Za-z0-9]{32}_[a-f0-9]{8}»"''', '''token: glsa_«[A-Za-z0-9]{32}_[a-f0-9]{8}»''']
counterexamples = ['''API_TOKEN="glsa_«[A-Za-z0-9]{32}_[a-f0-9]{7}»"''', '''token: glsa_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "grafana-cloud-token"
description = "Grafana Cloud access policy token"
regex = '''\b(glc_eyJ[A-Za-z0-9+/]{60,400})(?:[^\w+/=]|$)'''
keywords = ["glc_eyj"]
entropy = 3
examples = ['''API_TOKEN="glc_eyJ«[A-Za-z0-9+/]{60,400}»"''', '''token: glc_eyJ«[A-Za-z0-9+/]{60,400}»''']
counterexamples = ['''API_TOKEN="glc_eyJ«[A-Za-z0-9+/]{59}»"''', '''token: glc_eyJxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "grafana-legacy-api-key"
description = "Grafana API key of the older form"
regex = '''\b(eyJrIjoi[A-Za-z0-9]{70,400})\b'''
keywords = ["eyjrijoi"]
entropy = 3
examples = ['''API_TOKEN="eyJrIjoi«[A-Za-z0-9]{70,400}»"''', '''token: eyJrIjoi«[A-Za-z0-9]{70,400}»''']
counterexamples = ['''API_TOKEN="eyJrIjoi«[A-Za-z0-9]{69}»"''', '''token: eyJrIjoixxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "new-relic-user-key"
description = "New Relic user key"
regex = '''\b(NRAK-[A-Z0-9]{27})\b'''
keywords = ["nrak-"]
entropy = 3
examples = ['''API_TOKEN="NRAK-«[A-Z0-9]{27}»"''', '''token: NRAK-«[A-Z0-9]{27}»''']
counterexamples = ['''API_TOKEN="NRAK-«[A-Z0-9]{26}»"''', '''token: NRAK-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "new-relic-browser-key"
description = "New Relic browser key"
regex = '''\b(NRJS-[a-f0-9]{19})\b'''
keywords = ["nrjs-"]
examples = ['''API_TOKEN="NRJS-«[a-f0-9]{19}»"''', '''token: NRJS-«[a-f0-9]{19}»''']
counterexamples = ['''API_TOKEN="NRJS-«[a-f0-9]{18}»"''', '''token: NRJS-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "new-relic-insert-key"
description = "New Relic insights insert key"
regex = '''\b(NRII-[\w-]{32})(?:[^\w-]|$)'''
keywords = ["nrii-"]
entropy = 3
examples = ['''API_TOKEN="NRII-«[\w-]{32}»"''', '''token: NRII-«[\w-]{32}»''']
counterexamples = ['''API_TOKEN="NRII-«[\w-]{31}»"''', '''token: NRII-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "sentry-user-token"
description = "Sentry user auth token"
regex = '''\b(sntryu_[a-f0-9]{64})\b'''
keywords = ["sntryu_"]
examples = ['''API_TOKEN="sntryu_«[a-f0-9]{64}»"''', '''token: sntryu_«[a-f0-9]{64}»''']
counterexamples = ['''API_TOKEN="sntryu_«[a-f0-9]{63}»"''', '''token: sntryu_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "sentry-organization-token"
description = "Sentry organization auth token"
regex = '''\b(sntrys_eyJ[A-Za-z0-9+/]{80,400})(?:[^\w+/=]|$)'''
keywords = ["sntrys_eyj"]
entropy = 3
examples = ['''API_TOKEN="sntrys_eyJ«[A-Za-z0-9+/]{80,400}»"''', '''token: sntrys_eyJ«[A-Za-z0-9+/]{80,400}»''']
counterexamples = ['''API_TOKEN="sntrys_eyJ«[A-Za-z0-9+/]{79}»"''', '''token: sntrys_eyJxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "dynatrace-token"
description = "Dynatrace API token"
regex = '''\b(dt0c01\.[A-Z0-9]{24}\.[A-Z0-9]{64})\b'''
keywords = ["dt0c01."]
entropy = 3
examples = ['''API_TOKEN="dt0c01.«[A-Z0-9]{24}\.[A-Z0-9]{64}»"''', '''token: dt0c01.«[A-Z0-9]{24}\.[A-Z0-9]{64}»''']
counterexamples = ['''API_TOKEN="dt0c01.«[A-Z0-9]{24}\.[A-Z0-9]{63}»"''', '''token: dt0c01.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "prefect-api-key"
description = "Prefect API key"
regex = '''\b(pnu_[A-Za-z0-9]{36})\b'''
keywords = ["pnu_"]
entropy = 3
examples = ['''API_TOKEN="pnu_«[A-Za-z0-9]{36}»"''', '''token: pnu_«[A-Za-z0-9]{36}»''']
counterexamples = ['''API_TOKEN="pnu_«[A-Za-z0-9]{35}»"''', '''token: pnu_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "datadog-api-key"
description = "Datadog API key"
regex = '''(?i)(?:datadog|dd[_.-]?api[_.-]?key|dd[_.-]?app[_.-]?key)[\w.-]{0,30}["'\x60]?[ \t]{0,4}(?:=>|:=|=|:|,)[ \t]{0,4}["'\x60]?(?-i:([a-f0-9]{32}))(?:[^\w+/=-]|$)'''
keywords = ["datadog", "dd_", "dd-", "dda"]
entropy = 3
examples = ['''datadog_key = "«[a-f0-9]{32}»"''', '''DATADOG_TOKEN: «[a-f0-9]{32}»''']
counterexamples = ['''datadog_key = "«[a-f0-9]{31}»"''', '''datadog_key = "«[xX*]»xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"''', '''other = "«[a-f0-9]{32}»"''']

[[rules]]
id = "sumologic-access-key"
description = "Sumo Logic access key"
regex = '''(?i)(?:sumo[_.-]?logic|sumo)[\w.-]{0,30}["'\x60]?[ \t]{0,4}(?:=>|:=|=|:|,)[ \t]{0,4}["'\x60]?(?-i:([A-Za-z0-9]{64}))(?:[^\w+/=-]|$)'''
keywords = ["sumo"]
entropy = 3
examples = ['''sumo_key = "«[A-Za-z0-9]{64}»"''', '''SUMO_TOKEN: «[A-Za-z0-9]{64}»''']
counterexamples = ['''sumo_key = "«[A-Za-z0-9]{63}»"''', '''sumo_key = "«[xX*]»xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"''', '''other = "«[A-Za-z0-9]{64}»"''']

[[rules]]
id = "maxmind-license-key"
description = "MaxMind license key"
regex = '''\b([A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk)\b'''
keywords = ["_mmk"]
entropy = 3
examples = ['''LICENSE=«[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk»''']
counterexamples = ['''LICENSE=«[A-Za-z0-9]{6}_[A-Za-z0-9]{20}_mmk»''', '''_mmk''']

[[rules]]
id = "infracost-api-key"
description = "Infracost API key"
regex = '''\b(ico-[A-Za-z0-9]{32})\b'''
keywords = ["ico-"]
entropy = 3
examples = ['''API_TOKEN="ico-«[A-Za-z0-9]{32}»"''', '''token: ico-«[A-Za-z0-9]{32}»''']
counterexamples = ['''API_TOKEN="ico-«[A-Za-z0-9]{31}»"''', '''token: ico-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "adafruit-io-key"
description = "Adafruit IO key"
regex = '''\b(aio_[A-Za-z0-9]{28})\b'''
keywords = ["aio_"]
entropy = 3
examples = ['''API_TOKEN="aio_«[A-Za-z0-9]{28}»"''', '''token: aio_«[A-Za-z0-9]{28}»''']
counterexamples = ['''API_TOKEN="aio_«[A-Za-z0-9]{27}»"''', '''token: aio_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "adobe-client-secret"
description = "Adobe client secret"
regex = '''\b(p8e-[A-Za-z0-9]{32})\b'''
keywords = ["p8e-"]
entropy = 3
examples = ['''API_TOKEN="p8e-«[A-Za-z0-9]{32}»"''', '''token: p8e-«[A-Za-z0-9]{32}»''']
counterexamples = ['''API_TOKEN="p8e-«[A-Za-z0-9]{31}»"''', '''token: p8e-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "intra42-client-secret"
description = "42 Intra client secret"
regex = '''\b(s-s4t2ud-[a-f0-9]{64})\b'''
keywords = ["s-s4t2ud-"]
examples = ['''API_TOKEN="s-s4t2ud-«[a-f0-9]{64}»"''', '''token: s-s4t2ud-«[a-f0-9]{64}»''']
counterexamples = ['''API_TOKEN="s-s4t2ud-«[a-f0-9]{63}»"''', '''token: s-s4t2ud-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']
`
