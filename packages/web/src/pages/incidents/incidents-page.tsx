import { Drawer, Select } from '@mantine/core'
import type { Incident } from '@portolan/console/contract'
import { useState } from 'react'
import { CodeText } from '../../components/code-text.tsx'
import { Facts } from '../../components/facts.tsx'
import { FilterBar } from '../../components/filter-bar.tsx'
import { HoursSelect } from '../../components/hours-select.tsx'
import { JsonView } from '../../components/json-view.tsx'
import { LogTable } from '../../components/log-table.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import type { Column } from '../../components/rows.tsx'
import { SearchInput } from '../../components/search-input.tsx'
import { Time } from '../../components/time-ago.tsx'
import { useLogList } from '../../components/use-log-list.ts'
import { useLive } from '../../live/use-live.ts'
import { KINDS, kindText } from './incident-kinds.ts'

const OPENS = { search: '', kind: '', code: '', user: '', address: '', hours: '' }
const MOST_LIVE = 200

const COLUMNS: readonly Column<Incident>[] = [
  { key: 'at', header: 'When', width: 155, cell: one => <Time at={one.at} /> },
  { key: 'kind', header: 'Kind', cell: one => kindText(one.kind) },
  { key: 'text', header: 'What', priority: 1, cell: one => one.text || one.code },
  { key: 'user', header: 'User', cell: one => one.user || '–' },
  { key: 'address', header: 'Client', cell: one => one.address || '–' },
]

/** What failed or was refused, newest first. */
export default function IncidentsPage() {
  const log = useLogList<Incident>('/incidents', OPENS)
  const [open, setOpen] = useState<Incident>()
  const [live, setLive] = useState<readonly Incident[]>([])
  const { filters, change } = log
  const filtered = Object.values(filters).some(value => value !== '')
  useLive(filtered ? [] : ['incident'], {
    incident: one => setLive(rows => [one, ...rows].slice(0, MOST_LIVE)),
  })
  return (
    <>
      <PageHeader
        title="Incidents"
        description="What failed or was refused: logins, data connections, transfers, TLS. Diagnosis has them by cause, with advice."
      />
      <FilterBar>
        <SearchInput
          label="Search incidents"
          value={filters.search ?? ''}
          onChange={search => change({ search })}
        />
        <Select
          aria-label="Kind"
          placeholder="Any kind"
          clearable
          data={KINDS.map(([value, label]) => ({ value, label }))}
          value={filters.kind || null}
          onChange={kind => change({ kind: kind ?? '' })}
        />
        <SearchInput label="User" value={filters.user ?? ''} onChange={user => change({ user })} />
        <SearchInput
          label="Client address"
          value={filters.address ?? ''}
          onChange={address => change({ address })}
        />
        <HoursSelect value={filters.hours} onChange={hours => change({ hours })} />
      </FilterBar>
      <LogTable
        label="Incidents"
        log={log}
        live={filtered ? [] : live}
        columns={COLUMNS}
        rowKey={one => one.id}
        onOpen={setOpen}
        empty={{
          text: filtered ? 'No incident is like that.' : 'Nothing has failed. That is how it should be.',
        }}
      />
      <Drawer opened={open !== undefined} onClose={() => setOpen(undefined)} title="Incident" size="md">
        {open && (
          <>
            <Facts
              rows={[
                ['What', open.text],
                ['Kind', kindText(open.kind)],
                ['Code', open.code && <CodeText key="c">{open.code}</CodeText>],
                ['When', <Time key="t" at={open.at} />],
                ['User', open.user],
                ['Client', open.address && <CodeText key="a">{open.address}</CodeText>],
                ['Session', open.session && <CodeText key="s">{open.session}</CodeText>],
                ['Node', open.node],
              ]}
            />
            <JsonView label="Details" value={open.detail} />
          </>
        )}
      </Drawer>
    </>
  )
}
