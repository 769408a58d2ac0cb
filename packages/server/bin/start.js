// `npm start`: any Node can read this file; the server itself needs the one that comes with the packages.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const OLDEST = 24
if (!existsSync(fileURLToPath(new URL('../../../node_modules', import.meta.url)))) refuse('its packages are not here yet: run npm ci first')
if (Number.parseInt(process.versions.node, 10) < OLDEST) refuse(`it needs Node ${OLDEST}, and this is ${process.versions.node}: run npm ci without leaving out optional packages, which bring one, and start it by npm start`)
await import('../src/main.ts')

/** @param {string} why */
function refuse(why) {
  process.stderr.write(`muster: ${why}\n`)
  process.exit(2)
}
