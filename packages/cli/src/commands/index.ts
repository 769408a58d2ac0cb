import type { Command } from '../command.ts'
import { auditVerify } from './audit.ts'
import { baselineList, baselineSet } from './baseline.ts'
import { exportCommand } from './export.ts'
import { findings } from './findings.ts'
import { hookInstall, hookRun, hookUninstall } from './hook.ts'
import { inspect } from './inspect.ts'
import { inventory } from './inventory.ts'
import { jobs } from './jobs.ts'
import { login, logout } from './login.ts'
import { scanGithub, scanGitlab, scanKubernetes } from './scan-api.ts'
import { scanHost } from './scan-host.ts'
import { scanSsh, scanTls } from './scan-network.ts'
import { scanSecrets } from './scan-secrets.ts'
import { secretsAssess } from './secrets.ts'
import { tokenCreate } from './server-side.ts'

/** Every command, in the order of help. */
export const commands: readonly Command[] = [
  scanHost, scanTls, scanSsh, scanSecrets, scanGithub, scanGitlab, scanKubernetes, baselineList, baselineSet, hookInstall, hookUninstall, hookRun, inspect, login, logout, inventory, findings, secretsAssess, jobs, exportCommand, auditVerify, tokenCreate,
]
