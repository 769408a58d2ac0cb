import type { CredentialRow } from '@muster/core/api'
import type { ReactNode } from 'react'
import { dayOf } from '../../format/dates.ts'
import { capital, keyOfRow, pluralText } from '../../format/names.ts'
import { Figure } from '../../ui/figure.tsx'
import { FindingCount } from '../../ui/severity.tsx'
import { Expiry, When } from '../../ui/time.tsx'
import { ValidityStrip } from '../../viz/validity-strip.tsx'

/** The four things one asks first of a credential. */
export function CredentialStatus({ row }: { row: CredentialRow }): ReactNode {
  return (
    <div className="flex flex-wrap gap-x-10 gap-y-4">
      <Figure name="Expires" note={row.notAfter === null ? 'Does not expire by itself' : dayOf(row.notAfter)}>
        {row.notAfter === null ? 'Never' : <span className="flex items-center gap-3"><Expiry at={row.notAfter} from={row.notBefore} /><ValidityStrip notBefore={row.notBefore} notAfter={row.notAfter} /></span>}
      </Figure>
      <Figure name="Open findings" note={row.worstSeverity === null ? 'Nothing wrong' : `Worst: ${row.worstSeverity}`}><FindingCount worst={row.worstSeverity} count={row.findingCount} /></Figure>
      <Figure name="Found in" note={`on ${pluralText(row.machineCount, 'machine')}`}>{pluralText(row.locationCount, 'place')}</Figure>
      <Figure name="State" note={row.goneAt === null ? <>seen <When at={row.lastSeen} /></> : <>gone <When at={row.goneAt} /></>}>{capital(row.state)}</Figure>
      {row.algorithm === null ? null : <Figure name="Key" note={<>first seen <When at={row.firstSeen} /></>}>{keyOfRow(row)}</Figure>}
    </div>
  )
}
