/** Rules for cloud platforms, in the format of `compileConfig`. Parts of examples between « and » are patterns to draw from. */
export const cloudRules = String.raw`
[[rules]]
id = "aws-access-key-id"
description = "AWS access key id"
regex = '''\b((?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16})\b'''
keywords = ["akia", "asia", "abia", "acca"]
entropy = 2.5
structure = "aws-key-id"
examples = ['''aws_access_key_id = AKIA«[A-Z2-7]{16}»''', '''"ASIA«[A-Z2-7]{16}»"''']
counterexamples = ['''AKIA«[A-Z2-7]{15}»''', '''AKIA«[A-Z2-7]{9}»EXAMPLE''', '''xAKIA«[A-Z2-7]{16}»''']

[[rules]]
id = "aws-secret-access-key"
description = "AWS secret access key"
regex = '''(?i)(?:aws[_.-]?secret|secret[_.-]?access[_.-]?key|secretaccesskey)[\w.-]{0,30}["'\x60]?[ \t]{0,4}(?:=>|:=|=|:|,)[ \t]{0,4}["'\x60]?(?-i:([A-Za-z0-9/+]{40}))(?:[^\w+/=-]|$)'''
keywords = ["aws", "secret"]
entropy = 3.8
examples = ['''aws_secret_key = "«[A-Za-z0-9/+]{40}»"''', '''AWS_SECRET_TOKEN: «[A-Za-z0-9/+]{40}»''']
counterexamples = ['''aws_secret_key = "«[A-Za-z0-9/+]{39}»"''', '''aws_secret_key = "«[xX*]»xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"''', '''other = "«[A-Za-z0-9/+]{40}»"''']

[[rules]]
id = "aws-bedrock-key"
description = "Amazon Bedrock API key"
regex = '''\b(ABSK[A-Za-z0-9+/]{109,269})(?:[^\w+/=]|$)'''
keywords = ["absk"]
entropy = 3
examples = ['''API_TOKEN="ABSK«[A-Za-z0-9+/]{109,269}»"''', '''token: ABSK«[A-Za-z0-9+/]{109,269}»''']
counterexamples = ['''API_TOKEN="ABSK«[A-Za-z0-9+/]{108}»"''', '''token: ABSKxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "aws-mws-token"
description = "Amazon MWS auth token"
regex = '''\b(amzn\.mws\.[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12})\b'''
keywords = ["amzn.mws."]
entropy = 2.5
examples = ['''API_TOKEN="amzn.mws.«[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}»"''', '''token: amzn.mws.«[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}»''']
counterexamples = ['''API_TOKEN="amzn.mws.«[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{11}»"''', '''token: amzn.mws.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "google-api-key"
description = "Google API key"
regex = '''\b(AIza[\w-]{35})(?:[^\w-]|$)'''
keywords = ["aiza"]
entropy = 3.5
examples = ['''API_TOKEN="AIza«[\w-]{35}»"''', '''token: AIza«[\w-]{35}»''']
counterexamples = ['''API_TOKEN="AIza«[\w-]{34}»"''', '''token: AIzaxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "google-oauth-client-secret"
description = "Google OAuth client secret"
regex = '''\b(GOCSPX-[\w-]{28})(?:[^\w-]|$)'''
keywords = ["gocspx-"]
entropy = 3
examples = ['''API_TOKEN="GOCSPX-«[\w-]{28}»"''', '''token: GOCSPX-«[\w-]{28}»''']
counterexamples = ['''API_TOKEN="GOCSPX-«[\w-]{27}»"''', '''token: GOCSPX-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "google-oauth-access-token"
description = "Google OAuth access token"
regex = '''\b(ya29\.[\w-]{30,1000})(?:[^\w-]|$)'''
keywords = ["ya29."]
entropy = 3
examples = ['''API_TOKEN="ya29.«[\w-]{30,1000}»"''', '''token: ya29.«[\w-]{30,1000}»''']
counterexamples = ['''API_TOKEN="ya29.«[\w-]{29}»"''', '''token: ya29.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "azure-client-secret"
description = "Microsoft Entra client secret"
regex = '''(?:^|[^\w~.-])([\w~.]{3}[0-9]Q~[\w~.-]{31,34})(?:[^\w~.-]|$)'''
keywords = ["q~"]
entropy = 3
examples = ['''secret = '«[A-Za-z0-9]{3}[0-9]»Q~«[A-Za-z0-9]{31}»'''', '''AZURE_CLIENT_SECRET=«[A-Za-z0-9]{3}[0-9]»Q~«[A-Za-z0-9]{34}»''']
counterexamples = ['''secret = '«[A-Za-z0-9]{3}[0-9]»Q~«[A-Za-z0-9]{20}»'''', '''secret = '«[A-Za-z]{4}»Q~«[A-Za-z0-9]{34}»'''']

[[rules]]
id = "azure-storage-account-key"
description = "Azure storage account key"
regex = '''(?i)AccountKey[ \t]{0,3}=[ \t]{0,3}(?-i:([A-Za-z0-9+/]{86}==))'''
keywords = ["accountkey"]
entropy = 4
examples = ['''DefaultEndpointsProtocol=https;AccountName=a;AccountKey=«[A-Za-z0-9+/]{86}»==;''']
counterexamples = ['''AccountKey=«[A-Za-z0-9+/]{60}»==;''', '''AccountKey=<KEY>''']

[[rules]]
id = "azure-shared-access-key"
description = "Azure Service Bus or Event Hubs shared access key"
regex = '''(?i)SharedAccessKey[ \t]{0,3}=[ \t]{0,3}(?-i:([A-Za-z0-9+/]{43}=))'''
keywords = ["sharedaccesskey"]
entropy = 4
examples = ['''Endpoint=sb://a.example.net/;SharedAccessKeyName=root;SharedAccessKey=«[A-Za-z0-9+/]{43}»=''']
counterexamples = ['''SharedAccessKey=«[A-Za-z0-9+/]{20}»=''', '''SharedAccessKeyName=RootManage''']

[[rules]]
id = "azure-devops-token"
description = "Azure DevOps personal access token"
regex = '''\b([A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4})\b'''
keywords = ["azdo"]
entropy = 3
examples = ['''pat: «[A-Za-z0-9]{76}»AZDO«[A-Za-z0-9]{4}»''']
counterexamples = ['''pat: «[A-Za-z0-9]{60}»AZDO«[A-Za-z0-9]{4}»''', '''AZDO''']

[[rules]]
id = "azure-search-key"
description = "Azure AI Search key"
regex = '''\b([A-Za-z0-9]{42}AzSe[A-D][A-Za-z0-9]{5})\b'''
keywords = ["azse"]
entropy = 3
examples = ['''key: «[A-Za-z0-9]{42}»AzSe«[A-D][A-Za-z0-9]{5}»''']
counterexamples = ['''key: «[A-Za-z0-9]{42}»AzSe«[E-Z][A-Za-z0-9]{5}»''', '''AzSearch''']

[[rules]]
id = "alibaba-access-key-id"
description = "Alibaba Cloud access key id"
regex = '''\b(LTAI[A-Za-z0-9]{20})\b'''
keywords = ["ltai"]
entropy = 3
examples = ['''API_TOKEN="LTAI«[A-Za-z0-9]{20}»"''', '''token: LTAI«[A-Za-z0-9]{20}»''']
counterexamples = ['''API_TOKEN="LTAI«[A-Za-z0-9]{19}»"''', '''token: LTAIxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "yandex-api-key"
description = "Yandex Cloud API key"
regex = '''\b(AQVN[\w-]{36})(?:[^\w-]|$)'''
keywords = ["aqvn"]
entropy = 3
examples = ['''API_TOKEN="AQVN«[\w-]{36}»"''', '''token: AQVN«[\w-]{36}»''']
counterexamples = ['''API_TOKEN="AQVN«[\w-]{35}»"''', '''token: AQVNxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']
`
