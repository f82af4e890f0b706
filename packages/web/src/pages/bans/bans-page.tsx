import { Button, Select, Tabs } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { Ban } from '@portolan/console/contract'
import { IconPlus } from '@tabler/icons-react'
import { api } from '../../api/client.ts'
import { CodeText } from '../../components/code-text.tsx'
import { ConfirmButton } from '../../components/confirm.tsx'
import { DataTable } from '../../components/data-table.tsx'
import { FilterBar } from '../../components/filter-bar.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import type { Column } from '../../components/rows.tsx'
import { SearchInput } from '../../components/search-input.tsx'
import { TimeAgo } from '../../components/time-ago.tsx'
import { useChange } from '../../components/use-change.ts'
import { usePageList } from '../../components/use-page-list.ts'
import { useUrlText } from '../../components/use-url-text.ts'
import { useCan } from '../../shell/me.ts'
import { AddBan } from './add-ban.tsx'
import { AllowList } from './allow-list.tsx'

const COLUMNS: readonly Column<Ban>[] = [
  { key: 'value', header: 'Who', sort: 'value', priority: 1, cell: ban => <CodeText>{ban.value}</CodeText> },
  { key: 'kind', header: 'Kind', cell: ban => (ban.kind === 'address' ? 'address' : 'user') },
  { key: 'reason', header: 'Reason', cell: ban => ban.reason || '–' },
  { key: 'by', header: 'By', cell: ban => ban.by },
  { key: 'at', header: 'Since', sort: 'at', cell: ban => <TimeAgo at={ban.at} /> },
  {
    key: 'until',
    header: 'Ends',
    sort: 'until',
    cell: ban => <TimeAgo at={ban.until} absent="when it is lifted" />,
  },
]

/** Who is kept out, and who never is. */
export default function BansPage() {
  const [tab, setTab] = useUrlText('tab', 'bans')
  const can = useCan('bans:write')
  const [adding, { open, close }] = useDisclosure(false)
  const add = can && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
      Ban somebody
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Bans"
        description="Addresses and users who are kept out: by hand, or by the limits on failed logins."
        actions={add}
      />
      <Tabs value={tab} onChange={value => setTab(value ?? 'bans')} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="bans">Bans in force</Tabs.Tab>
          <Tabs.Tab value="allow">Allow list</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="bans">
          <Bans can={can} add={add} />
        </Tabs.Panel>
        <Tabs.Panel value="allow">
          <AllowList readOnly={!can} />
        </Tabs.Panel>
      </Tabs>
      <AddBan opened={adding} onClose={close} />
    </>
  )
}

function Bans({ can, add }: { can: boolean; add: React.ReactNode }) {
  const list = usePageList<Ban>('/bans', { sort: 'at', order: 'desc', filters: { kind: '' } }, 15_000)
  return (
    <>
      <FilterBar>
        <SearchInput
          label="Search bans"
          value={list.state.search}
          onChange={search => list.change({ search })}
        />
        <Select
          aria-label="Kind"
          placeholder="Any kind"
          clearable
          data={[
            { value: 'address', label: 'Addresses' },
            { value: 'user', label: 'Users' },
          ]}
          value={list.state.filters.kind || null}
          onChange={kind => list.change({ filters: { kind: kind ?? '' } })}
        />
      </FilterBar>
      <DataTable
        label="Bans in force"
        list={list}
        columns={COLUMNS}
        rowKey={ban => ban.id}
        actions={can ? ban => <Lift ban={ban} /> : undefined}
        empty={{
          text: 'Nobody is banned. Who fails to log in too often is, for a while, by itself.',
          action: add,
        }}
      />
    </>
  )
}

function Lift({ ban }: { ban: Ban }) {
  const lift = useChange({
    run: () => api.delete(`/bans/${encodeURIComponent(ban.id)}`),
    done: `The ban of ${ban.value} is lifted`,
    renews: ['/bans', '/overview'],
    errors: 'self',
  })
  return (
    <ConfirmButton
      title={`Lift the ban of ${ban.value}?`}
      verb="Lift the ban"
      onConfirm={() => lift.mutateAsync()}
      button={ask => (
        <Button size="xs" variant="default" onClick={ask} aria-label={`Lift the ban of ${ban.value}`}>
          Lift
        </Button>
      )}
    >
      {ban.kind === 'address'
        ? 'Connections from there are taken again at once.'
        : 'The user may log in again at once.'}
    </ConfirmButton>
  )
}
