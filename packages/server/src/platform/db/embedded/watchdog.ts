import { type ChildProcess, spawn } from 'node:child_process'
import type { Log } from '../../log.ts'
import { type Account, asAccount } from './account.ts'

/**
 * Waits for its standard input to end, which the kernel brings about when Muster dies, be it by SIGKILL; then tells the
 * postmaster to shut down fast. A line on the input instead means Muster has stopped the database itself. The pid is
 * read at that moment, so restarts of the postmaster need no word to the watchdog, and where /proc tells, a number that
 * now belongs to another program is left alone. A shell costs 1 MB where another Node would cost 45.
 */
const SCRIPT = `
read -r line && exit 0
read -r pid < "$0/postmaster.pid" || exit 0
if [ -d /proc/self ] && [ "$(readlink "/proc/$pid/cwd")" != "$0" ]; then exit 0; fi
kill -INT "$pid"
`

/** Ends PostgreSQL when this process ends without having done so. */
export type Watchdog = {
  readonly pid: () => number | undefined
  /** Sends the watchdog home; the database has been stopped. */
  dismiss(): void
}

/** Posts a watchdog over the cluster at `dataPath`; one that is killed is replaced at once. */
export function postWatchdog(dataPath: string, account: Account, log: Log): Watchdog {
  let dismissed = false
  let current: ChildProcess
  const post = (): void => {
    current = spawn('/bin/sh', ['-c', SCRIPT, dataPath], {
      ...asAccount(account), cwd: '/', env: { PATH: '/usr/bin:/bin' }, stdio: ['pipe', 'ignore', 'ignore'], detached: true,
    })
    current.stdin?.on('error', () => {})
    current.once('error', (error) => log.error({ err: error }, 'no watchdog over the database: it will outlive a killed server'))
    current.once('exit', () => {
      if (dismissed) return
      log.warn({}, 'the watchdog over the database was killed; posting another')
      setTimeout(() => { if (!dismissed) post() }, 100).unref()
    })
    current.unref()
  }
  post()
  return {
    pid: () => current.pid,
    dismiss: () => {
      dismissed = true
      current.stdin?.end('stopped\n')
    },
  }
}
