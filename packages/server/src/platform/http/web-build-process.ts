// Runs Vite in a process of its own: its memory goes when it is done, and the server answers meanwhile.
import { build } from 'vite'

const [root, outDir] = process.argv.slice(2)
if (root === undefined || outDir === undefined) throw new TypeError('usage: web-build-process ROOT OUT')
await build({ root, configFile: `${root}/vite.config.ts`, logLevel: 'warn', build: { outDir, emptyOutDir: true } })
