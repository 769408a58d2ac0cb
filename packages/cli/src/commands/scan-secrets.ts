import { defineCommand } from '../command.ts'
import { scanForSecrets } from '../secrets/run.ts'
import { secretsScanOptions } from '../secrets/scan-options.ts'

/** `muster scan secrets` */
export const scanSecrets = defineCommand({
  name: 'scan secrets',
  summary: 'Finds secrets in directories, files, git repositories with their history, and container images; - reads standard input. Exits with 1 when there are any that no baseline knows. Values are never shown unless --redact says so.',
  operands: '[TARGET…|-]',
  options: secretsScanOptions,
  run: ({ operands, options }, environment) => scanForSecrets([...operands, ...options.source === undefined ? [] : [options.source]], options, environment),
})
