/**
 * What the default rules of gitleaks (8.30) are called here, where the names differ: a configuration that extends the default rules and disables,
 * changes or excepts one of them by its id means ours. None where we have no rule for it.
 */
const namesHere: Readonly<Record<string, string>> = {
  '1password-secret-key': 'onepassword-secret-key', '1password-service-account-token': 'onepassword-service-account-token', 'adafruit-api-key': 'adafruit-io-key', 'adobe-client-id': '',
  'airtable-api-key': 'airtable-token', 'airtable-personnal-access-token': 'airtable-token', 'algolia-api-key': 'algolia-admin-key', 'anthropic-admin-api-key': 'anthropic-admin-key', 'asana-client-id': '',
  'authress-service-client-access-key': '', 'aws-access-token': 'aws-access-key-id', 'aws-amazon-bedrock-api-key-long-lived': 'aws-bedrock-key', 'aws-amazon-bedrock-api-key-short-lived': 'aws-bedrock-short-term-key',
  'azure-ad-client-secret': 'azure-client-secret', 'beamer-api-token': '', 'bitbucket-client-id': '', 'bitbucket-client-secret': '', 'bittrex-access-key': '', 'bittrex-secret-key': '', 'cisco-meraki-api-key': '',
  'clickhouse-cloud-api-secret-key': 'clickhouse-cloud-key', 'clojars-api-token': 'clojars-deploy-token', 'cloudflare-api-key': 'cloudflare-api-token', 'codecov-access-token': 'codecov-token',
  'cohere-api-token': 'cohere-api-key', 'coinbase-access-token': 'coinbase-secret', 'confluent-access-token': '', 'confluent-secret-key': 'confluent-api-secret', 'contentful-delivery-api-token': 'contentful-token',
  'curl-auth-header': 'http-bearer-header http-basic-header', 'curl-auth-user': 'curl-user-password', 'databricks-api-token': 'databricks-token', 'datadog-access-token': 'datadog-api-key datadog-application-key',
  'defined-networking-api-token': 'defined-networking-key', 'digitalocean-access-token': 'digitalocean-oauth-token', 'digitalocean-pat': 'digitalocean-personal-access-token', 'discord-api-token': 'discord-bot-token',
  'discord-client-id': '', 'doppler-api-token': 'doppler-personal-token', 'droneci-access-token': 'drone-token', 'dropbox-api-token': 'dropbox-app-secret', 'dropbox-long-lived-api-token': 'dropbox-access-token',
  'dropbox-short-lived-api-token': 'dropbox-access-token', 'duffel-api-token': 'duffel-live-token duffel-test-token', 'dynatrace-api-token': 'dynatrace-token', 'easypost-api-token': 'easypost-production-key',
  'easypost-test-api-token': 'easypost-test-key', 'etsy-access-token': 'etsy-api-key', 'facebook-page-access-token': 'facebook-access-token', 'facebook-secret': 'facebook-app-secret', 'finicity-api-token': '',
  'finicity-client-secret': '', 'finnhub-access-token': '', 'flickr-access-token': '', 'flutterwave-encryption-key': '', 'flutterwave-public-key': '', 'flyio-access-token': 'fly-access-token fly-organisation-token',
  'frameio-api-token': 'frameio-token', 'freemius-secret-key': '', 'freshbooks-access-token': '', 'gcp-api-key': 'google-api-key',
  'generic-api-key': 'generic-assigned-secret option-secret setting-password command-password dsn-password login-call', 'github-app-token': 'github-user-to-server-token github-installation-token',
  'github-fine-grained-pat': 'github-fine-grained-token', 'github-oauth': 'github-oauth-token', 'github-pat': 'github-personal-access-token', 'gitlab-cicd-job-token': 'gitlab-ci-job-token',
  'gitlab-feature-flag-client-token': 'gitlab-feature-flags-client-token', 'gitlab-kubernetes-agent-token': 'gitlab-agent-for-kubernetes-token', 'gitlab-oauth-app-secret': 'gitlab-oauth-application-secret-token',
  'gitlab-pat': 'gitlab-personal-access-token', 'gitlab-pat-routable': 'gitlab-routable-token', 'gitlab-ptt': 'gitlab-pipeline-trigger-token', 'gitlab-rrt': 'gitlab-runner-registration-token',
  'gitlab-runner-authentication-token-routable': 'gitlab-runner-v2-token', 'gitlab-scim-token': 'gitlab-scim-oauth-access-token', 'gitter-access-token': '', 'gocardless-api-token': 'gocardless-token',
  'grafana-api-key': 'grafana-legacy-api-key', 'grafana-cloud-api-token': 'grafana-cloud-token', 'harness-api-key': 'harness-token', 'hashicorp-tf-api-token': 'terraform-cloud-token', 'hashicorp-tf-password': '',
  'heroku-api-key-v2': 'heroku-api-key', 'huggingface-access-token': 'hugging-face-token', 'huggingface-organization-api-token': 'hugging-face-organization-token', 'infracost-api-token': 'infracost-api-key',
  'intercom-api-key': 'intercom-access-token', 'jfrog-api-key': 'artifactory-api-key', 'jwt': 'json-web-token', 'jwt-base64': 'json-web-token', 'kraken-access-token': 'kraken-private-key', 'kubernetes-secret-yaml': '',
  'kucoin-access-token': '', 'kucoin-secret-key': '', 'launchdarkly-access-token': 'launchdarkly-api-token', 'linear-client-secret': '', 'linkedin-client-id': '', 'lob-pub-api-key': '', 'looker-client-id': '',
  'looker-client-secret': '', 'mailgun-private-api-token': 'mailgun-api-key', 'mailgun-pub-key': '', 'mapbox-api-token': 'mapbox-secret-token', 'mattermost-access-token': '', 'messagebird-api-token': 'messagebird-key',
  'messagebird-client-id': '', 'netlify-access-token': 'netlify-token', 'new-relic-browser-api-token': 'new-relic-browser-key', 'new-relic-user-api-id': '', 'new-relic-user-api-key': 'new-relic-user-key',
  'notion-api-token': 'notion-token', 'nuget-config-password': '', 'nytimes-access-token': '', 'octopus-deploy-api-key': 'octopus-deploy-key', 'okta-access-token': 'okta-api-token',
  'openai-api-key': 'openai-legacy-key openai-proj-key openai-svcacct-key openai-admin-key', 'pkcs12-file': '', 'plaid-api-token': 'plaid-access-token', 'plaid-client-id': '', 'plaid-secret-key': '',
  'planetscale-api-token': 'planetscale-token', 'postman-api-token': 'postman-api-key', 'prefect-api-token': 'prefect-api-key', 'privateai-api-token': '', 'pulumi-api-token': 'pulumi-access-token',
  'rapidapi-access-token': 'rapidapi-key', 'readme-api-token': 'readme-api-key', 'rubygems-api-token': 'rubygems-api-key', 'scalingo-api-token': 'scalingo-token', 'sendbird-access-id': '',
  'sendbird-access-token': 'sendbird-api-token', 'sendgrid-api-token': 'sendgrid-api-key', 'sendinblue-api-token': 'brevo-api-key', 'sentry-access-token': 'sentry-auth-token', 'sentry-org-token': 'sentry-organization-token',
  'settlemint-application-access-token': '', 'settlemint-personal-access-token': '', 'settlemint-service-access-token': '', 'shippo-api-token': 'shippo-live-token shippo-test-token',
  'shopify-custom-access-token': 'shopify-custom-app-token', 'shopify-private-app-access-token': 'shopify-private-app-token', 'sidekiq-secret': '', 'sidekiq-sensitive-url': '',
  'slack-config-access-token': 'slack-rotating-token', 'slack-config-refresh-token': 'slack-refresh-token', 'slack-legacy-token': '', 'slack-legacy-workspace-token': 'slack-workspace-token', 'slack-webhook-url': 'slack-webhook',
  'sonar-api-token': 'sonarqube-user-token sonarqube-project-token sonarqube-global-token', 'sourcegraph-access-token': 'sourcegraph-token', 'squarespace-access-token': '',
  'stripe-access-token': 'stripe-live-secret-key stripe-test-secret-key stripe-live-restricted-key stripe-test-restricted-key', 'sumologic-access-id': '', 'sumologic-access-token': 'sumologic-access-key',
  'telegram-bot-api-token': 'telegram-bot-token telegram-bot-token-alone', 'travisci-access-token': 'travis-ci-token', 'twitch-api-token': 'twitch-client-secret', 'twitter-access-secret': '', 'twitter-access-token': '',
  'twitter-api-key': '', 'twitter-api-secret': 'twitter-consumer-secret', 'typeform-api-token': 'typeform-token', 'yandex-access-token': 'yandex-iam-token', 'yandex-aws-access-token': '', 'zendesk-secret-key': 'zendesk-api-token',
}

/** Formats that tell what `generic-api-key` tells there: settings by their names. They are no rules, so exceptions alone reach them. */
const settingFormats = ['dotenv', 'yaml', 'helm-values', 'spring', 'ini', 'java-properties', 'dotnet-json', 'config-xml', 'terraform'] as const

/** Ids that an exception for `ids` means here: theirs and ours, formats among them. */
export function meantHere(ids: readonly string[]): readonly string[] {
  return ids.flatMap((id) => [id, ...namedHere(id) ?? [], ...id === 'generic-api-key' ? settingFormats : []])
}

/** Our rules for the id of a default rule of gitleaks, none where we have none; null for an id that is none of theirs or means the same here. */
export function namedHere(gitleaksId: string): readonly string[] | null {
  return Object.hasOwn(namesHere, gitleaksId) ? namesHere[gitleaksId]!.split(' ').filter((id) => id !== '') : null
}
