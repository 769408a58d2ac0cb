import { expect, it } from 'vitest'
import { certificate, context, tlsEndpoint } from '../fixtures.ts'
import { mustStapleMissing } from './must-staple.ts'

const chain = [[certificate({ mustStaple: true })]]

it('only a certificate that demands it and a server that was seen not to do it', () => {
  expect(mustStapleMissing.check(tlsEndpoint(chain, { ocspStapled: false }), context)).not.toBeNull()
  expect(mustStapleMissing.check(tlsEndpoint(chain, { ocspStapled: true }), context)).toBeNull()
  expect(mustStapleMissing.check(tlsEndpoint(chain, { ocspStapled: null }), context)).toBeNull()
  expect(mustStapleMissing.check(tlsEndpoint([[certificate()]], { ocspStapled: false }), context)).toBeNull()
})
