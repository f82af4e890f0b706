import { Anchor, Skeleton, Text } from '@mantine/core'
import type { AccessOverview, AccessPerson } from '@portolan/console/contract'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../../api/client.ts'
import { CommandLine } from '../../../components/command-line.tsx'
import { DataTable } from '../../../components/data-table.tsx'
import { ErrorView } from '../../../components/error-view.tsx'
import { FilterBar } from '../../../components/filter-bar.tsx'
import { Notice } from '../../../components/notice.tsx'
import { PageHeader } from '../../../components/page-header.tsx'
import type { Column } from '../../../components/rows.tsx'
import { SearchInput } from '../../../components/search-input.tsx'
import { Status } from '../../../components/status.tsx'
import { usePageList } from '../../../components/use-page-list.ts'
import { plural } from '../../../format/format.ts'
import { invitationQuery } from './invitation.ts'
import classes from './people.module.css'
import { PersonDrawer } from './person-drawer.tsx'

const COLUMNS: readonly Column<AccessPerson>[] = [
  { key: 'user', header: 'User', sort: 'name', priority: 1, cell: ({ user }) => user },
  {
    key: 'totp',
    header: 'Second factor',
    cell: ({ totp }) =>
      totp ? <Status tone="good">in force</Status> : <Status tone="warn">not set up</Status>,
  },
  {
    key: 'tokens',
    header: 'Tokens of agents',
    cell: ({ tokens }) =>
      tokens.length === 0 ? <span className="dimmed">none</span> : plural(tokens.length, 'token'),
  },
]

/** With what people sign in from their agents. */
export default function PeoplePage() {
  const list = usePageList<AccessPerson>('/access/people', { sort: 'name' })
  const [open, setOpen] = useState<AccessPerson>()
  const shown = open && (list.query.data?.items.find(({ user }) => user === open.user) ?? open)
  return (
    <>
      <PageHeader
        title="People’s sign-in"
        description="People sign in to the access path from their agent, with their password and six digits of an app; machines with a token."
      />
      <Invitation />
      <FilterBar>
        <SearchInput
          label="Search users"
          value={list.state.search}
          onChange={search => list.change({ search })}
        />
      </FilterBar>
      <DataTable
        label="Users and what they sign in with"
        list={list}
        columns={COLUMNS}
        rowKey={({ user }) => user}
        onOpen={setOpen}
        empty={{
          text: 'There are no users. Whoever reaches an FTP server through the access path is a user of this node.',
          action: (
            <Anchor component={Link} to="/users" size="sm">
              Users
            </Anchor>
          ),
        }}
      />
      <PersonDrawer person={shown} onClose={() => setOpen(undefined)} />
    </>
  )
}

/** What people start their agent with; it is the same for all. */
function Invitation() {
  const overview = useQuery({
    queryKey: ['/access/overview'],
    queryFn: () => api.get<AccessOverview>('/access/overview'),
  })
  const isReady = overview.data?.enabled === true && overview.data.edges.enrolled > 0
  const query = useQuery({ ...invitationQuery, enabled: isReady })
  if (overview.data && !isReady)
    return (
      <Notice tone="info" spaced>
        No edge has enrolled yet, so agents have nowhere to go.{' '}
        <Anchor component={Link} inherit to="/access">
          What is missing
        </Anchor>
      </Notice>
    )
  return (
    <section className={classes.invitation} aria-label="Invitation of agents">
      <Text size="md">
        On their machine people start the agent with this. It holds no secret: it says where the edges are and
        how they are known.
      </Text>
      {query.data ? (
        <CommandLine text={query.data.command} what="the command" />
      ) : query.error ? (
        <ErrorView error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Skeleton height={34} />
      )}
    </section>
  )
}
