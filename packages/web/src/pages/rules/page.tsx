import { useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useFilter } from '../../app/search.ts'
import { Page } from '../../ui/page.tsx'
import { TabPanel, Tabs } from '../../ui/tabs.tsx'
import { DetectionRules } from './detection-rules.tsx'
import { FindingRules } from './finding-rules.tsx'
import { emptyDraft, OwnRules } from './own-rules.tsx'
import { rulesSearchSchema, type RuleTab } from './search.ts'

const tabs = [{ value: 'findings', label: 'Findings' }, { value: 'detection', label: 'Detection' }, { value: 'own', label: 'Own detection rules' }] as const satisfies readonly { value: RuleTab; label: string }[]

/** What counts as wrong, what tells a secret, and one's own rules for that. */
export function RulesPage(): ReactNode {
  const { search, filter, change } = useFilter(rulesSearchSchema)
  const navigate = useNavigate()
  const [draft, setDraft] = useState(emptyDraft)
  const { tab } = filter
  return (
    <Page title="Rules" scroll={false}>
      <div className="flex min-h-0 grow flex-col [&>div>[role=tablist]]:px-page">
        <Tabs label="Rules" value={tab} onChange={(next) => void navigate({ to: '/rules', search: next === 'findings' ? {} : { tab: next } })} tabs={tabs}>
          <TabPanel value={tab} className="relative flex min-h-0 grow flex-col outline-none">
            {tab === 'findings' ? <FindingRules opened={search.rule} /> : tab === 'detection' ? <DetectionRules search={search} change={change} /> : <OwnRules draft={draft} onDraft={setDraft} />}
          </TabPanel>
        </Tabs>
      </div>
    </Page>
  )
}
