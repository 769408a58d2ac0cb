import type { RuleDescription } from '@muster/core'

type Source = RuleDescription['sources'][number]

const source = (citation: string, url: string | null): Source => ({ citation, url })

/** The texts rules cite, named once so that a citation is spelled one way. */
export const sources = {
  rfc5280: (section: string) => source(`RFC 5280 §${section}`, `https://www.rfc-editor.org/rfc/rfc5280#section-${section}`),
  rfc9525: (section: string) => source(`RFC 9525 §${section}`, `https://www.rfc-editor.org/rfc/rfc9525#section-${section}`),
  rfc8446: (section: string) => source(`RFC 8446 §${section}`, `https://www.rfc-editor.org/rfc/rfc8446#section-${section}`),
  rfc: (number: number, section?: string) =>
    source(section === undefined ? `RFC ${number}` : `RFC ${number} §${section}`, `https://www.rfc-editor.org/rfc/rfc${number}${section === undefined ? '' : `#section-${section}`}`),
  cabSc081: source('CA/B Forum ballot SC-081v3 (TLS BR §6.3.2)', 'https://cabforum.org/working-groups/server/baseline-requirements/'),
  cabBr: (section: string) => source(`CA/B Forum TLS BR §${section}`, 'https://cabforum.org/working-groups/server/baseline-requirements/'),
  sp1800_16: source('NIST SP 1800-16', 'https://csrc.nist.gov/pubs/sp/1800/16/final'),
  sp800_57: source('NIST SP 800-57 part 1 rev. 5', 'https://csrc.nist.gov/pubs/sp/800/57/pt1/r5/final'),
  sp800_63b: source('NIST SP 800-63B §3.1.1', 'https://pages.nist.gov/800-63-4/sp800-63b.html'),
  sp800_131a: source('NIST SP 800-131A rev. 2', 'https://csrc.nist.gov/pubs/sp/800/131/a/r2/final'),
  sp800_52: source('NIST SP 800-52 rev. 2', 'https://csrc.nist.gov/pubs/sp/800/52/r2/final'),
  ir8547: source('NIST IR 8547 (initial public draft)', 'https://csrc.nist.gov/pubs/ir/8547/ipd'),
  ir7966: source('NIST IR 7966', 'https://csrc.nist.gov/pubs/ir/7966/final'),
  owaspNhi: (number: number, slug: string) =>
    source(`OWASP NHI${number}:2025`, `https://owasp.org/www-project-non-human-identities-top-10/2025/${number}-${slug}/`),
  pci: (requirement: string) => source(`PCI DSS 4.0.1 req. ${requirement}`, 'https://www.pcisecuritystandards.org/document_library/'),
  cve: (id: string) => source(id, `https://www.cve.org/CVERecord?id=${id}`),
  cwe: (number: number) => source(`CWE-${number}`, `https://cwe.mitre.org/data/definitions/${number}.html`),
  awsSharedIssuers: source('AWS IAM User Guide, Identity-provider controls for shared OIDC providers', 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html'),
  googlePipelines: source('Google Cloud IAM, Workload Identity Federation with deployment pipelines', 'https://cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines'),
  githubOidc: source('GitHub Docs, OpenID Connect reference', 'https://docs.github.com/en/actions/reference/security/oidc'),
  githubEvents: source('GitHub Docs, Events that trigger workflows: pull_request_target', 'https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#pull_request_target'),
  vaultJwt: source('Vault, JWT/OIDC auth method', 'https://developer.hashicorp.com/vault/docs/auth/jwt'),
  opensshManual: (page: string) => source(`OpenSSH ${page}(5)`, `https://man.openbsd.org/${page}`),
} as const

export const NHI2 = sources.owaspNhi(2, 'secret-leakage')
export const NHI4 = sources.owaspNhi(4, 'insecure-authentication')
export const NHI5 = sources.owaspNhi(5, 'overprivileged-nhi')
export const NHI6 = sources.owaspNhi(6, 'insecure-cloud-deployment-configurations')
export const NHI7 = sources.owaspNhi(7, 'long-lived-secrets')
export const NHI8 = sources.owaspNhi(8, 'environment-isolation')
export const NHI9 = sources.owaspNhi(9, 'nhi-reuse')
