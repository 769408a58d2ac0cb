import { address, named, token } from './row.ts'

/** Rules for messaging, mail and office services. */
export const messagingRules: readonly string[] = [
  token('sendgrid-api-key', 'SendGrid API key', String.raw`SG\.[\w-]{22}\.[\w-]{43}`, { entropy: 3.5 }),
  token('brevo-api-key', 'Brevo (Sendinblue) API key', 'xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}', { entropy: null }),
  token('brevo-smtp-key', 'Brevo SMTP key', 'xsmtpsib-[a-f0-9]{64}-[A-Za-z0-9]{16}', { entropy: null }),
  token('mailgun-api-key', 'Mailgun private API key', 'key-[a-f0-9]{32}'),
  named('postmark-server-token', 'Postmark server token', ['postmark'], '[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}'),
  token('twilio-api-key', 'Twilio API key', 'SK[a-f0-9]{32}'),
  named('twilio-auth-token', 'Twilio auth token', ['twilio'], '[a-f0-9]{32}'),
  token('typeform-token', 'Typeform personal access token', String.raw`tfp_[\w-]{44}_[\w-]{14}`),
  token('figma-token', 'Figma personal access token', String.raw`figd_[\w-]{40}`),
  token('linear-api-key', 'Linear API key', 'lin_api_[A-Za-z0-9]{40}'),
  token('notion-token', 'Notion integration token', 'ntn_[0-9]{11}[A-Za-z0-9]{35}'),
  token('airtable-token', 'Airtable personal access token', String.raw`pat[A-Za-z0-9]{14}\.[a-f0-9]{64}`),
  token('contentful-token', 'Contentful personal access token', String.raw`CFPAT-[\w-]{43}`),
  token('frameio-token', 'Frame.io API token', String.raw`fio-u-[\w-]{64}`),
  named('okta-api-token', 'Okta API token', ['okta'], String.raw`00[\w-]{40}`, { entropy: 3.5 }),
  named('asana-client-secret', 'Asana client secret', ['asana'], '[a-z0-9]{32}'),
  named('pagerduty-api-key', 'PagerDuty API key', ['pagerduty', 'pager[_.-]?duty'], String.raw`u\+[\w-]{18}`),
  token('slack-refresh-token', 'Slack refresh token', 'xoxe-[0-9]-[A-Za-z0-9]{140,180}'),
  token('slack-rotating-token', 'Slack rotating access token', String.raw`xoxe\.xox[bp]-[0-9]-[A-Za-z0-9]{160,180}`),
  token('slack-workspace-token', 'Slack workspace token of an older form', 'xox[ar]-[A-Za-z0-9-]{12,120}', { keywords: ['xoxa-', 'xoxr-'] }),
  token('slack-client-token', 'Slack browser token', 'xoxc-[0-9]{8,14}-[0-9]{8,14}-[0-9]{8,14}-[a-f0-9]{64}'),
  named('slack-signing-secret', 'Slack signing secret', ['slack[_.-]?signing', 'slack[_.-]?verification'], '[a-f0-9]{32}', { keywords: ['slack'] }),
  named('discord-bot-token', 'Discord bot token', ['discord', 'token', 'login', 'run'], String.raw`[MNO][A-Za-z0-9_-]{23,27}\.[\w-]{6}\.[\w-]{27,40}`, { structure: 'discord-token', examples: ['DISCORD_TOKEN=«!discord»', 'client.login("«!discord»")'] }),
  named('discord-client-secret', 'Discord client secret', ['discord'], String.raw`[\w-]{32}`, { entropy: 3.8 }),
  token('telegram-bot-token-alone', 'Telegram bot token', String.raw`[0-9]{8,10}:AA[\w-]{33}`, { keywords: [':aa'], kind: 'telegram-bot-token', entropy: 3.5 }),
  token('slack-legacy-bot-token', 'Slack bot token of an older form', 'xoxb-[0-9]{8,14}-[A-Za-z0-9]{18,26}'),
  token('mandrill-api-key', 'Mailchimp Transactional API key', String.raw`md-[\w-]{22}`, { entropy: 3.5 }),
  named('mailgun-signing-key', 'Mailgun key of the newer form', ['mailgun', 'mg_'], '[a-f0-9]{32}-[a-f0-9]{8}-[a-f0-9]{8}'),
  named('mailjet-key', 'Mailjet key', ['mailjet', 'mj[_.-]api'], '[a-f0-9]{32}', { keywords: ['mailjet', 'mj'] }),
  named('sparkpost-api-key', 'SparkPost API key', ['sparkpost'], '[a-f0-9]{40}'),
  token('resend-api-key', 'Resend API key', 're_[A-Za-z0-9]{8}_[A-Za-z0-9]{22,26}'),
  token('mailersend-api-token', 'MailerSend API token', String.raw`mlsn\.[a-f0-9]{64}`),
  token('klaviyo-private-key', 'Klaviyo private key', 'pk_[a-f0-9]{34}'),
  token('intercom-access-token', 'Intercom access token', 'dG9rO[A-Za-z0-9+/_]{54}='),
  named('zendesk-api-token', 'Zendesk API token', ['zendesk'], '[A-Za-z0-9]{40}', { entropy: 3.8 }),
  named('freshdesk-api-key', 'Freshdesk API key', ['freshdesk', 'freshservice'], '[A-Za-z0-9]{20}', { entropy: 3.5 }),
  token('hubspot-private-app-token', 'HubSpot private app token', 'pat-(?:na|eu|ap)[0-9]-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}', { keywords: ['pat-na', 'pat-eu', 'pat-ap'] }),
  named('hubspot-api-key', 'HubSpot API key', ['hubspot', 'hapikey'], '[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}'),
  named('pipedrive-api-token', 'Pipedrive API token', ['pipedrive'], '[a-f0-9]{40}'),
  token('salesforce-access-token', 'Salesforce session id or access token', String.raw`00D[A-Za-z0-9]{12}![\w.]{79,139}\w`, { keywords: ['00d'] }),
  token('salesforce-refresh-token', 'Salesforce refresh token', String.raw`5Aep861[\w.]{70,100}`),
  named('vonage-api-secret', 'Vonage API secret', ['vonage', 'nexmo'], '[A-Za-z0-9]{16}'),
  named('plivo-auth-token', 'Plivo auth token', ['plivo'], '[A-Za-z0-9]{40}', { entropy: 3.8 }),
  named('messagebird-key', 'MessageBird (Bird) API key', ['messagebird'], '[A-Za-z0-9]{25}', { entropy: 3.5 }),
  named('pusher-secret', 'Pusher Channels secret', ['pusher'], '[a-f0-9]{20}', { entropy: 2.5 }),
  named('ably-api-key', 'Ably API key', ['ably'], String.raw`[\w-]{6}\.[\w-]{6}:[\w-]{43}`),
  token('pubnub-secret-key', 'PubNub secret key', 'sec-c-[A-Za-z0-9]{48}'),
  token('telnyx-api-key', 'Telnyx API key', 'KEY0[A-F0-9]{30}_[A-Za-z0-9]{22}'),
  token('courier-api-key', 'Courier API key', 'pk_prod_[A-Z0-9]{28}'),
  named('line-channel-token', 'LINE channel access token', ['line[_.-]?channel'], '[A-Za-z0-9+/]{170,174}=?', { keywords: ['line'] }),
  named('twitch-client-secret', 'Twitch client secret', ['twitch'], '[a-z0-9]{30}', { entropy: 3.3 }),
  token('twitter-bearer-token', 'X (Twitter) bearer token', 'A{20,22}[A-Za-z0-9%]{60,140}', { keywords: ['aaaaaaaaaaaaaaaaaaaa'], entropy: 3.5, examples: ['bearer: AAAAAAAAAAAAAAAAAAAAA«[A-Zb-z0-9]{80}»'] }),
  named('twitter-consumer-secret', 'X (Twitter) consumer secret', [String.raw`twitter[\w.-]{0,12}secret`, 'twitter'], '[A-Za-z0-9]{50}', { entropy: 4, keywords: ['twitter'], examples: ['TWITTER_CONSUMER_SECRET=«[A-Za-z0-9]{50}»'] }),
  token('facebook-access-token', 'Meta access token', 'EAA[A-Za-z0-9]{100,400}', { entropy: 4 }),
  named('facebook-app-secret', 'Meta app secret', ['facebook', 'fb[_.-]?app', 'instagram'], '[a-f0-9]{32}', { keywords: ['facebook', 'fb', 'instagram'] }),
  token('linkedin-client-secret', 'LinkedIn client secret', String.raw`WPL_AP1\.[A-Za-z0-9]{16}\.[A-Za-z0-9+/]{6}==`),
  named('spotify-client-secret', 'Spotify client secret', ['spotify'], '[a-f0-9]{32}'),
  token('dropbox-access-token', 'Dropbox short-lived access token', String.raw`sl\.(?:u\.)?[\w-]{130,1000}`),
  named('dropbox-app-secret', 'Dropbox app secret', ['dropbox'], '[a-z0-9]{15}', { entropy: 2.5 }),
  token('clickup-api-token', 'ClickUp API token', 'pk_[0-9]{6,10}_[A-Z0-9]{32}', { keywords: ['pk_'] }),
  token('asana-personal-token', 'Asana personal access token', '[12]/[0-9]{10,20}(?:/[0-9]{10,20})?:[a-f0-9]{32}', { keywords: ['1/', '2/'] }),
  token('trello-token', 'Trello token', 'ATTA[a-f0-9]{72}'),
  named('todoist-api-token', 'Todoist API token', ['todoist'], '[a-f0-9]{40}'),
  token('linear-oauth-token', 'Linear OAuth token', 'lin_oauth_[a-f0-9]{64}'),
  token('notion-legacy-token', 'Notion integration token of the older form', 'secret_[A-Za-z0-9]{43}'),
  token('zoho-token', 'Zoho token', String.raw`1000\.[a-f0-9]{32}\.[a-f0-9]{32}`),
  token('onfido-api-token', 'Onfido API token', String.raw`api_(?:live|sandbox)(?:_us|_eu|_ca)?\.[\w-]{11}\.[\w-]{32}`, { keywords: ['api_live', 'api_sandbox'] }),
  token('nylas-api-key', 'Nylas API key', 'nyk_v0_[A-Za-z0-9]{60,80}'),
  token('liveblocks-secret-key', 'Liveblocks secret key', String.raw`sk_(?:dev|prod)_[\w-]{60,70}`, { keywords: ['sk_dev_', 'sk_prod_'] }),
  token('mapbox-secret-token', 'Mapbox secret token', String.raw`sk\.eyJ[\w-]{30,250}\.[\w-]{20,30}`, { keywords: ['sk.eyj'] }),
  named('algolia-admin-key', 'Algolia API key', ['algolia'], '[a-f0-9]{32}'),
  named('sendbird-api-token', 'Sendbird API token', ['sendbird'], '[a-f0-9]{40}'),
  named('zoom-client-secret', 'Zoom client secret', ['zoom'], '[A-Za-z0-9]{32}', { entropy: 3.6 }),
  named('pushover-token', 'Pushover token', ['pushover'], '[a-z0-9]{30}', { entropy: 3.3 }),
  token('rapidapi-key', 'RapidAPI key', '[a-f0-9]{10}msh[a-f0-9]{15}p1[a-f0-9]{6}jsn[a-f0-9]{12}', { keywords: ['jsn'] }),
  token('slack-session-cookie', 'Slack session cookie', 'xoxd-[A-Za-z0-9%+/]{80,400}={0,2}'),
  token('onesignal-api-key', 'OneSignal API key', 'os_v2_(?:app|org)_[a-z2-7]{103}', { keywords: ['os_v2_app_', 'os_v2_org_'] }),
  token('pinterest-access-token', 'Pinterest access token', 'pina_[A-Z0-9]{40,200}'),
  token('instagram-access-token', 'Instagram access token', String.raw`IGQ[VW][\w-]{100,400}`),
  token('canva-client-secret', 'Canva client secret', String.raw`cnvca[\w-]{51}`),
  token('miro-access-token', 'Miro access token', String.raw`eyJtaXJv[\w-]{10,64}_[\w-]{20,64}`),
  token('settlemint-token', 'SettleMint access token', 'sm_[aps]at_[A-Za-z0-9]{16}', { keywords: ['sm_aat_', 'sm_pat_', 'sm_sat_'] }),
  named('facebook-app-token', 'Meta app token', ['facebook', 'fb[_.-]?app'], String.raw`[0-9]{15,16}\|[\w-]{27}`, { keywords: ['facebook', 'fb'] }),
  address('slack-webhook', 'Slack incoming webhook', String.raw`hooks\.slack\.com/(?:services|workflows|triggers)/`, '[A-Za-z0-9+/]{40,80}', 'hooks.slack.com'),
  address('discord-webhook', 'Discord webhook', String.raw`discord(?:app)?\.com/api/(?:v[0-9]{1,2}/)?webhooks/`, String.raw`[0-9]{17,20}/[\w-]{60,72}`, 'discord'),
  address('microsoft-teams-webhook', 'Microsoft Teams webhook', String.raw`webhook\.office\.com/webhookb2/`, '[a-z0-9-]{36}@[a-z0-9-]{36}/IncomingWebhook/[a-z0-9]{32}/[a-z0-9-]{36}', 'webhook.office.com'),
  address('google-chat-webhook', 'Google Chat webhook', String.raw`chat\.googleapis\.com/v1/spaces/[\w-]{5,20}/messages\?key=AIza[\w-]{35}&token=`, String.raw`[\w-]{30,80}`, 'chat.googleapis.com'),
  address('dingtalk-webhook', 'DingTalk robot', String.raw`oapi\.dingtalk\.com/robot/send\?access_token=`, '[a-f0-9]{64}', 'oapi.dingtalk.com'),
  address('feishu-webhook', 'Feishu or Lark robot', String.raw`open\.(?:feishu\.cn|larksuite\.com)/open-apis/bot/v2/hook/`, '[a-f0-9-]{36}', '/open-apis/bot/'),
  address('wecom-webhook', 'WeCom robot', String.raw`qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=`, '[a-f0-9-]{36}', 'qyapi.weixin.qq.com'),
  address('zapier-webhook', 'Zapier webhook', String.raw`hooks\.zapier\.com/hooks/catch/`, '[0-9]{5,10}/[a-z0-9]{6,10}', 'hooks.zapier.com'),
  address('ifttt-webhook', 'IFTTT webhook', String.raw`maker\.ifttt\.com/trigger/[\w-]{1,60}/(?:json/)?with/key/`, String.raw`[\w-]{20,50}`, 'maker.ifttt.com'),
  address('make-webhook', 'Make webhook', String.raw`hook\.(?:eu|us)[12]\.make\.com/`, '[a-z0-9]{32}', '.make.com'),
  String.raw`[[rules]]
id = "slack-bot-token"
description = "Slack bot token"
regex = '''\b(xoxb-[0-9]{10,13}-[0-9]{10,13}-[A-Za-z0-9]{24})\b'''
keywords = ["xoxb-"]
entropy = 2
examples = ['''xoxb-«[0-9]{12}-[0-9]{12}-[A-Za-z0-9]{24}»''']
counterexamples = ['''xoxb-«[0-9]{4}-[0-9]{12}-[A-Za-z0-9]{24}»''', '''xoxb-your-token-here''']
`,
  String.raw`[[rules]]
id = "slack-user-token"
description = "Slack user token"
regex = '''\b(xox[pe](?:-[0-9]{10,13}){3}-[A-Za-z0-9]{28,34})\b'''
keywords = ["xoxp-", "xoxe-"]
entropy = 2
examples = ['''xoxp-«[0-9]{12}-[0-9]{12}-[0-9]{12}-[a-f0-9]{32}»''']
counterexamples = ['''xoxp-«[0-9]{12}-[a-f0-9]{32}»''', '''xoxp-«[0-9]{12}-[0-9]{12}-[0-9]{12}-[a-f0-9]{12}»''']
`,
  String.raw`[[rules]]
id = "slack-app-token"
description = "Slack app-level token"
regex = '''\b(xapp-[0-9]-[A-Z0-9]{9,13}-[0-9]{10,14}-[a-z0-9]{64})\b'''
keywords = ["xapp-"]
entropy = 2
examples = ['''xapp-1-A«[A-Z0-9]{10}-[0-9]{13}-[a-f0-9]{64}»''']
counterexamples = ['''xapp-1-A«[A-Z0-9]{10}-[0-9]{13}-[a-f0-9]{30}»''', '''xapp-1''']
`,
  String.raw`[[rules]]
id = "telegram-bot-token"
description = "Telegram bot token"
regex = '''(?i:telegram|tg|bot)[\w.-]{0,30}["\x27]?[ \t]{0,4}(?:=>|:=|=|:|/bot|,)[ \t]{0,4}["\x27]?([0-9]{8,10}:A[\w-]{34})(?:[^\w-]|$)'''
keywords = ["telegram", "tg", "bot"]
entropy = 3
examples = ['''TELEGRAM_BOT_TOKEN="«[0-9]{10}»:A«[A-Za-z0-9_]{34}»"''']
counterexamples = ['''TELEGRAM_BOT_TOKEN="«[0-9]{10}»:A«[A-Za-z0-9_]{20}»"''', '''other="«[0-9]{10}»:A«[A-Za-z0-9_]{34}»"''']
`,
  String.raw`[[rules]]
id = "mailchimp-api-key"
description = "Mailchimp API key"
regex = '''\b([a-f0-9]{32}-us[0-9]{1,2})\b'''
keywords = ["-us"]
entropy = 3
examples = ['''MAILCHIMP=«[a-f0-9]{32}-us[0-9]{2}»''']
counterexamples = ['''«[a-f0-9]{30}-us[0-9]{2}»''', '''«[a-f0-9]{32}-eu1»''']
`,
]
