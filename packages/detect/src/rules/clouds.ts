import { named, token } from './row.ts'

/** Rules for cloud platforms. */
export const cloudRules: readonly string[] = [
  named('aws-secret-access-key', 'AWS secret access key', ['aws[_.-]?secret', 'secret[_.-]?access[_.-]?key', 'secretaccesskey'], '[A-Za-z0-9/+]{40}', { entropy: 3.8 }),
  token('aws-bedrock-key', 'Amazon Bedrock API key', 'ABSK[A-Za-z0-9+/]{107,269}={0,2}'),
  token('aws-mws-token', 'Amazon MWS auth token', String.raw`amzn\.mws\.[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}`, { entropy: 2.5 }),
  token('google-api-key', 'Google API key', String.raw`AIza[\w-]{35}`, { entropy: 3.5 }),
  token('google-oauth-client-secret', 'Google OAuth client secret', String.raw`GOCSPX-[\w-]{28}`),
  token('google-oauth-access-token', 'Google OAuth access token', String.raw`ya29\.[\w-]{30,1000}`),
  token('alibaba-access-key-id', 'Alibaba Cloud access key id', 'LTAI[A-Za-z0-9]{20}'),
  token('yandex-api-key', 'Yandex Cloud API key', String.raw`AQVN[\w-]{36}`),
  named('aws-session-token', 'AWS session token', ['aws[_.-]?session[_.-]?token', 'sessiontoken'], '[A-Za-z0-9+/]{100,1000}={0,2}', { keywords: ['session'], entropy: 4 }),
  token('aws-bedrock-short-term-key', 'Amazon Bedrock short-term API key', 'bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t[A-Za-z0-9+/]{60,1000}={0,2}', { keywords: ['bedrock-api-key-'] }),
  token('aws-appsync-key', 'AWS AppSync API key', 'da2-[a-z0-9]{26}', { entropy: 3.3 }),
  named('aws-ses-smtp-password', 'Amazon SES SMTP password', ['ses[_.-]?smtp[_.-]?pass', 'smtp[_.-]?pass'], 'B[A-Za-z0-9+/]{43}', { keywords: ['smtp'], entropy: 4 }),
  token('amazon-sp-api-client-secret', 'Amazon Selling Partner API client secret', String.raw`amzn1\.oa2-cs\.v1\.[a-f0-9]{64}`),
  token('amazon-lwa-refresh-token', 'Login with Amazon refresh token', String.raw`Atzr\|[\w-]{100,1000}`),
  token('azure-annotated-key', 'Azure key with the common annotation', '[A-Za-z0-9]{52}JQQJ9[9DH][A-Za-z0-9][A-L][A-Za-z0-9]{16}[A-Za-z][A-Za-z0-9]{7}', { keywords: ['jqqj9'], entropy: 3.5 }),
  token('azure-storage-key', 'Azure storage key by its signature', String.raw`[A-Za-z0-9+/]{76}\+ASt[A-Za-z0-9+/]{5}[AQgw]==`, { keywords: ['+ast'], entropy: 4 }),
  token('azure-batch-key', 'Azure Batch account key', String.raw`[A-Za-z0-9+/]{76}\+ABa[A-Za-z0-9+/]{5}[AQgw]==`, { keywords: ['+aba'], entropy: 4 }),
  token('azure-cosmos-db-key', 'Azure Cosmos DB account key', '[A-Za-z0-9+/]{76}ACDb[A-Za-z0-9+/]{5}[AQgw]==', { keywords: ['acdb'], entropy: 4 }),
  token('azure-service-bus-key', 'Azure Service Bus key by its signature', String.raw`[A-Za-z0-9+/]{33}\+ASb[A-P][A-Za-z0-9+/]{5}=`, { keywords: ['+asb'], entropy: 3.8 }),
  token('azure-event-hub-key', 'Azure Event Hubs key by its signature', String.raw`[A-Za-z0-9+/]{33}\+AEh[A-P][A-Za-z0-9+/]{5}=`, { keywords: ['+aeh'], entropy: 3.8 }),
  token('azure-relay-key', 'Azure Relay key by its signature', String.raw`[A-Za-z0-9+/]{33}\+ARm[A-P][A-Za-z0-9+/]{5}=`, { keywords: ['+arm'], entropy: 3.8 }),
  token('azure-iot-key', 'Azure IoT Hub key', '[A-Za-z0-9+/]{33}AIoT[A-P][A-Za-z0-9+/]{5}=', { keywords: ['aiot'], entropy: 3.8 }),
  token('azure-event-grid-key', 'Azure Event Grid access key', '[A-Za-z0-9+/]{33}AZEG[A-P][A-Za-z0-9+/]{5}=', { keywords: ['azeg'], entropy: 3.8 }),
  token('azure-function-key', 'Azure Functions key', String.raw`\w[\w-]{43}AzFu[\w-]{5}[AQgw]==`, { keywords: ['azfu'], entropy: 4 }),
  token('azure-cache-key', 'Azure Cache for Redis access key', '[A-Za-z0-9]{33}AzCa[A-P][A-Za-z0-9]{5}=', { keywords: ['azca'], entropy: 3.8 }),
  token('azure-container-registry-key', 'Azure Container Registry key', String.raw`[A-Za-z0-9+/]{42}\+ACR[A-D][A-Za-z0-9]{5}`, { keywords: ['+acr'], entropy: 3.8 }),
  token('google-oauth-refresh-token', 'Google OAuth refresh token', String.raw`1//0[\w-]{40,130}`, { entropy: 3.8 }),
  token('firebase-cloud-messaging-key', 'Firebase Cloud Messaging server key', String.raw`AAAA[\w-]{7}:APA91b[\w-]{134}`, { keywords: ['apa91b'] }),
  named('google-recaptcha-secret', 'Google reCAPTCHA key', ['recaptcha'], String.raw`6L[cdef][\w-]{37}`, { entropy: 3.5 }),
  named('alibaba-secret-key', 'Alibaba Cloud access key secret', ['aliyun', 'alibaba', 'ali[_.-]?cloud', 'oss[_.-]?access[_.-]?key[_.-]?secret', 'accesskeysecret'], '[A-Za-z0-9]{30}', { keywords: ['aliyun', 'alibaba', 'ali', 'oss', 'accesskeysecret'], entropy: 3.6 }),
  token('tencent-secret-id', 'Tencent Cloud secret id', 'AKID[A-Za-z0-9]{32}', { entropy: 3.5 }),
  named('tencent-secret-key', 'Tencent Cloud secret key', ['tencent', 'qcloud'], '[A-Za-z0-9]{32}', { entropy: 3.6 }),
  named('ibm-cloud-api-key', 'IBM Cloud API key', ['ibm[_.-]?cloud', 'ibmcloud', 'bluemix'], String.raw`[\w-]{44}`, { keywords: ['ibm', 'bluemix'], entropy: 3.8 }),
  token('yandex-oauth-token', 'Yandex OAuth token', String.raw`(?:y0|y1|y2|y3)_[\w-]{55,62}`, { keywords: ['y0_', 'y1_', 'y2_', 'y3_'], entropy: 3.5 }),
  token('yandex-iam-token', 'Yandex Cloud IAM token', String.raw`t1\.[\w-]{4,400}={0,2}\.[\w-]{86}={0,2}`),
  named('scaleway-secret-key', 'Scaleway secret key', ['scaleway', 'scw'], '[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}'),
  named('ovh-application-secret', 'OVHcloud application secret', ['ovh'], '[A-Za-z0-9]{32}', { entropy: 3.6 }),
  named('hetzner-api-token', 'Hetzner Cloud API token', ['hcloud', 'hetzner'], '[A-Za-z0-9]{64}', { entropy: 4 }),
  named('linode-api-token', 'Akamai Connected Cloud (Linode) API token', ['linode'], '[a-f0-9]{64}'),
  named('vultr-api-key', 'Vultr API key', ['vultr'], '[A-Z0-9]{36}', { entropy: 3.5 }),
  token('upcloud-api-token', 'UpCloud API token', 'ucat_[A-Z0-9]{26}', { entropy: 3.5 }),
  named('digitalocean-spaces-secret', 'DigitalOcean Spaces secret key', ['spaces[_.-]?secret', 'spaces[_.-]?access'], '[A-Za-z0-9+/]{43}', { keywords: ['spaces'], entropy: 4 }),
  token('backblaze-application-key', 'Backblaze B2 application key', 'K00[0-9][A-Za-z0-9+/]{27}', { entropy: 3.8 }),
  token('exoscale-api-key', 'Exoscale API key', 'EXO[a-f0-9]{24}', { keywords: ['exo'] }),
  token('akamai-client-token', 'Akamai EdgeGrid token', 'akab-[a-z0-9]{16}-[a-z0-9]{16}', { entropy: 3.3 }),
  token('gemini-auth-key', 'Gemini API key of the newer form', String.raw`AQ\.Ab8[\w-]{47,51}`),
  String.raw`[[rules]]
id = "aws-access-key-id"
description = "AWS access key id"
regex = '''\b((?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16})\b'''
keywords = ["akia", "asia", "abia", "acca"]
entropy = 2.5
structure = "aws-key-id"
examples = ['''aws_access_key_id = AKIA«[A-Z2-7]{16}»''', '''"ASIA«[A-Z2-7]{16}»"''']
counterexamples = ['''AKIA«[A-Z2-7]{15}»''', '''AKIA«[A-Z2-7]{9}»EXAMPLE''', '''xAKIA«[A-Z2-7]{16}»''']
`,
  String.raw`[[rules]]
id = "aws-key-pair"
description = "AWS secret access key behind its id"
kind = "aws-secret-access-key"
regex = '''["'](?:AKIA|ASIA)[A-Z2-7]{16}["'],\s{0,40}["']([A-Za-z0-9/+]{40})["']'''
keywords = ["akia", "asia"]
entropy = 3.8
examples = ['''new BasicAWSCredentials("AKIA«[A-Z2-7]{16}»", "«[A-Za-z0-9/+]{40}»")''']
counterexamples = ['''new BasicAWSCredentials("AKIA«[A-Z2-7]{16}»", "«[A-Za-z0-9/+]{30}»")''']
`,
  String.raw`[[rules]]
id = "azure-client-secret"
description = "Microsoft Entra client secret"
regex = '''(?:^|[^\w~.-])([\w~.]{3}[0-9]Q~[\w~.-]{31,34})(?:[^\w~.-]|$)'''
keywords = ["q~"]
entropy = 3
examples = ['''secret = '«[A-Za-z0-9]{3}[0-9]»Q~«[A-Za-z0-9]{31}»'''', '''AZURE_CLIENT_SECRET=«[A-Za-z0-9]{3}[0-9]»Q~«[A-Za-z0-9]{34}»''']
counterexamples = ['''secret = '«[A-Za-z0-9]{3}[0-9]»Q~«[A-Za-z0-9]{20}»'''', '''secret = '«[A-Za-z]{4}»Q~«[A-Za-z0-9]{34}»'''']
`,
  String.raw`[[rules]]
id = "azure-storage-account-key"
description = "Azure storage account key"
regex = '''(?i)AccountKey[ \t]{0,3}=[ \t]{0,3}(?-i:([A-Za-z0-9+/]{86}==))'''
keywords = ["accountkey"]
entropy = 4
examples = ['''DefaultEndpointsProtocol=https;AccountName=a;AccountKey=«[A-Za-z0-9+/]{86}»==;''']
counterexamples = ['''AccountKey=«[A-Za-z0-9+/]{60}»==;''', '''AccountKey=<KEY>''']
`,
  String.raw`[[rules]]
id = "azure-shared-access-signature"
description = "Azure shared access signature"
regex = '''[?&;]sig=([A-Za-z0-9+/]{43}=|[A-Za-z0-9%+/]{43,90}%3[dD])(?:[^\w%=]|$)'''
keywords = ["sig="]
entropy = 4
examples = ['''https://a.blob.core.windows.net/b?sv=2022-11-02&sp=rl&sig=«[A-Za-z0-9]{30}»%2B«[A-Za-z0-9]{12}»%3D''', '''SharedAccessSignature=sv=2022&sig=«[A-Za-z0-9+/]{43}»=;''']
counterexamples = ['''https://a/b?sig=«[A-Za-z0-9]{43}»''', '''https://a/b?sig=x%3D''']
`,
  String.raw`[[rules]]
id = "azure-shared-access-key"
description = "Azure Service Bus or Event Hubs shared access key"
regex = '''(?i)SharedAccessKey[ \t]{0,3}=[ \t]{0,3}(?-i:([A-Za-z0-9+/]{43}=))'''
keywords = ["sharedaccesskey"]
entropy = 4
examples = ['''Endpoint=sb://a.example.net/;SharedAccessKeyName=root;SharedAccessKey=«[A-Za-z0-9+/]{43}»=''']
counterexamples = ['''SharedAccessKey=«[A-Za-z0-9+/]{20}»=''', '''SharedAccessKeyName=RootManage''']
`,
  String.raw`[[rules]]
id = "azure-devops-token"
description = "Azure DevOps personal access token"
regex = '''\b([A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4})\b'''
keywords = ["azdo"]
entropy = 3
examples = ['''pat: «[A-Za-z0-9]{76}»AZDO«[A-Za-z0-9]{4}»''']
counterexamples = ['''pat: «[A-Za-z0-9]{60}»AZDO«[A-Za-z0-9]{4}»''', '''AZDO''']
`,
  String.raw`[[rules]]
id = "azure-search-key"
description = "Azure AI Search key"
regex = '''\b([A-Za-z0-9]{42}AzSe[A-D][A-Za-z0-9]{5})\b'''
keywords = ["azse"]
entropy = 3
examples = ['''key: «[A-Za-z0-9]{42}»AzSe«[A-D][A-Za-z0-9]{5}»''']
counterexamples = ['''key: «[A-Za-z0-9]{42}»AzSe«[E-Z][A-Za-z0-9]{5}»''', '''AzSearch''']
`,
]
