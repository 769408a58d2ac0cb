import { type SarifLog, sarifText, sarifUri } from '@muster/core/export'
import type { GitleaksFinding, GitleaksHead } from './gitleaks-report.ts'

/** A SARIF 2.1.0 log in the shape gitleaks gives it: author and commit stand among the partial fingerprints. By the standard, and unlike theirs, a region ends behind its last character (§3.30.8). */
export function sarifDocument(findings: readonly GitleaksFinding[], { version, rules }: GitleaksHead): SarifLog {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{
      tool: { driver: { name: 'muster', semanticVersion: version, rules: described(findings, rules) } },
      results: findings.map((finding) => ({
        message: { text: sarifText(`${finding.RuleID} has detected secret for file ${finding.File}${finding.Commit === '' ? '' : ` at commit ${finding.Commit}`}.`) },
        ruleId: finding.RuleID,
        locations: [{
          physicalLocation: {
            artifactLocation: { uri: sarifUri(finding.File) },
            region: { startLine: finding.StartLine, startColumn: finding.StartColumn, endLine: finding.EndLine, endColumn: finding.EndColumn + 1, snippet: { text: finding.Secret } },
          },
        }],
        partialFingerprints: { commitSha: finding.Commit, email: finding.Email, author: finding.Author, date: finding.Date, commitMessage: finding.Message },
        properties: { tags: [...new Set(finding.Tags)] },
      })),
    }],
  }
}

/** Every rule in use; what a file's format told has its description from the finding. */
function described(findings: readonly GitleaksFinding[], rules: GitleaksHead['rules']): unknown[] {
  const all = new Map(rules.map(({ id, description }) => [id, description]))
  for (const { RuleID, Description } of findings) if (!all.has(RuleID)) all.set(RuleID, Description)
  return [...all].map(([id, description]) => ({ id, shortDescription: { text: description } }))
}
