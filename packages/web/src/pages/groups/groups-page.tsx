import { ActionIcon, Anchor, Button, Tooltip } from '@mantine/core'
import type { Group } from '@portolan/console/contract'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { ConfirmButton } from '../../components/confirm.tsx'
import { DataTable } from '../../components/data-table.tsx'
import { FilterBar } from '../../components/filter-bar.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import type { Column } from '../../components/rows.tsx'
import { SearchInput } from '../../components/search-input.tsx'
import { useChange } from '../../components/use-change.ts'
import { usePageList } from '../../components/use-page-list.ts'
import { plural } from '../../format/format.ts'
import { useCan } from '../../shell/me.ts'
import { GroupDrawer } from './group-drawer.tsx'

const COLUMNS: readonly Column<Group>[] = [
  { key: 'name', header: 'Name', sort: 'name', priority: 1, cell: group => group.name },
  {
    key: 'members',
    header: 'Members',
    cell: group =>
      group.members === 0 ? (
        'none'
      ) : (
        <Anchor component={Link} to="/users" search={{ group: group.name } as never} size="sm">
          {plural(group.members, 'user')}
        </Anchor>
      ),
  },
  {
    key: 'permissions',
    header: 'Permissions',
    cell: group =>
      group.permissions === undefined ? 'says nothing' : plural(group.permissions.length, 'rule'),
  },
  {
    key: 'folders',
    header: 'Folders',
    cell: group => group.folders.map(({ path }) => path).join(', ') || '–',
  },
  {
    key: 'quota',
    header: 'Quota',
    cell: group =>
      [group.quota?.bytes, group.quota?.files !== undefined && plural(group.quota.files, 'file')]
        .filter(Boolean)
        .join(', ') || '–',
  },
  { key: 'tls', header: 'TLS', priority: 3, cell: group => (group.requireTls ? 'required' : '–') },
  {
    key: 'origin',
    header: 'Kept',
    sort: 'origin',
    priority: 3,
    cell: group => (group.origin === 'file' ? 'in the file' : 'here'),
  },
]

/** What several users have in common. */
export default function GroupsPage() {
  const list = usePageList<Group>('/groups', { sort: 'name' })
  const can = useCan('users:write')
  const [open, setOpen] = useState<Group | 'new'>()
  const add = can && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setOpen('new')}>
      Add a group
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Groups"
        description="What several users have in common: permissions, folders, a quota, TLS."
        actions={add}
      />
      <FilterBar>
        <SearchInput
          label="Search groups"
          value={list.state.search}
          onChange={search => list.change({ search })}
        />
      </FilterBar>
      <DataTable
        label="Groups"
        list={list}
        columns={COLUMNS}
        rowKey={group => `${group.origin} ${group.name}`}
        onOpen={setOpen}
        actions={group => can && group.origin === 'store' && <DeleteGroup group={group} />}
        empty={{
          text: 'There are no groups yet. Users who share rules or folders are easier to keep in one.',
          action: add,
        }}
      />
      <GroupDrawer
        group={open}
        readOnly={!can || (open !== 'new' && open?.origin === 'file')}
        onClose={() => setOpen(undefined)}
      />
    </>
  )
}

function DeleteGroup({ group }: { group: Group }) {
  const remove = useChange({
    run: () =>
      api.delete(`/groups/${encodeURIComponent(group.name)}${group.members > 0 ? '?force=true' : ''}`),
    done: `The group ${group.name} is deleted`,
    renews: ['/groups', '/users'],
    errors: 'self',
  })
  return (
    <ConfirmButton
      title={`Delete the group ${group.name}?`}
      verb="Delete"
      danger
      onConfirm={() => remove.mutateAsync()}
      button={open => (
        <Tooltip label="Delete the group">
          <ActionIcon size="md" color="red" aria-label={`Delete the group ${group.name}`} onClick={open}>
            <IconTrash size={17} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
    >
      {group.members === 0
        ? 'Nobody is in it.'
        : `It is taken from ${plural(group.members, 'user')}. What they inherited from it is gone with their next login: without any rules of permissions, everything is allowed.`}
    </ConfirmButton>
  )
}
