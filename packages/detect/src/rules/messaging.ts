/** Rules for messaging, mail and office services, in the format of `compileConfig`. Parts of examples between « and » are patterns to draw from. */
export const messagingRules = String.raw`
[[rules]]
id = "slack-bot-token"
description = "Slack bot token"
regex = '''\b(xoxb-[0-9]{10,13}-[0-9]{10,13}-[A-Za-z0-9]{24})\b'''
keywords = ["xoxb-"]
entropy = 2
examples = ['''xoxb-«[0-9]{12}-[0-9]{12}-[A-Za-z0-9]{24}»''']
counterexamples = ['''xoxb-«[0-9]{4}-[0-9]{12}-[A-Za-z0-9]{24}»''', '''xoxb-your-token-here''']

[[rules]]
id = "slack-user-token"
description = "Slack user token"
regex = '''\b(xox[pe](?:-[0-9]{10,13}){3}-[A-Za-z0-9]{28,34})\b'''
keywords = ["xoxp-", "xoxe-"]
entropy = 2
examples = ['''xoxp-«[0-9]{12}-[0-9]{12}-[0-9]{12}-[a-f0-9]{32}»''']
counterexamples = ['''xoxp-«[0-9]{12}-[a-f0-9]{32}»''', '''xoxp-«[0-9]{12}-[0-9]{12}-[0-9]{12}-[a-f0-9]{12}»''']

[[rules]]
id = "slack-app-token"
description = "Slack app-level token"
regex = '''\b(xapp-[0-9]-[A-Z0-9]{9,13}-[0-9]{10,14}-[a-z0-9]{64})\b'''
keywords = ["xapp-"]
entropy = 2
examples = ['''xapp-1-A«[A-Z0-9]{10}-[0-9]{13}-[a-f0-9]{64}»''']
counterexamples = ['''xapp-1-A«[A-Z0-9]{10}-[0-9]{13}-[a-f0-9]{30}»''', '''xapp-1''']

[[rules]]
id = "slack-webhook"
description = "Slack incoming webhook"
regex = '''hooks\.slack\.com/(?:services|workflows|triggers)/(T[A-Z0-9]{8,12}/[A-Z0-9]{8,20}/[A-Za-z0-9]{20,32})'''
keywords = ["hooks.slack.com"]
examples = ['''https://hooks.slack.com/services/T«[A-Z0-9]{9}»/B«[A-Z0-9]{9}»/«[A-Za-z0-9]{24}»''']
counterexamples = ['''https://hooks.slack.com/services/''', '''https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX''']

[[rules]]
id = "discord-webhook"
description = "Discord webhook"
regex = '''discord(?:app)?\.com/api/webhooks/([0-9]{17,20}/[\w-]{60,72})'''
keywords = ["discord"]
entropy = 3
examples = ['''https://discord.com/api/webhooks/«[0-9]{18}/[A-Za-z0-9]{68}»''']
counterexamples = ['''https://discord.com/api/webhooks/''', '''https://discord.com/api/webhooks/«[0-9]{18}/[A-Za-z0-9]{20}»''']

[[rules]]
id = "telegram-bot-token"
description = "Telegram bot token"
regex = '''(?i:telegram|tg|bot)[\w.-]{0,30}["\x27]?[ \t]{0,4}(?:=>|:=|=|:|/bot|,)[ \t]{0,4}["\x27]?([0-9]{8,10}:A[\w-]{34})(?:[^\w-]|$)'''
keywords = ["telegram", "tg", "bot"]
entropy = 3
examples = ['''TELEGRAM_BOT_TOKEN="«[0-9]{10}»:A«[A-Za-z0-9_]{34}»"''']
counterexamples = ['''TELEGRAM_BOT_TOKEN="«[0-9]{10}»:A«[A-Za-z0-9_]{20}»"''', '''other="«[0-9]{10}»:A«[A-Za-z0-9_]{34}»"''']

[[rules]]
id = "sendgrid-api-key"
description = "SendGrid API key"
regex = '''\b(SG\.[\w-]{22}\.[\w-]{43})(?:[^\w-]|$)'''
keywords = ["sg."]
entropy = 3.5
examples = ['''API_TOKEN="SG.«[\w-]{22}\.[\w-]{43}»"''', '''token: SG.«[\w-]{22}\.[\w-]{43}»''']
counterexamples = ['''API_TOKEN="SG.«[\w-]{22}\.[\w-]{42}»"''', '''token: SG.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "brevo-api-key"
description = "Brevo (Sendinblue) API key"
regex = '''\b(xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16})\b'''
keywords = ["xkeysib-"]
examples = ['''API_TOKEN="xkeysib-«[a-f0-9]{64}-[A-Za-z0-9]{16}»"''', '''token: xkeysib-«[a-f0-9]{64}-[A-Za-z0-9]{16}»''']
counterexamples = ['''API_TOKEN="xkeysib-«[a-f0-9]{64}-[A-Za-z0-9]{15}»"''', '''token: xkeysib-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "brevo-smtp-key"
description = "Brevo SMTP key"
regex = '''\b(xsmtpsib-[a-f0-9]{64}-[A-Za-z0-9]{16})\b'''
keywords = ["xsmtpsib-"]
examples = ['''API_TOKEN="xsmtpsib-«[a-f0-9]{64}-[A-Za-z0-9]{16}»"''', '''token: xsmtpsib-«[a-f0-9]{64}-[A-Za-z0-9]{16}»''']
counterexamples = ['''API_TOKEN="xsmtpsib-«[a-f0-9]{64}-[A-Za-z0-9]{15}»"''', '''token: xsmtpsib-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "mailgun-api-key"
description = "Mailgun private API key"
regex = '''\b(key-[a-f0-9]{32})\b'''
keywords = ["key-"]
entropy = 3
examples = ['''API_TOKEN="key-«[a-f0-9]{32}»"''', '''token: key-«[a-f0-9]{32}»''']
counterexamples = ['''API_TOKEN="key-«[a-f0-9]{31}»"''', '''token: key-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "mailchimp-api-key"
description = "Mailchimp API key"
regex = '''\b([a-f0-9]{32}-us[0-9]{1,2})\b'''
keywords = ["-us"]
entropy = 3
examples = ['''MAILCHIMP=«[a-f0-9]{32}-us[0-9]{2}»''']
counterexamples = ['''«[a-f0-9]{30}-us[0-9]{2}»''', '''«[a-f0-9]{32}-eu1»''']

[[rules]]
id = "postmark-server-token"
description = "Postmark server token"
regex = '''(?i)(?:postmark)[\w.-]{0,30}["'\x60]?[ \t]{0,4}(?:=>|:=|=|:|,)[ \t]{0,4}["'\x60]?(?-i:([a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}))(?:[^\w+/=-]|$)'''
keywords = ["postmark"]
entropy = 3
examples = ['''postmark_key = "«[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}»"''', '''POSTMARK_TOKEN: «[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}»''']
counterexamples = ['''postmark_key = "«[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{11}»"''', '''postmark_key = "«[xX*]»xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"''', '''other = "«[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}»"''']

[[rules]]
id = "twilio-api-key"
description = "Twilio API key"
regex = '''\b(SK[a-f0-9]{32})\b'''
keywords = ["sk"]
entropy = 3
examples = ['''API_TOKEN="SK«[a-f0-9]{32}»"''', '''token: SK«[a-f0-9]{32}»''']
counterexamples = ['''API_TOKEN="SK«[a-f0-9]{31}»"''', '''token: SKxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "twilio-auth-token"
description = "Twilio auth token"
regex = '''(?i)(?:twilio)[\w.-]{0,30}["'\x60]?[ \t]{0,4}(?:=>|:=|=|:|,)[ \t]{0,4}["'\x60]?(?-i:([a-f0-9]{32}))(?:[^\w+/=-]|$)'''
keywords = ["twilio"]
entropy = 3
examples = ['''twilio_key = "«[a-f0-9]{32}»"''', '''TWILIO_TOKEN: «[a-f0-9]{32}»''']
counterexamples = ['''twilio_key = "«[a-f0-9]{31}»"''', '''twilio_key = "«[xX*]»xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"''', '''other = "«[a-f0-9]{32}»"''']

[[rules]]
id = "typeform-token"
description = "Typeform personal access token"
regex = '''\b(tfp_[\w-]{44}_[\w-]{14})(?:[^\w-]|$)'''
keywords = ["tfp_"]
entropy = 3
examples = ['''API_TOKEN="tfp_«[\w-]{44}_[\w-]{14}»"''', '''token: tfp_«[\w-]{44}_[\w-]{14}»''']
counterexamples = ['''API_TOKEN="tfp_«[\w-]{44}_[\w-]{13}»"''', '''token: tfp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "figma-token"
description = "Figma personal access token"
regex = '''\b(figd_[\w-]{40})(?:[^\w-]|$)'''
keywords = ["figd_"]
entropy = 3
examples = ['''API_TOKEN="figd_«[\w-]{40}»"''', '''token: figd_«[\w-]{40}»''']
counterexamples = ['''API_TOKEN="figd_«[\w-]{39}»"''', '''token: figd_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "linear-api-key"
description = "Linear API key"
regex = '''\b(lin_api_[A-Za-z0-9]{40})\b'''
keywords = ["lin_api_"]
entropy = 3
examples = ['''API_TOKEN="lin_api_«[A-Za-z0-9]{40}»"''', '''token: lin_api_«[A-Za-z0-9]{40}»''']
counterexamples = ['''API_TOKEN="lin_api_«[A-Za-z0-9]{39}»"''', '''token: lin_api_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "notion-token"
description = "Notion integration token"
regex = '''\b(ntn_[0-9]{11}[A-Za-z0-9]{35})\b'''
keywords = ["ntn_"]
entropy = 3
examples = ['''API_TOKEN="ntn_«[0-9]{11}[A-Za-z0-9]{35}»"''', '''token: ntn_«[0-9]{11}[A-Za-z0-9]{35}»''']
counterexamples = ['''API_TOKEN="ntn_«[0-9]{11}[A-Za-z0-9]{34}»"''', '''token: ntn_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "airtable-token"
description = "Airtable personal access token"
regex = '''\b(pat[A-Za-z0-9]{14}\.[a-f0-9]{64})\b'''
keywords = ["pat"]
entropy = 3
examples = ['''API_TOKEN="pat«[A-Za-z0-9]{14}\.[a-f0-9]{64}»"''', '''token: pat«[A-Za-z0-9]{14}\.[a-f0-9]{64}»''']
counterexamples = ['''API_TOKEN="pat«[A-Za-z0-9]{14}\.[a-f0-9]{63}»"''', '''token: patxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "contentful-token"
description = "Contentful personal access token"
regex = '''\b(CFPAT-[\w-]{43})(?:[^\w-]|$)'''
keywords = ["cfpat-"]
entropy = 3
examples = ['''API_TOKEN="CFPAT-«[\w-]{43}»"''', '''token: CFPAT-«[\w-]{43}»''']
counterexamples = ['''API_TOKEN="CFPAT-«[\w-]{42}»"''', '''token: CFPAT-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "frameio-token"
description = "Frame.io API token"
regex = '''\b(fio-u-[\w-]{64})(?:[^\w-]|$)'''
keywords = ["fio-u-"]
entropy = 3
examples = ['''API_TOKEN="fio-u-«[\w-]{64}»"''', '''token: fio-u-«[\w-]{64}»''']
counterexamples = ['''API_TOKEN="fio-u-«[\w-]{63}»"''', '''token: fio-u-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "okta-api-token"
description = "Okta API token"
regex = '''(?i)(?:okta)[\w.-]{0,30}["'\x60]?[ \t]{0,4}(?:=>|:=|=|:|,)[ \t]{0,4}["'\x60]?(?-i:(00[\w-]{40}))(?:[^\w+/=-]|$)'''
keywords = ["okta"]
entropy = 3.5
examples = ['''okta_key = "«00[\w-]{40}»"''', '''OKTA_TOKEN: «00[\w-]{40}»''']
counterexamples = ['''okta_key = "«00[\w-]{39}»"''', '''okta_key = "«[xX*]»xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"''', '''other = "«00[\w-]{40}»"''']

[[rules]]
id = "asana-client-secret"
description = "Asana client secret"
regex = '''(?i)(?:asana)[\w.-]{0,30}["'\x60]?[ \t]{0,4}(?:=>|:=|=|:|,)[ \t]{0,4}["'\x60]?(?-i:([a-z0-9]{32}))(?:[^\w+/=-]|$)'''
keywords = ["asana"]
entropy = 3
examples = ['''asana_key = "«[a-z0-9]{32}»"''', '''ASANA_TOKEN: «[a-z0-9]{32}»''']
counterexamples = ['''asana_key = "«[a-z0-9]{31}»"''', '''asana_key = "«[xX*]»xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"''', '''other = "«[a-z0-9]{32}»"''']

[[rules]]
id = "pagerduty-api-key"
description = "PagerDuty API key"
regex = '''(?i)(?:pagerduty|pager[_.-]?duty)[\w.-]{0,30}["'\x60]?[ \t]{0,4}(?:=>|:=|=|:|,)[ \t]{0,4}["'\x60]?(?-i:(u\+[\w-]{18}))(?:[^\w+/=-]|$)'''
keywords = ["pager"]
entropy = 3
examples = ['''pagerduty_key = "«u\+[\w-]{18}»"''', '''PAGERDUTY_TOKEN: «u\+[\w-]{18}»''']
counterexamples = ['''pagerduty_key = "«u\+[\w-]{17}»"''', '''pagerduty_key = "«[xX*]»xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"''', '''other = "«u\+[\w-]{18}»"''']
`
