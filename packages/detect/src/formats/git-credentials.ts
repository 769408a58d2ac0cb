import type { Format } from './input.ts'
import { addUrlLogins } from './urls.ts'

/** git's `store` credential helper: one URL with user and password a line (git-credential-store(1)). */
export const gitCredentialsFormat: Format = {
  id: 'git-credentials',
  matches: (input) => /^\.?git-credentials(?:\.|$)/.test(input.name) || /(?:^|\/)git\/credentials$/.test(input.path),
  extract: (input, into) => addUrlLogins(input.text, into, 'git-credentials'),
}
