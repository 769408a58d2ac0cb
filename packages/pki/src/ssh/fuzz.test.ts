import { describe } from 'vitest'
import { itAnswersEverything } from './fuzz.testing.ts'
import { sshFuzzTargets } from './fuzz.ts'

describe.each(sshFuzzTargets)('$name', itAnswersEverything)
