import type { Certificate } from '@muster/core'
import { Download } from 'lucide-react'
import type { ReactNode } from 'react'
import { pemOf } from '../../format/names.ts'
import { Button } from '../../ui/button.tsx'
import { download } from '../../ui/download.ts'
import { CopyButton, Section } from '../../ui/text.tsx'

/** The certificate itself, to copy or to keep. */
export function CertificatePem({ certificate }: { certificate: Certificate }): ReactNode {
  const pem = pemOf('CERTIFICATE', certificate.der)
  const name = (certificate.commonName ?? certificate.fingerprint.slice(0, 16)).replaceAll(/[^\w.-]+/g, '_')
  return (
    <Section title="PEM" aside={<><CopyButton text={pem} what="PEM" className="size-7" /><Button onClick={() => download(`${name}.pem`, 'application/x-pem-file', pem)}><Download aria-hidden />Download</Button></>}>
      <pre tabIndex={0} aria-label="PEM" className="max-h-44 overflow-auto rounded-md bg-sunken p-3 text-2xs leading-4 text-ink-2">{pem}</pre>
    </Section>
  )
}
