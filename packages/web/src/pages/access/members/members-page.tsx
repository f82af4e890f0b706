import { Button, Tabs } from '@mantine/core'
import type { MemberView } from '@portolan/console/contract'
import { IconTicket } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { CodeText } from '../../../components/code-text.tsx'
import { DataTable } from '../../../components/data-table.tsx'
import { FilterBar } from '../../../components/filter-bar.tsx'
import { PageHeader } from '../../../components/page-header.tsx'
import type { Column } from '../../../components/rows.tsx'
import { SearchInput } from '../../../components/search-input.tsx'
import { Status } from '../../../components/status.tsx'
import { TimeAgo } from '../../../components/time-ago.tsx'
import { usePageList } from '../../../components/use-page-list.ts'
import { useCan } from '../../../shell/me.ts'
import { useLiveMembers } from '../shared/use-live-members.ts'
import { CertificateAge, Edges, HealthCount, Load } from './member-cells.tsx'
import { MemberDrawer } from './member-drawer.tsx'
import { STATES } from './member-words.ts'

/** How often the load is asked for, in milliseconds. */
const LIVE_MS = 2_000

type Kind = MemberView['kind']

const NAME: Column<MemberView> = {
  key: 'name',
  header: 'Name',
  sort: 'name',
  priority: 1,
  cell: ({ name }) => name,
}
const STATE: Column<MemberView> = {
  key: 'state',
  header: 'State',
  cell: ({ state }) => <Status tone={STATES[state]}>{state}</Status>,
}
const VERSION: Column<MemberView> = {
  key: 'version',
  header: 'Version',
  priority: 3,
  cell: ({ version }) => version || <span className="dimmed">unknown</span>,
}
const CERTIFICATE: Column<MemberView> = {
  key: 'certificate',
  header: 'Certificate',
  sort: 'expiresAt',
  cell: member => <CertificateAge member={member} />,
}
const LOAD: Column<MemberView> = { key: 'load', header: 'Load', cell: member => <Load member={member} /> }
const SEEN: Column<MemberView> = {
  key: 'seen',
  header: 'Last seen',
  sort: 'lastSeenAt',
  priority: 3,
  cell: ({ connections, lastSeenAt }) => (connections.length > 0 ? 'now' : <TimeAgo at={lastSeenAt} />),
}
const EDGES: Column<MemberView> = { key: 'edges', header: 'Edges', cell: member => <Edges member={member} /> }

const COLUMNS: Readonly<Record<Kind, readonly Column<MemberView>[]>> = {
  edge: [
    NAME,
    STATE,
    {
      key: 'addresses',
      header: 'Addresses',
      cell: ({ addresses }) =>
        addresses.length === 0 ? (
          <span className="dimmed">none told</span>
        ) : (
          <CodeText>{addresses.join(', ')}</CodeText>
        ),
    },
    LOAD,
    CERTIFICATE,
    VERSION,
    SEEN,
  ],
  connector: [
    NAME,
    STATE,
    {
      key: 'group',
      header: 'Connector group',
      cell: ({ connectorGroup }) => connectorGroup ?? <span className="dimmed">none</span>,
    },
    EDGES,
    LOAD,
    { key: 'health', header: 'Servers', cell: member => <HealthCount member={member} /> },
    CERTIFICATE,
    VERSION,
  ],
  agent: [
    { ...NAME, header: 'Device' },
    { key: 'user', header: 'User', cell: ({ user }) => user ?? '' },
    STATE,
    EDGES,
    LOAD,
    { ...CERTIFICATE, header: 'Sign-in' },
    VERSION,
    SEEN,
  ],
}

const EMPTY: Readonly<Record<Kind, string>> = {
  edge: 'No edge has enrolled. Agents and connectors meet at an edge: start one with a provisioning key, where both can dial it.',
  connector:
    'No connector has enrolled. A connector stands near the FTP servers and dials out to the edges: start one with a provisioning key.',
  agent:
    'No agent has signed in. People start the agent on their machine with the invitation of the page People’s sign-in.',
}

const isKind = (text: string): text is Kind => Object.hasOwn(COLUMNS, text)

/** What takes part: who is connected, how it is, and what can be done to it. */
export default function MembersPage() {
  const list = usePageList<MemberView>(
    '/access/members',
    { sort: 'name', filters: { kind: 'edge' } },
    LIVE_MS,
  )
  useLiveMembers()
  const [open, setOpen] = useState<MemberView>()
  const can = useCan('access:write')
  const asked = list.state.filters.kind ?? ''
  const kind = isKind(asked) ? asked : 'edge'
  const shown = open && (list.query.data?.items.find(({ id }) => id === open.id) ?? open)
  const next = (
    <Button
      component={Link}
      to={kind === 'agent' ? '/access/people' : `/access/keys?make=${kind}`}
      variant="default"
      leftSection={<IconTicket size={16} aria-hidden />}
    >
      {kind === 'agent' ? 'Invite people' : `Add ${kind === 'edge' ? 'an edge' : 'a connector'}`}
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Edges and connectors"
        description="Edges are dialled by everybody; connectors dial out from where the servers are; agents run on people’s machines."
        actions={can && next}
      />
      <Tabs
        value={kind}
        onChange={value => list.change({ filters: { kind: value ?? 'edge' }, search: '' })}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="edge">Edges</Tabs.Tab>
          <Tabs.Tab value="connector">Connectors</Tabs.Tab>
          <Tabs.Tab value="agent">Agents</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value={kind}>
          <FilterBar>
            <SearchInput
              label="Search by name"
              value={list.state.search}
              onChange={search => list.change({ search })}
            />
          </FilterBar>
          <DataTable
            label={`${kind}s`}
            list={list}
            columns={COLUMNS[kind]}
            rowKey={({ id }) => id}
            onOpen={setOpen}
            empty={{ text: EMPTY[kind], action: can && next }}
          />
        </Tabs.Panel>
      </Tabs>
      <MemberDrawer member={shown} onClose={() => setOpen(undefined)} />
    </>
  )
}
