import { createSecretsConnector } from '@muster/connectors'
import { fingerprintsUnder } from '@muster/detect'
import { Secret } from '@muster/core'
import { expect, it } from 'vitest'
import { configurationPlaces } from './first-places.ts'

it('the first look is at places that are there, and nowhere where none is', () => {
  expect(configurationPlaces((path) => path === '/etc' || path === '/srv')).toMatchObject({ targets: ['/etc', '/srv'] })
  expect(configurationPlaces(() => false)).toBeNull()
})

it('its options are a scan’s, bounded in files and bytes, and read no history', () => {
  const { options } = createSecretsConnector({ fingerprints: fingerprintsUnder(new Secret(new Uint8Array(32))) })
  const parsed = options.parse(configurationPlaces(() => true))
  expect(parsed).toMatchObject({ as: 'directory', history: false, decode: false })
  expect(parsed.maxFiles).toBeLessThanOrEqual(20_000)
  expect(parsed.maxFileBytes).toBeLessThanOrEqual(1024 * 1024)
})
