import { writeSync } from 'node:fs'
import { isMusterError, systemClock } from '@muster/core'
import { configHelp, processConfig } from './platform/config.ts'
import { isConnectionLoss } from './platform/db/index.ts'
import { createLog } from './platform/log.ts'
import { refusal, say } from './platform/program.ts'
import { type RunningServer, startServer } from './server.ts'

/** The sign-in link goes to stdout; what people and log collectors read to stderr. Exit codes: 0 stopped as asked, 1 failed, 2 the configuration or arguments are wrong. */
async function main(): Promise<number> {
  if (process.argv.includes('--help')) {
    writeSync(1, `npm start -- [options]\n\n  option         variable               key in the configuration file\n${configHelp()}\n`)
    return 0
  }
  const config = processConfig()
  const log = createLog({ level: config.logLevel, clock: systemClock, write: (line) => { writeSync(2, line) } })
  // The database client asks about types on a fresh connection by itself; nobody holds that promise when the database dies.
  process.on('unhandledRejection', (reason) => {
    if (!isConnectionLoss(reason) && !isMusterError(reason, 'store.unavailable')) throw reason
    log.warn({ err: reason }, 'the database client lost its connection')
  })
  const stopAsked = stopSignal()
  const server = await startServer(config, { clock: systemClock, log, say })
  announce(server)
  const reason = await Promise.race([stopAsked, server.failed])
  if (typeof reason === 'string') say(`stopping (${reason})`)
  else say(reason.message)
  await server.stop()
  return typeof reason === 'string' ? 0 : 1
}

function announce({ url, signInLink }: RunningServer): void {
  say(url === null ? 'running jobs' : `listening on ${url}`)
  if (signInLink === null) return
  say('sign in with this link as the first administrator; it works once, for 15 minutes:')
  writeSync(1, `${signInLink}\n`)
}

/** The first signal stops the server gracefully; a second one at once. */
function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1))
        resolve(signal)
      })
    }
  })
}

try {
  process.exitCode = await main()
} catch (error) {
  const told = refusal(error)
  if (told === null) throw error
  say(told)
  process.exitCode = isMusterError(error, 'config.invalid') || isMusterError(error, 'usage.invalid') ? 2 : 1
}
// Handles of libraries must not keep a server alive that has said it stopped.
process.exit()
