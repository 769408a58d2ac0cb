import { expect, test } from 'vitest'
import { commands } from './index.ts'

test('every command is the one its entry names', async () => {
  for (const entry of commands) expect((await entry.load()).name).toBe(entry.name)
  expect(new Set(commands.map(({ name }) => name)).size).toBe(commands.length)
})
