import { named, token } from './row.ts'

/** Rules for monitoring and smaller services. */
export const observabilityRules: readonly string[] = [
  token('grafana-service-account-token', 'Grafana service account token', 'glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}'),
  token('grafana-cloud-token', 'Grafana Cloud access policy token', 'glc_[A-Za-z0-9+/]{32,400}={0,3}'),
  token('grafana-legacy-api-key', 'Grafana API key of the older form', 'eyJrIjoi[A-Za-z0-9]{70,400}'),
  token('new-relic-user-key', 'New Relic user key', 'NRAK-[A-Z0-9]{27}'),
  token('new-relic-browser-key', 'New Relic browser key', 'NRJS-[a-f0-9]{19}', { entropy: null }),
  token('new-relic-insert-key', 'New Relic insights insert key', String.raw`NRII-[\w-]{32}`),
  token('sentry-user-token', 'Sentry user auth token', 'sntryu_[a-f0-9]{64}', { entropy: null }),
  token('sentry-organization-token', 'Sentry organization auth token', 'sntrys_eyJ[A-Za-z0-9+/]{80,400}={0,2}_[A-Za-z0-9+/]{43}'),
  token('dynatrace-token', 'Dynatrace API token', String.raw`dt0c01\.[A-Z0-9]{24}\.[A-Z0-9]{64}`),
  token('prefect-api-key', 'Prefect API key', 'pnu_[A-Za-z0-9]{36}'),
  named('datadog-api-key', 'Datadog API key', ['datadog', 'dd[_.-]?api[_.-]?key', 'dd[_.-]?app[_.-]?key'], '[a-f0-9]{32}'),
  named('sumologic-access-key', 'Sumo Logic access key', ['sumo[_.-]?logic', 'sumo_', 'sumo'], '[A-Za-z0-9]{64}'),
  token('infracost-api-key', 'Infracost API key', 'ico-[A-Za-z0-9]{32}', { structure: 'not-hex' }),
  token('adafruit-io-key', 'Adafruit IO key', 'aio_[A-Za-z0-9]{28}'),
  token('adobe-client-secret', 'Adobe client secret', 'p8e-[A-Za-z0-9]{32}'),
  token('intra42-client-secret', '42 Intra client secret', 's-s4t2(?:ud|af)-[a-f0-9]{64}', { entropy: null }),
  named('datadog-application-key', 'Datadog application key', ['datadog[_.-]?app', 'dd[_.-]?app'], '[a-f0-9]{40}', { keywords: ['datadog', 'dd'] }),
  token('new-relic-license-key', 'New Relic licence key', '(?:eu01xx)?[a-f0-9]{30,36}(?:FFFF)?NRAL', { keywords: ['nral'], entropy: 2.8, examples: ['license_key: «[a-f0-9]{36}»NRAL', 'NEW_RELIC_LICENSE_KEY=«[a-f0-9]{36}»NRAL'] }),
  token('new-relic-admin-key', 'New Relic admin key', 'NRAA-[a-f0-9]{27}'),
  token('honeycomb-ingest-key', 'Honeycomb ingest key', 'hc[abc]ik_[a-z0-9]{58}', { keywords: ['hcaik_', 'hcbik_', 'hccik_'] }),
  named('honeycomb-api-key', 'Honeycomb API key', ['honeycomb'], '[A-Za-z0-9]{22}', { entropy: 3.3 }),
  token('dynatrace-platform-token', 'Dynatrace platform token', String.raw`dt0s(?:01|02|08|16)\.[A-Z0-9]{8,24}\.[A-Z0-9]{64}`),
  token('launchdarkly-sdk-key', 'LaunchDarkly SDK key', 'sdk-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}'),
  token('launchdarkly-api-token', 'LaunchDarkly API token', 'api-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}'),
  token('statsig-secret', 'Statsig server secret', 'secret-[A-Za-z0-9]{40,48}', { entropy: 3.8 }),
  token('posthog-personal-key', 'PostHog personal API key', 'phx_[A-Za-z0-9]{40,50}'),
  token('segment-public-api-token', 'Segment public API token', 'sgp_[A-Za-z0-9]{64}', { entropy: 4 }),
  named('segment-write-key', 'Segment write key', ['segment'], '[A-Za-z0-9]{32}', { entropy: 3.6 }),
  named('mixpanel-secret', 'Mixpanel secret', ['mixpanel'], '[a-f0-9]{32}'),
  named('amplitude-secret-key', 'Amplitude secret key', ['amplitude'], '[a-f0-9]{32}'),
  named('uptimerobot-key', 'UptimeRobot API key', ['uptime[_.-]?robot'], '[um][0-9]{6,10}-[a-f0-9]{24,32}', { keywords: ['uptime'] }),
  token('checkly-api-key', 'Checkly API key', 'cu_[a-f0-9]{32}'),
  token('axiom-api-token', 'Axiom API token', 'xaat-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}'),
  token('axiom-personal-token', 'Axiom personal token', 'xapt-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}'),
  named('opsgenie-api-key', 'Opsgenie API key', ['opsgenie', 'ops_genie'], '[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}'),
  named('splunk-hec-token', 'Splunk HTTP Event Collector token', ['splunk', 'hec[_.-]?token'], '[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}', { keywords: ['splunk', 'hec'] }),
  named('loggly-token', 'Loggly token', ['loggly'], '[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}'),
  named('logzio-token', 'Logz.io token', ['logz[_.-]?io', 'logzio'], '[A-Za-z]{32}', { keywords: ['logz'], entropy: 3.6 }),
  named('rollbar-access-token', 'Rollbar access token', ['rollbar'], '[a-f0-9]{32}'),
  named('bugsnag-api-key', 'Bugsnag API key', ['bugsnag'], '[a-f0-9]{32}'),
  named('airbrake-key', 'Airbrake project key', ['airbrake'], '[a-f0-9]{32}'),
  named('raygun-api-key', 'Raygun API key', ['raygun'], '[A-Za-z0-9]{20,24}', { entropy: 3.5 }),
  token('sentry-user-app-token', 'Sentry internal integration token', 'sntryi_[a-f0-9]{64}'),
  named('sentry-auth-token', 'Sentry auth token of the older form', ['sentry[_.-]?auth'], '[a-f0-9]{64}', { keywords: ['sentry'] }),
  named('elastic-api-key', 'Elastic API key', ['elastic', 'es_api'], '[A-Za-z0-9+/]{58,60}={1,2}', { entropy: 4 }),
  token('elastic-cloud-key', 'Elastic Cloud API key', 'essu_[A-Za-z0-9+/]{50,100}={0,2}'),
  token('rootly-api-key', 'Rootly API key', 'rootly_[a-f0-9]{64}'),
  token('stackhawk-api-key', 'StackHawk API key', String.raw`hawk\.[\w-]{20}\.[\w-]{20}`),
  named('virustotal-api-key', 'VirusTotal API key', ['virus[_.-]?total', 'vt[_.-]?api'], '[a-f0-9]{64}', { keywords: ['virus', 'vt'] }),
  named('shodan-api-key', 'Shodan API key', ['shodan'], '[A-Za-z0-9]{32}', { entropy: 3.6 }),
  named('abuseipdb-key', 'AbuseIPDB API key', ['abuseipdb'], '[a-f0-9]{80}'),
  named('openweather-key', 'OpenWeather API key', ['open[_.-]?weather', 'owm[_.-]?api'], '[a-f0-9]{32}', { keywords: ['openweather', 'open_weather', 'open-weather', 'open.weather', 'owm'] }),
  named('ipinfo-token', 'IPinfo token', ['ipinfo'], '[a-f0-9]{14}', { entropy: 2.5 }),
  token('configcat-sdk-key', 'ConfigCat SDK key', String.raw`configcat-(?:proxy|sdk-1)/[\w-]{22}/[\w-]{22}`, { keywords: ['configcat-'] }),
  String.raw`[[rules]]
id = "maxmind-license-key"
description = "MaxMind license key"
regex = '''\b([A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk)\b'''
keywords = ["_mmk"]
entropy = 3
examples = ['''LICENSE=«[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk»''']
counterexamples = ['''LICENSE=«[A-Za-z0-9]{6}_[A-Za-z0-9]{20}_mmk»''', '''_mmk''']
`,
]
