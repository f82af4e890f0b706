import { Button, Switch } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { TransferView } from '@portolan/console/contract'
import { IconPlus } from '@tabler/icons-react'
import { api } from '../../api/client.ts'
import { DataTable } from '../../components/data-table.tsx'
import { FilterBar } from '../../components/filter-bar.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import type { Column } from '../../components/rows.tsx'
import { SearchInput } from '../../components/search-input.tsx'
import { Enabled } from '../../components/status.tsx'
import { TimeAgo } from '../../components/time-ago.tsx'
import { useChange } from '../../components/use-change.ts'
import { usePageList } from '../../components/use-page-list.ts'
import { useCan } from '../../shell/me.ts'
import { LastRun } from '../runs/run-state.tsx'
import { AddTransfer } from './add-transfer.tsx'
import { RunNow } from './run-now.tsx'
import { stepsText, whenText } from './transfer-words.ts'

const COLUMNS: readonly Column<TransferView>[] = [
  { key: 'name', header: 'Name', sort: 'name', priority: 1, cell: one => one.name },
  { key: 'enabled', header: 'On', cell: one => <OnSwitch transfer={one} /> },
  { key: 'when', header: 'When', cell: one => whenText(one.schedule, one.trigger) },
  { key: 'steps', header: 'What', cell: one => stepsText(one.steps) },
  { key: 'lastRun', header: 'Last run', cell: one => <LastRun run={one.lastRun} /> },
  {
    key: 'next',
    header: 'Next run',
    cell: one => (one.enabled ? <TimeAgo at={one.next[0]} absent="–" /> : <span className="dimmed">–</span>),
  },
]

function OnSwitch({ transfer }: { transfer: TransferView }) {
  const may = useCan('transfers:write')
  const change = useChange({
    run: (enabled: boolean) =>
      api.post(`/site-transfers/${encodeURIComponent(transfer.name)}/${enabled ? 'enable' : 'disable'}`),
    done: (_, enabled) => `${transfer.name} is ${enabled ? 'on' : 'off'}`,
    renews: ['/site-transfers', '/coming'],
  })
  if (!may) return <Enabled enabled={transfer.enabled} />
  return (
    <Switch
      size="sm"
      aria-label={`${transfer.name} is on`}
      checked={change.isPending ? change.variables : transfer.enabled}
      disabled={change.isPending}
      onChange={event => change.mutate(event.currentTarget.checked)}
    />
  )
}

/** What this server moves by itself, and when. */
export default function SiteTransfersPage() {
  const list = usePageList<TransferView>('/site-transfers', { sort: 'name' }, 15_000)
  const can = useCan('transfers:write')
  const [adding, { open, close }] = useDisclosure(false)
  const add = can && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
      Add a transfer
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Site transfers"
        description="What this server itself pushes to partners and pulls from them, and when."
        actions={add}
      />
      <FilterBar>
        <SearchInput
          label="Search transfers"
          value={list.state.search}
          onChange={search => list.change({ search })}
        />
      </FilterBar>
      <DataTable
        label="Site transfers"
        list={list}
        columns={COLUMNS}
        rowKey={one => one.name}
        href={one => `/site-transfers/${encodeURIComponent(one.name)}`}
        actions={one => <RunNow transfer={one} compact />}
        empty={{
          text: 'There are no transfers yet. One says what is moved to or from a transfer site, and when: by a schedule, or as soon as a file has arrived.',
          action: add,
        }}
      />
      <AddTransfer opened={adding} onClose={close} />
    </>
  )
}
