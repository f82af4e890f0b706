import { Button, Select, Switch } from '@mantine/core'
import type { Transfer } from '@portolan/console/contract'
import { IconArrowDown, IconArrowUp, IconDownload, IconList } from '@tabler/icons-react'
import { useState } from 'react'
import { apiUrl } from '../../api/client.ts'
import { FilterBar } from '../../components/filter-bar.tsx'
import { HoursSelect } from '../../components/hours-select.tsx'
import { LogTable } from '../../components/log-table.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import type { Column } from '../../components/rows.tsx'
import { SearchInput } from '../../components/search-input.tsx'
import { Verdict } from '../../components/status.tsx'
import { Bytes, Duration, Time } from '../../components/time-ago.tsx'
import { logQuery, useLogList } from '../../components/use-log-list.ts'
import { useLive } from '../../live/use-live.ts'
import { TransferDrawer } from './transfer-drawer.tsx'
import { speedText } from './transfer-texts.ts'
import classes from './transfers.module.css'

const OPENS = { search: '', user: '', direction: '', verdict: '', mode: '', hours: '', listings: 'false' }
/** Rows that came live and are held; who wants older ones loads them. */
const MOST_LIVE = 200

const ICONS = { upload: IconArrowUp, download: IconArrowDown, listing: IconList } as const

const COLUMNS: readonly Column<Transfer>[] = [
  { key: 'at', header: 'Ended', width: 155, cell: one => <Time at={one.at} /> },
  { key: 'user', header: 'User', cell: one => one.user },
  {
    key: 'path',
    header: 'File',
    priority: 1,
    width: 320,
    truncate: true,
    cell: one => {
      const Icon = ICONS[one.direction]
      return (
        <span className={classes.file} title={one.path}>
          <Icon size={15} role="img" aria-label={one.direction} />
          <span>{one.path}</span>
        </span>
      )
    },
  },
  { key: 'bytes', header: 'Size', align: 'right', cell: one => <Bytes value={one.bytes} /> },
  {
    key: 'ms',
    header: 'Took',
    align: 'right',
    priority: 3,
    cell: one => (
      <span title={speedText(one)}>
        <Duration ms={one.ms} />
      </span>
    ),
  },
  { key: 'mode', header: 'Mode', priority: 3, cell: one => one.mode },
  { key: 'address', header: 'Client', priority: 3, cell: one => one.address },
  { key: 'verdict', header: 'Verdict', cell: one => <Verdict verdict={one.verdict} /> },
]

/** What was moved, newest first. */
export default function TransfersPage() {
  const log = useLogList<Transfer>('/transfers', OPENS)
  const [open, setOpen] = useState<Transfer>()
  const [live, setLive] = useState<readonly Transfer[]>([])
  const { filters, change } = log
  const filtered = Object.entries(filters).some(([name, value]) => name !== 'listings' && value !== '')
  useLive(filtered ? [] : ['transfer'], {
    transfer: one => {
      if (one.direction === 'listing' && filters.listings !== 'true') return
      setLive(rows => [one, ...rows].slice(0, MOST_LIVE))
    },
  })
  return (
    <>
      <PageHeader
        title="Transfers log"
        description="Every file that was moved, how it ended, and why it went the way it went."
        actions={
          <Button
            component="a"
            href={apiUrl('/transfers.csv', logQuery(filters))}
            download="transfers.csv"
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            CSV
          </Button>
        }
      />
      <FilterBar>
        <SearchInput
          label="Search paths, users, addresses"
          value={filters.search ?? ''}
          onChange={search => change({ search })}
        />
        <SearchInput label="User" value={filters.user ?? ''} onChange={user => change({ user })} />
        <Select
          aria-label="Direction"
          placeholder="Any direction"
          clearable
          data={[
            { value: 'upload', label: 'Uploads' },
            { value: 'download', label: 'Downloads' },
            { value: 'listing', label: 'Listings' },
          ]}
          value={filters.direction || null}
          onChange={direction =>
            change({ direction: direction ?? '', ...(direction === 'listing' && { listings: 'true' }) })
          }
        />
        <Select
          aria-label="Verdict"
          placeholder="Any verdict"
          clearable
          data={['complete', 'broken', 'failed', 'refused']}
          value={filters.verdict || null}
          onChange={verdict => change({ verdict: verdict ?? '' })}
        />
        <Select
          aria-label="Mode"
          placeholder="Any mode"
          clearable
          data={[
            { value: 'passive', label: 'Passive' },
            { value: 'active', label: 'Active' },
            { value: 'web', label: 'Web console' },
          ]}
          value={filters.mode || null}
          onChange={mode => change({ mode: mode ?? '' })}
        />
        <HoursSelect value={filters.hours} onChange={hours => change({ hours })} />
        <Switch
          label="With listings"
          className={classes.switch}
          checked={filters.listings === 'true'}
          onChange={event => change({ listings: String(event.currentTarget.checked) })}
        />
      </FilterBar>
      <LogTable
        label="Transfers"
        log={log}
        live={filtered ? [] : live}
        columns={COLUMNS}
        rowKey={one => one.id}
        onOpen={setOpen}
        empty={{
          text: filtered
            ? 'No transfer is like that.'
            : 'Nothing was moved yet. A transfer shows up here as soon as it has ended.',
        }}
      />
      <TransferDrawer transfer={open} onClose={() => setOpen(undefined)} />
    </>
  )
}
