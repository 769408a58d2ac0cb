import type { CredentialFilter } from '@muster/core/api'
import { Download } from 'lucide-react'
import type { ReactNode } from 'react'
import { urlOf } from '../../api/client.ts'
import { Button } from '../../ui/button.tsx'
import { Menu, MenuLink } from '../../ui/menu.tsx'

const formats = [['csv', 'CSV'], ['json', 'JSON'], ['ndjson', 'NDJSON'], ['cbom-1.7', 'CycloneDX CBOM 1.7'], ['cbom-1.6', 'CycloneDX CBOM 1.6']] as const

/** Everything the filter matches, as a file. */
export function ExportMenu({ filter }: { filter: CredentialFilter }): ReactNode {
  return (
    <Menu trigger={<Button><Download aria-hidden />Export</Button>}>
      {formats.map(([format, label]) => <MenuLink key={format} download href={urlOf('exportCredentials', { query: { ...filter, format } })}>{label}</MenuLink>)}
    </Menu>
  )
}
