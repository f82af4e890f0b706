import { Drawer } from '@mantine/core'
import type { AuditEntry } from '@portolan/console/contract'
import { useState } from 'react'
import { CodeText } from '../../components/code-text.tsx'
import { Facts } from '../../components/facts.tsx'
import { FilterBar } from '../../components/filter-bar.tsx'
import { HoursSelect } from '../../components/hours-select.tsx'
import { LogTable } from '../../components/log-table.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import type { Column } from '../../components/rows.tsx'
import { SearchInput } from '../../components/search-input.tsx'
import { Status } from '../../components/status.tsx'
import { Time } from '../../components/time-ago.tsx'
import { useLogList } from '../../components/use-log-list.ts'
import { differences } from './difference.ts'
import { DifferenceView } from './difference-view.tsx'

const OPENS = { search: '', actor: '', action: '', target: '', hours: '' }

const Outcome = ({ outcome }: Pick<AuditEntry, 'outcome'>) => (
  <Status tone={outcome === 'done' ? 'good' : 'warn'}>{outcome}</Status>
)

const COLUMNS: readonly Column<AuditEntry>[] = [
  { key: 'at', header: 'When', width: 155, cell: one => <Time at={one.at} /> },
  { key: 'actor', header: 'Who', cell: one => one.actor },
  { key: 'action', header: 'What', priority: 1, cell: one => one.action },
  { key: 'target', header: 'Of', cell: one => one.target || '–' },
  {
    key: 'changed',
    header: 'Changed',
    cell: one => {
      const changed = differences(one.before, one.after).map(({ path }) => path)
      const text = changed.length > 4 ? `${changed.slice(0, 4).join(', ')} …` : changed.join(', ')
      return <span title={changed.join(', ')}>{text || one.text || '–'}</span>
    },
  },
  { key: 'address', header: 'From', priority: 3, cell: one => one.address },
  { key: 'outcome', header: 'Outcome', cell: one => <Outcome outcome={one.outcome} /> },
]

/** Who changed what, newest first. */
export default function AuditPage() {
  const log = useLogList<AuditEntry>('/audit', OPENS)
  const [open, setOpen] = useState<AuditEntry>()
  const { filters, change } = log
  const filtered = Object.values(filters).some(value => value !== '')
  return (
    <>
      <PageHeader
        title="Audit"
        description="Who changed what, when and from where. Nobody can change this log."
      />
      <FilterBar>
        <SearchInput
          label="Search the audit log"
          value={filters.search ?? ''}
          onChange={search => change({ search })}
        />
        <SearchInput label="Who" value={filters.actor ?? ''} onChange={actor => change({ actor })} />
        <SearchInput label="Action" value={filters.action ?? ''} onChange={action => change({ action })} />
        <SearchInput label="Of what" value={filters.target ?? ''} onChange={target => change({ target })} />
        <HoursSelect value={filters.hours} onChange={hours => change({ hours })} />
      </FilterBar>
      <LogTable
        label="Audit log"
        log={log}
        columns={COLUMNS}
        rowKey={one => one.id}
        onOpen={setOpen}
        empty={{ text: filtered ? 'No entry is like that.' : 'Nothing was changed yet.' }}
      />
      <Drawer opened={open !== undefined} onClose={() => setOpen(undefined)} title={open?.action} size="lg">
        {open && (
          <>
            <Facts
              rows={[
                ['Who', open.actor],
                ['Of', open.target],
                ['When', <Time key="t" at={open.at} />],
                ['From', open.address && <CodeText key="a">{open.address}</CodeText>],
                ['Outcome', <Outcome key="o" outcome={open.outcome} />],
                ['Remark', open.text],
                ['Node', open.node],
              ]}
            />
            <DifferenceView differences={differences(open.before, open.after)} />
          </>
        )}
      </Drawer>
    </>
  )
}
