import { expect, it } from 'vitest'
import { context, credentialSubject, imageLine, secret } from '../fixtures.ts'
import { deletedButInImageLayer } from './deleted-but-in-image-layer.ts'

it('a secret hidden by a later layer is found, with the layer that has it', () => {
  expect(deletedButInImageLayer.check(credentialSubject(secret(), [imageLine({ hiddenBy: 'sha256:2' })]), context))
    .toMatchObject({ severity: 'medium', evidence: 'removed from sight, still in layer sha256:111111111111: registry.example.com/shop:1:app/.env' })
})

it('one in sight is another rule’s', () => {
  expect(deletedButInImageLayer.check(credentialSubject(secret(), [imageLine()]), context)).toBeNull()
})
