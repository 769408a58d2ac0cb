import { connect, serverOptions } from '../api/login.ts'
import { defineCommand } from '../command.ts'
import { followPages, printRows, rowOptions, wholeNumber } from '../output.ts'

/** `muster jobs` */
export const jobs = defineCommand({
  name: 'jobs',
  summary: "Lists the server's background jobs, newest first; `--cancel ID` asks one to stop.",
  options: {
    state: { type: 'string', value: 'STATE', help: 'queued, active, completed, failed, cancelled' },
    cancel: { type: 'string', value: 'ID', help: 'cancel this job' },
    limit: { type: 'string', value: 'N', help: 'at most so many rows (default 100)' },
    ...rowOptions, ...serverOptions,
  },
  run: async ({ options }, environment) => {
    const client = await connect(options, environment)
    if (options.cancel !== undefined) {
      const job = await client.call('cancelJob', { params: { id: options.cancel } })
      environment.terminal.say(`${job.title}: ${job.state}`)
      return
    }
    const pages = followPages((cursor, limit) => client.call('listJobs', { query: { state: options.state, cursor, limit } as never }), wholeNumber('limit', options.limit, 100))
    await printRows(pages, [
      { heading: 'STATE', cell: (row) => row.state },
      { heading: 'JOB', cell: (row) => row.title, flexible: true },
      { heading: 'CREATED', cell: (row) => row.createdAt },
      { heading: 'FINISHED', cell: (row) => row.finishedAt ?? '' },
      { heading: 'ERROR', cell: (row) => row.error ?? '', flexible: true },
      { heading: 'ID', cell: (row) => row.id },
    ], options, environment.terminal)
  },
})
