import type { DetectionConfig, DetectionRule, DetectionTrial } from '@muster/core/api'
import { secretTypeName } from '../src/format/secret-names.ts'
import { hexOf } from './random.ts'

const providers = ['aws', 'azure', 'google', 'github', 'gitlab', 'bitbucket', 'slack', 'stripe', 'npm', 'pypi', 'docker-hub', 'sendgrid', 'twilio', 'datadog', 'grafana', 'sentry', 'vault', 'doppler', 'cloudflare', 'vercel', 'openai', 'anthropic', 'shopify', 'square', 'notion', 'linear', 'okta', 'auth0', 'heroku', 'fastly', 'netlify', 'tailscale', 'mongodb-atlas', 'planetscale', 'supabase', 'databricks', 'snyk', 'circleci', 'buildkite', 'artifactory'] as const
const things = ['access-token', 'api-key', 'client-secret', 'refresh-token', 'personal-access-token', 'webhook', 'service-token', 'deploy-token', 'session-token', 'signing-key', 'webhook-secret'] as const
const used: Readonly<Record<string, number>> = { 'github-personal-access-token': 14, 'slack-webhook': 3, 'aws-access-token': 6 }

function ruleAt(provider: string, thing: string, n: number): DetectionRule {
  const id = `${provider}-${thing}`
  const prefix = `${provider.slice(0, 3)}_`
  const value = `${prefix}${hexOf(n, 150).slice(0, 32)}`
  return {
    id, kind: id, description: secretTypeName(id), tags: [provider], keywords: n % 9 === 0 ? [] : [prefix, provider], origin: 'built-in', hits: used[id] ?? 0,
    examples: { matches: [`API_TOKEN="${value}"`, `token: ${value}`], others: [`API_TOKEN="${prefix}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"`] },
  }
}

const builtIn = providers.flatMap((provider, row) => things.map((thing, column) => ruleAt(provider, thing, row * things.length + column)))
const ruleIds = (toml: string): string[] => [...toml.matchAll(/^id\s*=\s*"([^"]+)"/gm)].map((match) => match[1]!)

/** Detection rules of the fixture: many built-in ones, and one's own by the ids in the text. */
export class Detection {
  config: DetectionConfig = { toml: '', ruleCount: 0, changedBy: null, changedAt: null }

  rules(): DetectionRule[] {
    return [...builtIn, ...ruleIds(this.config.toml).map((id): DetectionRule => ({ id, kind: id, description: `Own rule ${id}`, tags: [], keywords: [], origin: 'custom', hits: 0, examples: { matches: [], others: [] } }))]
  }

  save(toml: string, by: string): DetectionConfig {
    this.config = { toml, ruleCount: ruleIds(toml).length, changedBy: by, changedAt: new Date().toISOString() }
    return this.config
  }

  /** Finds `shop_` and digits, and holds back what looks like a placeholder; a text with an open bracket does not compile. */
  try(toml: string, text: string): DetectionTrial {
    if (/^\s*\[\[rules(?!\]\])/m.test(toml) || toml.includes('regex = "("')) return { problems: [`the rule ${ruleIds(toml)[0] ?? 'x'}: the regular expression is not valid: a group is not closed at character 0`], findings: [] }
    const findings: DetectionTrial['findings'] = []
    for (const [line, content] of text.split('\n').entries()) {
      const before = text.split('\n').slice(0, line).join('\n').length + (line === 0 ? 0 : 1)
      for (const match of content.matchAll(/shop_[0-9a-z]{6,}|changeme\w*/g)) {
        const suppressedBy = match[0].startsWith('changeme') ? { filter: 'placeholder', reason: 'reads like a placeholder' } : null
        findings.push({ ruleId: suppressedBy === null ? ruleIds(toml)[0] ?? 'generic-assigned-secret' : 'generic-assigned-secret', kind: 'generic-assigned-secret', line: line + 1, column: match.index + 1, start: before + match.index, end: before + match.index + match[0].length, suppressedBy, facts: {} })
      }
    }
    return { problems: [], findings }
  }
}
