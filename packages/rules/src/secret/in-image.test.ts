import { expect, it } from 'vitest'
import { context, credentialSubject, imageLine, secret } from '../fixtures.ts'
import { inImage } from './in-image.ts'

it('a secret one sees in the image is found', () => {
  expect(inImage.check(credentialSubject(secret(), [imageLine()]), context)).toMatchObject({ severity: 'high', places: ['registry.example.com/shop:1:app/.env'] })
})

it('one that a later layer hides is another rule’s', () => {
  expect(inImage.check(credentialSubject(secret(), [imageLine({ hiddenBy: 'sha256:2' })]), context)).toBeNull()
})
