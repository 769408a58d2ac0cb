import type { GitleaksFinding } from './gitleaks-report.ts'

/** A JUnit document with one failed case a finding, as gitleaks writes it; the failure's text is the finding as JSON. */
export function junitXml(findings: readonly GitleaksFinding[]): string {
  const count = String(findings.length)
  const cases = findings.map((finding) => {
    const message = `${finding.RuleID} has detected a secret in file ${finding.File}, line ${finding.StartLine}${finding.Commit === '' ? '' : `, at commit ${finding.Commit}`}.`
    const { Description: description } = finding
    return `\t\t<testcase${attributes({ classname: description, file: finding.File, name: message, time: '' })}>\n`
      + `\t\t\t<failure${attributes({ message, type: description })}>${escaped(JSON.stringify(finding, null, '\t'))}</failure>\n\t\t</testcase>\n`
  })
  const suite = `\t<testsuite${attributes({ failures: count, name: 'gitleaks', tests: count, time: '' })}>`
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suite}${cases.length === 0 ? '' : `\n${cases.join('')}\t`}</testsuite>\n</testsuites>\n`
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values).map(([name, value]) => ` ${name}="${escaped(value)}"`).join('')
}

/** Text for content and attributes of XML 1.0, which has no way to write most control characters: they become U+FFFD. */
function escaped(text: string): string {
  return text.toWellFormed()
    // oxlint-disable-next-line no-control-regex -- finding them is the point
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replaceAll(/[&<>"'\t\n\r]/g, (char) => `&#${char.codePointAt(0)};`)
}
