import { expect, it } from 'vitest'
import { certificate, context, tlsEndpoint } from '../fixtures.ts'
import { nameMismatch } from './name-mismatch.ts'

it('another name is found, a matching wildcard is not', () => {
  const other = certificate({ subjectAltNames: [{ type: 'dns', value: 'api.example.org' }] })
  expect(nameMismatch.check(tlsEndpoint([[other]]), context)?.evidence).toBe('asked for www.example.org; the certificate names api.example.org')
  expect(nameMismatch.check(tlsEndpoint([[certificate({ subjectAltNames: [{ type: 'dns', value: '*.example.org' }] })]]), context)).toBeNull()
})

it('a scanned address is no name', () => {
  expect(nameMismatch.check(tlsEndpoint([[certificate()]], {}, { host: '10.0.0.7', sni: null }), context)).toBeNull()
})
