#!/usr/bin/env node
// Runs on any Node: hands over to the pinned one that came with the packages, where there is one.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const pinned = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url))
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const child = spawn(existsSync(pinned) ? pinned : process.execPath, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
// Ctrl-C reaches the child by the terminal; this process waits for how it ends.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => { if (signal === 'SIGTERM') child.kill(signal) })
child.on('exit', (code, signal) => { process.exitCode = signal === null ? (code ?? 70) : 130 })
