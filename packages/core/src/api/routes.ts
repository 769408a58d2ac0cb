import { z } from 'zod'
import { scanBatchSchema } from '../connector.ts'
import * as accounts from './accounts.ts'
import * as changes from './changes.ts'
import { pageQuerySchema } from './common.ts'
import * as configurations from './configurations.ts'
import * as connections from './connections.ts'
import * as findings from './findings.ts'
import * as inventory from './inventory.ts'
import { overviewSchema } from './overview.ts'
import { idParams, type RouteSpec } from './route.ts'
import * as scans from './scans.ts'
import * as secrets from './secrets.ts'
import * as settings from './settings.ts'

const exportFormats = ['csv', 'json', 'ndjson', 'cbom-1.7', 'cbom-1.6'] as const

/** Every route of the HTTP API, by the name of what it does. */
export const apiRoutes = {
  // session and accounts
  getSession: { method: 'GET', path: '/api/v1/session', tag: 'session', summary: 'Who is asking', action: null, response: accounts.sessionSchema },
  signIn: { method: 'POST', path: '/api/v1/session', tag: 'session', summary: 'Sign in with e-mail and password', action: null, body: accounts.signInSchema, response: accounts.sessionSchema },
  signOut: { method: 'DELETE', path: '/api/v1/session', tag: 'session', summary: 'Sign out', action: 'account.self', response: null },
  getSignInLink: { method: 'POST', path: '/api/v1/sign-in-links/describe', tag: 'session', summary: 'What a sign-in link is for', action: null, body: accounts.redeemLinkSchema.pick({ token: true }), response: accounts.signInLinkSchema },
  redeemSignInLink: { method: 'POST', path: '/api/v1/sign-in-links/redeem', tag: 'session', summary: 'Set name and password with a sign-in link', action: null, body: accounts.redeemLinkSchema, response: accounts.sessionSchema },
  changePassword: { method: 'POST', path: '/api/v1/account/password', tag: 'session', summary: 'Change the own password', action: 'account.self', body: accounts.changePasswordSchema, response: null },
  enrolTotp: { method: 'POST', path: '/api/v1/account/totp', tag: 'session', summary: 'Begin to use one-time codes', action: 'account.self', response: accounts.totpEnrolmentSchema },
  confirmTotp: { method: 'POST', path: '/api/v1/account/totp/confirm', tag: 'session', summary: 'Confirm one-time codes', action: 'account.self', body: accounts.totpCodeSchema, response: null },
  disableTotp: { method: 'POST', path: '/api/v1/account/totp/disable', tag: 'session', summary: 'Stop using one-time codes', action: 'account.self', body: accounts.totpCodeSchema, response: null },
  listAccounts: { method: 'GET', path: '/api/v1/accounts', tag: 'accounts', summary: 'Accounts', action: 'account.manage', query: pageQuerySchema, response: accounts.accountPageSchema },
  createAccount: { method: 'POST', path: '/api/v1/accounts', tag: 'accounts', summary: 'Invite someone', action: 'account.manage', body: accounts.newAccountSchema, response: accounts.newAccountResultSchema, status: 201 },
  changeAccount: { method: 'PATCH', path: '/api/v1/accounts/:id', tag: 'accounts', summary: 'Change name, role or disabled', action: 'account.manage', params: idParams, body: accounts.changeAccountSchema, response: accounts.accountSchema },
  listApiTokens: { method: 'GET', path: '/api/v1/api-tokens', tag: 'accounts', summary: 'API tokens: the own ones, all for administrators', action: 'token.self', query: pageQuerySchema, response: accounts.apiTokenPageSchema },
  createApiToken: { method: 'POST', path: '/api/v1/api-tokens', tag: 'accounts', summary: 'Create an API token, at most of the own role', action: 'token.self', body: accounts.newApiTokenSchema, response: accounts.newApiTokenResultSchema, status: 201 },
  revokeApiToken: { method: 'DELETE', path: '/api/v1/api-tokens/:id', tag: 'accounts', summary: 'Revoke an API token', action: 'token.self', params: idParams, response: null },

  // inventory
  getOverview: { method: 'GET', path: '/api/v1/overview', tag: 'inventory', summary: 'What exists and what is wrong, in one answer', action: 'inventory.read', response: overviewSchema },
  listCredentials: { method: 'GET', path: '/api/v1/credentials', tag: 'inventory', summary: 'Credentials by filter', action: 'inventory.read', query: inventory.credentialListQuerySchema, response: inventory.credentialPageSchema },
  getCredential: { method: 'GET', path: '/api/v1/credentials/:id', tag: 'inventory', summary: 'A credential with its chain and ties', action: 'inventory.read', params: idParams, response: inventory.credentialDetailSchema },
  listCredentialLocations: { method: 'GET', path: '/api/v1/credentials/:id/locations', tag: 'inventory', summary: 'Where a credential is and was', action: 'inventory.read', params: idParams, query: pageQuerySchema, response: inventory.locationPageSchema },
  listCredentialHistory: { method: 'GET', path: '/api/v1/credentials/:id/history', tag: 'inventory', summary: 'What happened to a credential', action: 'inventory.read', params: idParams, query: pageQuerySchema, response: inventory.historyPageSchema },
  labelCredential: { method: 'PATCH', path: '/api/v1/credentials/:id', tag: 'inventory', summary: 'Set owner, criticality, environment, purpose', action: 'inventory.label', params: idParams, body: inventory.setLabelsSchema, response: inventory.credentialRowSchema },
  labelCredentials: { method: 'POST', path: '/api/v1/credentials/labels', tag: 'inventory', summary: 'Set labels on many credentials', action: 'inventory.label', body: inventory.bulkLabelsSchema, response: inventory.bulkResultSchema },
  suggestOwners: { method: 'GET', path: '/api/v1/inventory/:id/owner-suggestions', tag: 'inventory', summary: 'Who may answer for a credential, likeliest first', action: 'inventory.read', params: idParams, response: secrets.ownerSuggestionListSchema },
  exportCredentials: { method: 'GET', path: '/api/v1/export/credentials', tag: 'inventory', summary: 'Credentials as a file', action: 'inventory.export', query: inventory.credentialFilterSchema.extend({ format: z.enum(exportFormats) }), response: null, stream: ['text/csv', 'application/json', 'application/x-ndjson', 'application/vnd.cyclonedx+json'] },
  listMachines: { method: 'GET', path: '/api/v1/machines', tag: 'inventory', summary: 'Machines', action: 'inventory.read', query: inventory.machineListQuerySchema, response: inventory.machinePageSchema },
  getMachine: { method: 'GET', path: '/api/v1/machines/:id', tag: 'inventory', summary: 'A machine', action: 'inventory.read', params: idParams, response: inventory.machineRowSchema },
  labelMachine: { method: 'PATCH', path: '/api/v1/machines/:id', tag: 'inventory', summary: 'Set labels on a machine', action: 'inventory.label', params: idParams, body: inventory.setLabelsSchema, response: inventory.machineRowSchema },
  listEndpoints: { method: 'GET', path: '/api/v1/endpoints', tag: 'inventory', summary: 'TLS and SSH endpoints', action: 'inventory.read', query: inventory.endpointListQuerySchema, response: inventory.endpointPageSchema },
  getEndpoint: { method: 'GET', path: '/api/v1/endpoints/:id', tag: 'inventory', summary: 'An endpoint', action: 'inventory.read', params: idParams, response: inventory.endpointRowSchema },
  listConfigurations: { method: 'GET', path: '/api/v1/configurations', tag: 'inventory', summary: 'Configurations: services, trust policies, workflows', action: 'inventory.read', query: configurations.configurationListQuerySchema, response: configurations.configurationPageSchema },
  getConfiguration: { method: 'GET', path: '/api/v1/configurations/:id', tag: 'inventory', summary: 'A configuration', action: 'inventory.read', params: idParams, response: configurations.configurationRowSchema },
  listIdentities: { method: 'GET', path: '/api/v1/identities', tag: 'inventory', summary: 'Identities', action: 'inventory.read', query: inventory.identityListQuerySchema, response: inventory.identityPageSchema },
  listSavedViews: { method: 'GET', path: '/api/v1/views', tag: 'inventory', summary: 'Saved views', action: 'inventory.read', response: inventory.savedViewListSchema },
  createSavedView: { method: 'POST', path: '/api/v1/views', tag: 'inventory', summary: 'Save a view', action: 'view.write', body: inventory.newSavedViewSchema, response: inventory.savedViewSchema, status: 201 },
  deleteSavedView: { method: 'DELETE', path: '/api/v1/views/:id', tag: 'inventory', summary: 'Delete a view', action: 'view.write', params: idParams, response: null },
  listLabelRules: { method: 'GET', path: '/api/v1/label-rules', tag: 'inventory', summary: 'Label rules in order', action: 'inventory.read', response: inventory.labelRuleListSchema },
  createLabelRule: { method: 'POST', path: '/api/v1/label-rules', tag: 'inventory', summary: 'Add a label rule', action: 'rule.write', body: inventory.newLabelRuleSchema, response: inventory.labelRuleSchema, status: 201 },
  changeLabelRule: { method: 'PATCH', path: '/api/v1/label-rules/:id', tag: 'inventory', summary: 'Change a label rule', action: 'rule.write', params: idParams, body: inventory.newLabelRuleSchema.partial(), response: inventory.labelRuleSchema },
  deleteLabelRule: { method: 'DELETE', path: '/api/v1/label-rules/:id', tag: 'inventory', summary: 'Delete a label rule', action: 'rule.write', params: idParams, response: null },

  // findings
  listFindings: { method: 'GET', path: '/api/v1/findings', tag: 'findings', summary: 'Findings by filter', action: 'finding.read', query: findings.findingListQuerySchema, response: findings.findingPageSchema },
  countFindingsByRule: { method: 'GET', path: '/api/v1/findings/by-rule', tag: 'findings', summary: 'How many findings a filter matches under each rule, worst first', action: 'finding.read', query: findings.findingFilterSchema, response: findings.findingsByRuleSchema },
  getFinding: { method: 'GET', path: '/api/v1/findings/:id', tag: 'findings', summary: 'A finding with its rule and history', action: 'finding.read', params: idParams, response: findings.findingDetailSchema },
  acceptFindings: { method: 'POST', path: '/api/v1/findings/accept', tag: 'findings', summary: 'Accept findings with a reason until a date', action: 'finding.decide', body: findings.acceptFindingsSchema, response: inventory.bulkResultSchema },
  assignFindings: { method: 'POST', path: '/api/v1/findings/assign', tag: 'findings', summary: 'Assign findings to someone', action: 'finding.decide', body: findings.assignFindingsSchema, response: inventory.bulkResultSchema },
  reopenFindings: { method: 'POST', path: '/api/v1/findings/reopen', tag: 'findings', summary: 'Take an acceptance back', action: 'finding.decide', body: findings.reopenFindingsSchema, response: inventory.bulkResultSchema },
  exportFindings: { method: 'GET', path: '/api/v1/export/findings', tag: 'findings', summary: 'Findings as a file', action: 'inventory.export', query: findings.findingFilterSchema.extend({ format: z.enum(['csv', 'json', 'ndjson', 'sarif']) }), response: null, stream: ['text/csv', 'application/json', 'application/x-ndjson', 'application/sarif+json'] },
  listChanges: { method: 'GET', path: '/api/v1/changes', tag: 'findings', summary: 'What happened to credentials and findings, newest first', action: 'finding.read', query: changes.changeListQuerySchema, response: changes.changePageSchema },
  listRules: { method: 'GET', path: '/api/v1/rules', tag: 'findings', summary: 'Rules and how often each is open', action: 'finding.read', response: findings.ruleListSchema },

  // secrets
  fingerprintSecrets: { method: 'POST', path: '/api/v1/secrets/fingerprints', tag: 'secrets', summary: 'Keyed fingerprints for digests of secret values', action: 'scan.run', body: secrets.secretDigestsSchema, response: secrets.secretFingerprintsSchema },
  assessSecrets: { method: 'POST', path: '/api/v1/secrets/assess', tag: 'secrets', summary: 'Say what secrets are: confirmed, false positive, rotated …', action: 'finding.decide', body: secrets.assessSecretsSchema, response: inventory.bulkResultSchema },
  listDetectionRules: { method: 'GET', path: '/api/v1/detection-rules', tag: 'secrets', summary: 'Detection rules with examples and hits', action: 'finding.read', response: secrets.detectionRuleListSchema },
  tryDetection: { method: 'POST', path: '/api/v1/detection-rules/try', tag: 'secrets', summary: 'Try detection rules on pasted text, which is kept nowhere', action: 'rule.write', body: secrets.tryDetectionSchema, response: secrets.detectionTrialSchema },
  getDetectionConfig: { method: 'GET', path: '/api/v1/detection-config', tag: 'secrets', summary: 'Own detection rules', action: 'settings.read', response: secrets.detectionConfigSchema },
  changeDetectionConfig: { method: 'PUT', path: '/api/v1/detection-config', tag: 'secrets', summary: 'Replace own detection rules', action: 'settings.write', body: secrets.newDetectionConfigSchema, response: secrets.detectionConfigSchema },

  // scans and jobs
  listScans: { method: 'GET', path: '/api/v1/scans', tag: 'scans', summary: 'Scans, newest first', action: 'scan.read', query: scans.scanListQuerySchema, response: scans.scanPageSchema },
  createScan: { method: 'POST', path: '/api/v1/scans', tag: 'scans', summary: 'Start a scan', action: 'scan.run', body: scans.newScanSchema, response: scans.scanRowSchema, status: 202 },
  getScan: { method: 'GET', path: '/api/v1/scans/:id', tag: 'scans', summary: 'A scan', action: 'scan.read', params: idParams, response: scans.scanRowSchema },
  cancelScan: { method: 'POST', path: '/api/v1/scans/:id/cancel', tag: 'scans', summary: 'Cancel a scan', action: 'scan.run', params: idParams, response: scans.scanRowSchema },
  listScanProblems: { method: 'GET', path: '/api/v1/scans/:id/problems', tag: 'scans', summary: 'What a scan could not read', action: 'scan.read', params: idParams, query: pageQuerySchema, response: scans.scanProblemPageSchema },
  getScanCoverage: { method: 'GET', path: '/api/v1/scans/:id/coverage', tag: 'scans', summary: 'What a scan looked at', action: 'scan.read', params: idParams, response: scans.scanCoverageSchema },
  createImport: { method: 'POST', path: '/api/v1/imports', tag: 'scans', summary: 'Begin to send the batches of a scan run elsewhere', action: 'scan.run', body: scans.newImportSchema, response: scans.scanRowSchema, status: 201 },
  addImportBatch: { method: 'POST', path: '/api/v1/imports/:id/batches', tag: 'scans', summary: 'Send one batch; safe to repeat by its sequence number', action: 'scan.run', params: idParams, body: z.object({ sequence: z.number().int().nonnegative(), batch: scanBatchSchema }), response: scans.scanRowSchema },
  finishImport: { method: 'POST', path: '/api/v1/imports/:id/finish', tag: 'scans', summary: 'Say how the scan ended', action: 'scan.run', params: idParams, body: scans.finishImportSchema, response: scans.scanRowSchema },
  listConnections: { method: 'GET', path: '/api/v1/connections', tag: 'scans', summary: 'Systems that scans read through their API', action: 'scan.read', response: connections.connectionListSchema },
  createConnection: { method: 'POST', path: '/api/v1/connections', tag: 'scans', summary: 'Add a system with its token, which is kept sealed and never shown', action: 'settings.write', body: connections.newConnectionSchema, response: connections.connectionSchema, status: 201 },
  changeConnection: { method: 'PATCH', path: '/api/v1/connections/:id', tag: 'scans', summary: 'Change a connection', action: 'settings.write', params: idParams, body: connections.changedConnectionSchema, response: connections.connectionSchema },
  deleteConnection: { method: 'DELETE', path: '/api/v1/connections/:id', tag: 'scans', summary: 'Delete a connection and its token', action: 'settings.write', params: idParams, response: null },
  listSchedules: { method: 'GET', path: '/api/v1/schedules', tag: 'scans', summary: 'Scan schedules', action: 'scan.read', response: scans.scheduleListSchema },
  createSchedule: { method: 'POST', path: '/api/v1/schedules', tag: 'scans', summary: 'Add a schedule', action: 'schedule.write', body: scans.newScheduleSchema, response: scans.scheduleSchema, status: 201 },
  changeSchedule: { method: 'PATCH', path: '/api/v1/schedules/:id', tag: 'scans', summary: 'Change a schedule', action: 'schedule.write', params: idParams, body: scans.changedScheduleSchema, response: scans.scheduleSchema },
  deleteSchedule: { method: 'DELETE', path: '/api/v1/schedules/:id', tag: 'scans', summary: 'Delete a schedule', action: 'schedule.write', params: idParams, response: null },
  listJobs: { method: 'GET', path: '/api/v1/jobs', tag: 'scans', summary: 'Background jobs, newest first', action: 'job.read', query: pageQuerySchema.extend({ state: z.enum(['queued', 'active', 'completed', 'failed', 'cancelled']).optional() }), response: scans.jobPageSchema },
  cancelJob: { method: 'POST', path: '/api/v1/jobs/:id/cancel', tag: 'scans', summary: 'Cancel a job', action: 'job.cancel', params: idParams, response: scans.jobRowSchema },

  // installation
  getSettings: { method: 'GET', path: '/api/v1/settings', tag: 'settings', summary: 'Policy thresholds', action: 'settings.read', response: settings.policySchema },
  changeSettings: { method: 'PUT', path: '/api/v1/settings', tag: 'settings', summary: 'Change policy thresholds', action: 'settings.write', body: settings.policySchema, response: settings.policySchema },
  getServerInfo: { method: 'GET', path: '/api/v1/server', tag: 'settings', summary: 'Version and store', action: 'settings.read', response: settings.serverInfoSchema },
  listAlertChannels: { method: 'GET', path: '/api/v1/alert-channels', tag: 'alerts', summary: 'Alert channels', action: 'alert.read', response: settings.alertChannelListSchema },
  createAlertChannel: { method: 'POST', path: '/api/v1/alert-channels', tag: 'alerts', summary: 'Add an alert channel', action: 'alert.write', body: settings.newAlertChannelSchema, response: settings.alertChannelSchema, status: 201 },
  changeAlertChannel: { method: 'PUT', path: '/api/v1/alert-channels/:id', tag: 'alerts', summary: 'Replace an alert channel; secrets left out stay', action: 'alert.write', params: idParams, body: settings.newAlertChannelSchema, response: settings.alertChannelSchema },
  deleteAlertChannel: { method: 'DELETE', path: '/api/v1/alert-channels/:id', tag: 'alerts', summary: 'Delete an alert channel', action: 'alert.write', params: idParams, response: null },
  testAlertChannel: { method: 'POST', path: '/api/v1/alert-channels/:id/test', tag: 'alerts', summary: 'Send a test message', action: 'alert.write', params: idParams, response: settings.deliverySchema },
  listDeliveries: { method: 'GET', path: '/api/v1/alert-deliveries', tag: 'alerts', summary: 'Deliveries, newest first', action: 'alert.read', query: pageQuerySchema, response: settings.deliveryPageSchema },
  listAudit: { method: 'GET', path: '/api/v1/audit', tag: 'audit', summary: 'Audit records, newest first', action: 'audit.read', query: pageQuerySchema.extend({ actor: z.string().max(256).optional(), action: z.string().max(128).optional(), objectId: z.string().max(128).optional() }), response: accounts.auditPageSchema },
  verifyAudit: { method: 'GET', path: '/api/v1/audit/verification', tag: 'audit', summary: 'Verify the hash chain', action: 'audit.read', response: accounts.auditVerificationSchema },
  exportAudit: { method: 'GET', path: '/api/v1/export/audit', tag: 'audit', summary: 'The whole audit log as NDJSON', action: 'audit.read', response: null, stream: ['application/x-ndjson'] },
} as const satisfies Record<string, RouteSpec>

export type ApiRoutes = typeof apiRoutes
export type RouteName = keyof ApiRoutes
type Input<S, K extends string> = S extends Record<K, infer Z extends z.ZodType> ? Record<K, z.input<Z>> : unknown
type Parsed<S, K extends string> = S extends Record<K, infer Z extends z.ZodType> ? Record<K, z.output<Z>> : unknown

/** What a client passes to call the route. */
export type RouteInput<N extends RouteName> = Input<ApiRoutes[N], 'params'> & Input<ApiRoutes[N], 'query'> & Input<ApiRoutes[N], 'body'>
/** What the route's handler receives, checked. */
export type RouteParsed<N extends RouteName> = Parsed<ApiRoutes[N], 'params'> & Parsed<ApiRoutes[N], 'query'> & Parsed<ApiRoutes[N], 'body'>
/** The success answer's JSON. */
export type RouteOutput<N extends RouteName> = ApiRoutes[N] extends { response: infer Z extends z.ZodType } ? z.output<Z> : null
