import { Button, Select } from '@mantine/core'
import type { AccessStream } from '@portolan/console/contract'
import { IconActivity } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { CodeText } from '../../../components/code-text.tsx'
import { FilterBar } from '../../../components/filter-bar.tsx'
import { HoursSelect } from '../../../components/hours-select.tsx'
import { LogTable } from '../../../components/log-table.tsx'
import { NameFilter } from '../../../components/name-filter.tsx'
import { PageHeader } from '../../../components/page-header.tsx'
import type { Column } from '../../../components/rows.tsx'
import { SearchInput } from '../../../components/search-input.tsx'
import { Status } from '../../../components/status.tsx'
import { Bytes, Time } from '../../../components/time-ago.tsx'
import { useLogList } from '../../../components/use-log-list.ts'
import { useLive } from '../../../live/use-live.ts'
import { useAccessNames, useMemberNames } from '../shared/use-access-names.ts'
import { StreamDrawer } from './stream-drawer.tsx'
import { asTold, statusOf, targetText, toldWith } from './stream-words.ts'

const OPENS = { user: '', segment: '', connector: '', code: '', status: '', session: '', hours: '' }

const COLUMNS: readonly Column<AccessStream>[] = [
  { key: 'at', header: 'Began', width: 155, cell: one => <Time at={one.TimestampConnectionStart} /> },
  { key: 'user', header: 'User', priority: 1, cell: one => one.Username || 'nobody' },
  {
    key: 'target',
    header: 'Target',
    cell: one => <CodeText>{targetText(one.Host, one.ServicePort)}</CodeText>,
  },
  { key: 'segment', header: 'Segment', cell: one => one.Application || <span className="dimmed">none</span> },
  { key: 'connector', header: 'Connector', priority: 3, cell: one => one.Connector },
  { key: 'sent', header: 'Sent', align: 'right', cell: one => <Bytes value={one.ZENTotalBytesRxClient} /> },
  {
    key: 'received',
    header: 'Received',
    align: 'right',
    cell: one => <Bytes value={one.ZENTotalBytesTxClient} />,
  },
  { key: 'status', header: 'Status', cell: one => <StreamStatus stream={one} /> },
  {
    key: 'code',
    header: 'Code',
    cell: one => <CodeText title={one.Text}>{one.InternalReason || '–'}</CodeText>,
  },
]

function StreamStatus({ stream }: { stream: AccessStream }) {
  const [tone, word] = statusOf(stream)
  return <Status tone={tone}>{word}</Status>
}

/** Every connection through the access path, and every one that was refused. */
export default function AccessLogPage() {
  const log = useLogList<AccessStream>('/access/streams', OPENS)
  const [open, setOpen] = useState<AccessStream>()
  const segments = useAccessNames('/access/segments')
  const connectors = useMemberNames('connector')
  const [told, setTold] = useState<readonly AccessStream[]>([])
  useLive(['stream'], { stream: ({ changed }) => setTold(before => toldWith(before, changed)) })
  const { filters, change } = log
  const filtered = Object.values(filters).some(value => value !== '')
  const codes = [...new Set(log.rows?.map(one => one.InternalReason))].filter(code => code !== '').sort()
  return (
    <>
      <PageHeader
        title="Access log"
        description="Every connection that was opened or refused: who, to what, by which rule and connector, and how it ended."
        actions={
          <Button
            component={Link}
            to="/access/streams"
            variant="default"
            leftSection={<IconActivity size={16} aria-hidden />}
          >
            Live streams
          </Button>
        }
      />
      <FilterBar>
        <SearchInput
          label="User"
          maxLength={128}
          value={filters.user ?? ''}
          onChange={user => change({ user })}
        />
        <NameFilter
          label="Segment"
          names={segments}
          value={filters.segment ?? ''}
          onChange={segment => change({ segment })}
        />
        <NameFilter
          label="Connector"
          names={connectors}
          value={filters.connector ?? ''}
          onChange={connector => change({ connector })}
        />
        <NameFilter
          label="Code"
          names={codes}
          value={filters.code ?? ''}
          onChange={code => change({ code })}
        />
        <Select
          aria-label="Status"
          placeholder="Any status"
          clearable
          data={[
            { value: 'open', label: 'Opening' },
            { value: 'active', label: 'Open' },
            { value: 'close', label: 'Closed' },
            { value: 'refused', label: 'Refused' },
          ]}
          value={filters.status || null}
          onChange={status => change({ status: status ?? '' })}
        />
        <HoursSelect value={filters.hours} onChange={hours => change({ hours })} />
        {filters.session !== '' && (
          <Button variant="default" onClick={() => change({ session: '' })}>
            All sessions
          </Button>
        )}
      </FilterBar>
      <LogTable
        label="Access log"
        log={log.rows ? { ...log, rows: asTold(log.rows, told) } : log}
        live={filtered ? [] : told}
        columns={COLUMNS}
        rowKey={one => one.ConnectionID}
        onOpen={setOpen}
        empty={{
          text: filtered
            ? 'No connection is like that.'
            : 'Nothing has passed, and nothing was refused. A connection shows up here as soon as an agent asks for one.',
        }}
      />
      <StreamDrawer stream={open} onClose={() => setOpen(undefined)} />
    </>
  )
}
