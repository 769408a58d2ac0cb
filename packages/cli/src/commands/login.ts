import { createInterface } from 'node:readline/promises'
import { MusterError, Secret } from '@muster/core'
import { createClient } from '../api/client.ts'
import { forgetLogin, requireServerUrl, serverOptions, storeLogin } from '../api/login.ts'
import { defineCommand } from '../command.ts'

/** `muster login` */
export const login = defineCommand({
  name: 'login',
  summary: 'Stores a server and an API token for later commands, after asking the server whether the token is good. The token is read from --token, MUSTER_TOKEN, or standard input.',
  options: serverOptions,
  run: async ({ options }, environment) => {
    const server = options.server ?? environment.server
    if (server === null || server === undefined) throw new MusterError('usage.invalid', 'login needs --server URL')
    requireServerUrl(server)
    const given = options.token ?? environment.token ?? (await askToken(environment.terminal.interactive, environment.readStdin))
    if (given === '') throw new MusterError('usage.invalid', 'login needs a token: create one in the settings, or with `muster token create` on the server')
    const access = { server, token: Secret.fromText(given) }
    const session = await createClient(access, environment.signal).call('getSession', {})
    if (session.role === null) throw new MusterError('auth.failed', 'the server does not know this token')
    await storeLogin(environment.loginFile, access)
    environment.terminal.say(`signed in to ${new URL(server).origin} as ${session.role}`)
  },
})

/** `muster logout` */
export const logout = defineCommand({
  name: 'logout',
  summary: 'Forgets the stored login.',
  options: {},
  run: async (_input, environment) => { await forgetLogin(environment.loginFile) },
})

async function askToken(interactive: boolean, readStdin: () => Promise<Uint8Array>): Promise<string> {
  if (!interactive || !process.stdin.isTTY) return new TextDecoder().decode(await readStdin()).trim()
  const prompt = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return (await prompt.question('API token: ')).trim()
  } finally {
    prompt.close()
  }
}
