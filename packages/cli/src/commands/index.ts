import type { Command } from '../command.ts'

/** A command that is loaded when it is asked for: most need a small part of what all of them need. */
export type CommandEntry = { readonly name: string; readonly load: () => Promise<Command> }

/** Every command, in the order of help. */
export const commands: readonly CommandEntry[] = [
  { name: 'scan host', load: async () => (await import('./scan-host.ts')).scanHost },
  { name: 'scan tls', load: async () => (await import('./scan-network.ts')).scanTls },
  { name: 'scan ssh', load: async () => (await import('./scan-network.ts')).scanSsh },
  { name: 'scan secrets', load: async () => (await import('./scan-secrets.ts')).scanSecrets },
  { name: 'scan github', load: async () => (await import('./scan-api.ts')).scanGithub },
  { name: 'scan gitlab', load: async () => (await import('./scan-api.ts')).scanGitlab },
  { name: 'scan kubernetes', load: async () => (await import('./scan-api.ts')).scanKubernetes },
  { name: 'baseline list', load: async () => (await import('./baseline.ts')).baselineList },
  { name: 'baseline set', load: async () => (await import('./baseline.ts')).baselineSet },
  { name: 'hook install', load: async () => (await import('./hook.ts')).hookInstall },
  { name: 'hook uninstall', load: async () => (await import('./hook.ts')).hookUninstall },
  { name: 'hook run', load: async () => (await import('./hook.ts')).hookRun },
  { name: 'inspect', load: async () => (await import('./inspect.ts')).inspect },
  { name: 'login', load: async () => (await import('./login.ts')).login },
  { name: 'logout', load: async () => (await import('./login.ts')).logout },
  { name: 'inventory', load: async () => (await import('./inventory.ts')).inventory },
  { name: 'findings', load: async () => (await import('./findings.ts')).findings },
  { name: 'secrets assess', load: async () => (await import('./secrets.ts')).secretsAssess },
  { name: 'jobs', load: async () => (await import('./jobs.ts')).jobs },
  { name: 'export', load: async () => (await import('./export.ts')).exportCommand },
  { name: 'audit verify', load: async () => (await import('./audit.ts')).auditVerify },
  { name: 'token create', load: async () => (await import('./server-side.ts')).tokenCreate },
]
