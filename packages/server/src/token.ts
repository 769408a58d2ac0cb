import { writeSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { DEFAULT_TENANT, MusterError, systemClock } from '@muster/core'
import { createTokenOffline } from './accounts/index.ts'
import { type Config, processConfig } from './platform/config.ts'
import { connectionOfRunning, connectStore, type Db } from './platform/db/index.ts'
import { createLog } from './platform/log.ts'
import { runProgram } from './platform/program.ts'
import { openStore } from './store.ts'

const USAGE = 'usage: token.ts --role viewer|operator|administrator [--name NAME] [--days N|never] [--data DIR] [--config FILE] [--json]'

type Wanted = { readonly role: string; readonly name: string; readonly lifetimeDays: number | null; readonly json: boolean }

/** Makes an API token on the server's own host, whether the server runs or not; prints it to stdout. */
async function main(): Promise<number> {
  const wanted = readArguments()
  const config = processConfig()
  const made = await withStore(config, (db) => createTokenOffline(db, systemClock, { ...wanted, tenantId: DEFAULT_TENANT }))
  writeSync(1, wanted.json ? `${JSON.stringify(made)}\n` : `${made.token}\n`)
  return 0
}

/** Takes the token's own arguments; leaves where the data are to the configuration, which reads the rest. */
function readArguments(): Wanted {
  const own = ['role', 'name', 'days', 'json'] as const
  const text = { type: 'string' } as const
  let values: { role?: string | undefined; name?: string | undefined; days?: string | undefined; json?: boolean | undefined; data?: string | undefined; config?: string | undefined }
  try {
    ({ values } = parseArgs({ options: { role: text, name: text, days: text, json: { type: 'boolean' }, data: text, config: text } }))
  } catch (error) {
    throw new MusterError('usage.invalid', `${error instanceof Error ? error.message : 'bad arguments'}\n${USAGE}`)
  }
  if (values.role === undefined) throw new MusterError('usage.invalid', USAGE)
  const rest = Object.entries(values).filter(([name]) => !(own as readonly string[]).includes(name))
  process.argv.splice(2, Infinity, ...rest.flatMap(([name, value]) => [`--${name}`, String(value)]))
  return { role: values.role, name: values.name ?? `${values.role} token of the command line`, lifetimeDays: readDays(values.days ?? '90'), json: values.json ?? false }
}

function readDays(text: string): number | null {
  if (text === 'never') return null
  const days = Number(text)
  if (!/^\d{1,4}$/.test(text) || days < 1 || days > 3650) throw new MusterError('usage.invalid', `--days is 1 to 3650 or never, not ${JSON.stringify(text)}`)
  return days
}

/** Over the running server's socket, the configured database, or our own PostgreSQL started for this moment. */
async function withStore<Result>(config: Config, work: (db: Db) => Promise<Result>): Promise<Result> {
  const running = config.databaseUrl === null ? await connectionOfRunning(config.dataDir) : null
  if (running !== null) {
    const db = await connectStore(running, { maxConnections: 1 })
    return work(db).finally(() => db.destroy())
  }
  const log = createLog({ level: 'error', clock: systemClock, write: (line) => { writeSync(2, line) } })
  const store = await openStore(config, { clock: systemClock, log })
  return work(store.db).finally(() => store.close())
}

await runProgram(main)
