import { Button, SegmentedControl, Select } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { User } from '@portolan/console/contract'
import { IconPlus } from '@tabler/icons-react'
import { DataTable } from '../../components/data-table.tsx'
import { FilterBar } from '../../components/filter-bar.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import type { Column } from '../../components/rows.tsx'
import { SearchInput } from '../../components/search-input.tsx'
import { Enabled, Status } from '../../components/status.tsx'
import { TimeAgo } from '../../components/time-ago.tsx'
import { usePageList } from '../../components/use-page-list.ts'
import { useCan } from '../../shell/me.ts'
import { AddUser } from './add-user.tsx'
import { useGroupNames } from './group-select.tsx'

const COLUMNS: readonly Column<User>[] = [
  { key: 'name', header: 'Name', sort: 'name', priority: 1, cell: user => user.name },
  {
    key: 'state',
    header: 'State',
    cell: user =>
      user.enabled && !user.hasPassword ? (
        <Status tone="warn">no password</Status>
      ) : (
        <Enabled enabled={user.enabled} />
      ),
  },
  { key: 'groups', header: 'Groups', cell: user => user.groups.join(', ') || '–' },
  {
    key: 'home',
    header: 'Home',
    priority: 3,
    cell: user => <span title={user.home}>{user.home}</span>,
    truncate: true,
    width: 260,
  },
  {
    key: 'lastLoginAt',
    header: 'Last login',
    sort: 'lastLoginAt',
    cell: user => <TimeAgo at={user.lastLoginAt} />,
  },
  {
    key: 'changedAt',
    header: 'Changed',
    sort: 'changedAt',
    priority: 3,
    cell: user => <TimeAgo at={user.changedAt} absent="–" />,
  },
]

/** Who may log in by FTP. */
export default function UsersPage() {
  const list = usePageList<User>('/users', {
    sort: 'name',
    filters: { origin: 'store', enabled: '', group: '' },
  })
  const can = useCan('users:write')
  const groups = useGroupNames()
  const [adding, { open, close }] = useDisclosure(false)
  const { filters, search } = list.state
  const fromFile = filters.origin === 'file'
  const filtered = search !== '' || filters.enabled !== '' || filters.group !== ''
  const add = can && !fromFile && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
      Add a user
    </Button>
  )
  return (
    <>
      <PageHeader title="Users" description="Who may log in by FTP, and with what." actions={add} />
      <FilterBar>
        <SearchInput label="Search users" value={search} onChange={text => list.change({ search: text })} />
        <Select
          aria-label="State"
          placeholder="Any state"
          clearable
          data={[
            { value: 'true', label: 'Enabled' },
            { value: 'false', label: 'Disabled' },
          ]}
          value={filters.enabled || null}
          onChange={enabled => list.change({ filters: { enabled: enabled ?? '' } })}
        />
        <Select
          aria-label="Group"
          placeholder="Any group"
          clearable
          searchable
          data={[...groups]}
          value={filters.group || null}
          onChange={group => list.change({ filters: { group: group ?? '' } })}
        />
        <SegmentedControl
          aria-label="Where the users are kept"
          data={[
            { value: 'store', label: 'Kept here' },
            { value: 'file', label: 'From the file' },
          ]}
          value={filters.origin}
          onChange={origin => list.change({ filters: { origin } })}
        />
      </FilterBar>
      <DataTable
        label="Users"
        list={list}
        columns={COLUMNS}
        rowKey={user => user.name}
        href={user => `/users/${encodeURIComponent(user.name)}`}
        empty={
          filtered
            ? { text: 'No user is like that.' }
            : fromFile
              ? { text: 'The settings file and the flags of the start name no users.' }
              : {
                  text: 'There are no users yet. The first one can log in as soon as it is added.',
                  action: add,
                }
        }
      />
      <AddUser opened={adding} onClose={close} />
    </>
  )
}
