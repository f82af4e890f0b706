import { Anchor, Button, Skeleton, Text } from '@mantine/core'
import type { AccessStream } from '@portolan/console/contract'
import { IconListDetails } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { CodeText } from '../../../components/code-text.tsx'
import { EmptyView } from '../../../components/empty-view.tsx'
import { ErrorView } from '../../../components/error-view.tsx'
import { FilterBar } from '../../../components/filter-bar.tsx'
import { PageHeader } from '../../../components/page-header.tsx'
import { type Column, Rows } from '../../../components/rows.tsx'
import { SearchInput } from '../../../components/search-input.tsx'
import { Bytes, TimeAgo, useNow } from '../../../components/time-ago.tsx'
import { useUrlText } from '../../../components/use-url-text.ts'
import { countText, durationText, plural } from '../../../format/format.ts'
import { useCan } from '../../../shell/me.ts'
import classes from '../shared/shared.module.css'
import { KickStream } from './kick-stream.tsx'
import { lastMovedAt, searched, targetText } from './stream-words.ts'
import { useLiveStreams } from './use-live-streams.ts'

/** Streams that are drawn at once; there may be thousands. */
const STEP = 100

const COLUMNS: readonly Column<AccessStream>[] = [
  {
    key: 'user',
    header: 'User',
    priority: 1,
    cell: one => (
      <span title={one.Device === '' ? undefined : `on ${one.Device}`}>{one.Username || 'nobody'}</span>
    ),
  },
  {
    key: 'target',
    header: 'Target',
    cell: one => <CodeText>{targetText(one.Host, one.ServicePort)}</CodeText>,
  },
  { key: 'role', header: 'Role', cell: one => one.Role },
  { key: 'segment', header: 'Segment', cell: one => one.Application },
  { key: 'connector', header: 'Connector', priority: 3, cell: one => one.Connector },
  { key: 'sent', header: 'Sent', align: 'right', cell: one => <Bytes value={one.ZENTotalBytesRxClient} /> },
  {
    key: 'received',
    header: 'Received',
    align: 'right',
    cell: one => <Bytes value={one.ZENTotalBytesTxClient} />,
  },
  { key: 'since', header: 'Since', cell: one => <TimeAgo at={one.TimestampConnectionStart} /> },
  { key: 'idle', header: 'Idle', align: 'right', cell: one => <Idle stream={one} /> },
]

function Idle({ stream }: { stream: AccessStream }) {
  const now = useNow(2_000)
  const idleMs = now - lastMovedAt(stream)
  return <span className="tabular">{idleMs < 2_000 ? 'moving' : durationText(idleMs)}</span>
}

/** Who reaches what at this moment. */
export default function StreamsPage() {
  const query = useLiveStreams()
  const canKick = useCan('access:run')
  const [search, setSearch] = useUrlText('search', '')
  const [most, setMost] = useState(STEP)
  const all = query.data?.items
  const found = useMemo(() => (all ? searched(all, search) : []), [all, search])
  return (
    <>
      <PageHeader
        title="Live streams"
        description="Connections through the access path as they are now. Open one to see its whole FTP session."
        actions={
          <Button
            component={Link}
            to="/access/log"
            variant="default"
            leftSection={<IconListDetails size={16} aria-hidden />}
          >
            Access log
          </Button>
        }
      />
      <FilterBar>
        <SearchInput label="Search user, target, segment" value={search} onChange={setSearch} />
        <Text size="sm" c="dimmed" ta="right" className={classes.count} role="status">
          {all &&
            (search === ''
              ? plural(all.length, 'stream')
              : `${countText(found.length)} of ${plural(all.length, 'stream')}`)}
        </Text>
      </FilterBar>
      {query.error && !all && <ErrorView error={query.error} onRetry={() => void query.refetch()} />}
      {!all && !query.error && <Skeleton height={320} radius="md" aria-busy="true" />}
      {all && found.length === 0 && (
        <EmptyView
          text={
            search === ''
              ? 'Nobody reaches anything through the access path now. A stream shows here as soon as an agent opens one.'
              : `No stream holds “${search}”.`
          }
          action={
            search === '' && (
              <Anchor component={Link} to="/access" size="sm">
                What is set up, and what is missing
              </Anchor>
            )
          }
        />
      )}
      {found.length > 0 && (
        <Rows
          label="Live streams"
          columns={COLUMNS}
          rows={found.slice(0, most)}
          rowKey={one => one.ConnectionID}
          href={one => `/access/sessions/${encodeURIComponent(one.SessionID)}`}
          actions={one => canKick && <KickStream stream={one} />}
        />
      )}
      {found.length > most && (
        <Button mt="sm" variant="default" size="xs" onClick={() => setMost(most + STEP)}>
          Show {countText(Math.min(STEP, found.length - most))} more
        </Button>
      )}
    </>
  )
}
