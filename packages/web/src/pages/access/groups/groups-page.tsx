import { ActionIcon, Button, Tabs, Tooltip } from '@mantine/core'
import type { ConnectorGroupView, SegmentGroupView, ServerGroupView } from '@portolan/console/contract'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { type ComponentType, useState } from 'react'
import { api } from '../../../api/client.ts'
import { ConfirmButton } from '../../../components/confirm.tsx'
import { DataTable } from '../../../components/data-table.tsx'
import { PageHeader } from '../../../components/page-header.tsx'
import type { Column } from '../../../components/rows.tsx'
import { Enabled, Status } from '../../../components/status.tsx'
import { useChange } from '../../../components/use-change.ts'
import { usePageList } from '../../../components/use-page-list.ts'
import { useUrlText } from '../../../components/use-url-text.ts'
import { countText, rateText } from '../../../format/format.ts'
import { useCan } from '../../../shell/me.ts'
import { Few } from '../shared/names-input.tsx'
import { NameWithWarnings } from '../shared/warnings.tsx'
import {
  ConnectorGroupDrawer,
  type GroupDrawerProps,
  SegmentGroupDrawer,
  ServerGroupDrawer,
} from './group-drawers.tsx'
import classes from './groups.module.css'

interface Revised {
  readonly name: string
  readonly warnings: SegmentGroupView['warnings']
}

const nameColumn = <T extends Revised>(): Column<T> => ({
  key: 'name',
  header: 'Name',
  sort: 'name',
  priority: 1,
  cell: ({ name, warnings }) => <NameWithWarnings name={name} warnings={warnings} />,
})

const used = ({ segments }: { readonly segments: readonly string[] }) =>
  segments.length === 0 ? <span className="dimmed">no segment</span> : <Few items={segments} most={3} />

const SEGMENT_GROUPS: readonly Column<SegmentGroupView>[] = [
  nameColumn(),
  { key: 'enabled', header: 'State', cell: one => <Enabled enabled={one.enabled} /> },
  { key: 'segments', header: 'Segments', cell: used },
  { key: 'description', header: 'Description', priority: 3, cell: one => one.description ?? '' },
]

const SERVER_GROUPS: readonly Column<ServerGroupView>[] = [
  nameColumn(),
  {
    key: 'connectorGroups',
    header: 'Connector groups',
    cell: one => <Few items={one.connectorGroups} most={3} />,
  },
  { key: 'segments', header: 'Segments', cell: used },
  { key: 'description', header: 'Description', priority: 3, cell: one => one.description ?? '' },
]

const CONNECTOR_GROUPS: readonly Column<ConnectorGroupView>[] = [
  nameColumn(),
  { key: 'enabled', header: 'State', cell: one => <Enabled enabled={one.enabled} /> },
  { key: 'connectors', header: 'Connectors', cell: one => <Connected group={one} /> },
  { key: 'weight', header: 'Weight', align: 'right', cell: one => countText(one.weight) },
  { key: 'maxStreams', header: 'Streams', align: 'right', cell: one => countText(one.maxStreams) },
  {
    key: 'bandwidth',
    header: 'Bandwidth',
    priority: 3,
    align: 'right',
    cell: one =>
      one.bytesPerSecond === undefined ? (
        <span className="dimmed">no bound</span>
      ) : (
        rateText(one.bytesPerSecond)
      ),
  },
]

function Connected({ group: { connectors, connected } }: { group: ConnectorGroupView }) {
  if (connectors === 0) return <Status tone="off">none yet</Status>
  const tone = connected === connectors ? 'good' : connected > 0 ? 'warn' : 'bad'
  return (
    <Status tone={tone}>
      {countText(connected)} of {countText(connectors)} connected
    </Status>
  )
}

const KINDS = ['segment-groups', 'server-groups', 'connector-groups'] as const
const isKind = (value: string): value is (typeof KINDS)[number] => KINDS.some(kind => kind === value)

/** What segments, servers and connectors are put together by. */
export default function GroupsPage() {
  const [tab, setTab] = useUrlText('tab', KINDS[0])
  const kind = isKind(tab) ? tab : KINDS[0]
  return (
    <>
      <PageHeader
        title="Access groups"
        description="A segment is in one segment group, which rules may name, and has a server group, which says whose connectors reach it."
      />
      <Tabs value={kind} onChange={value => setTab(value ?? KINDS[0])} keepMounted={false}>
        <Tabs.List mb="md" className={classes.tabs}>
          <Tabs.Tab value="segment-groups">Segment groups</Tabs.Tab>
          <Tabs.Tab value="server-groups">Server groups</Tabs.Tab>
          <Tabs.Tab value="connector-groups">Connector groups</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="segment-groups">
          <GroupList
            what="segment group"
            path="/access/segment-groups"
            columns={SEGMENT_GROUPS}
            empty="There are no segment groups. A segment group puts segments together, so that one rule holds for all of them."
            Drawer={SegmentGroupDrawer}
          />
        </Tabs.Panel>
        <Tabs.Panel value="server-groups">
          <GroupList
            what="server group"
            path="/access/server-groups"
            columns={SERVER_GROUPS}
            empty="There are no server groups. A server group says from where servers are reached: by the connectors of its connector groups."
            Drawer={ServerGroupDrawer}
          />
        </Tabs.Panel>
        <Tabs.Panel value="connector-groups">
          <GroupList
            what="connector group"
            path="/access/connector-groups"
            columns={CONNECTOR_GROUPS}
            empty="There are no connector groups. A connector group is a place with connectors that reach the same servers."
            Drawer={ConnectorGroupDrawer}
          />
        </Tabs.Panel>
      </Tabs>
    </>
  )
}

interface GroupListProps<View extends Revised> {
  readonly what: string
  readonly path: string
  readonly columns: readonly Column<View>[]
  readonly empty: string
  readonly Drawer: ComponentType<GroupDrawerProps<View>>
}

function GroupList<View extends Revised>({ what, path, columns, empty, Drawer }: GroupListProps<View>) {
  const list = usePageList<View>(path, { sort: 'name' })
  const can = useCan('access:write')
  const [open, setOpen] = useState<View | 'new'>()
  const add = can && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setOpen('new')}>
      Add a {what}
    </Button>
  )
  return (
    <>
      {add && (list.query.data?.total ?? 0) > 0 && <div className={classes.bar}>{add}</div>}
      <DataTable
        label={`${what[0]?.toUpperCase()}${what.slice(1)}s`}
        list={list}
        columns={columns}
        rowKey={({ name }) => name}
        onOpen={setOpen}
        actions={({ name }) => can && <DeleteGroup what={what} path={path} name={name} />}
        empty={{ text: empty, action: add }}
      />
      <Drawer group={open} readOnly={!can} onClose={() => setOpen(undefined)} />
    </>
  )
}

function DeleteGroup({ what, path, name }: { what: string; path: string; name: string }) {
  const remove = useChange({
    run: () => api.delete(`${path}/${encodeURIComponent(name)}`),
    done: `The ${what} ${name} is deleted`,
    renews: [path, '/access/overview'],
    errors: 'self',
  })
  return (
    <ConfirmButton
      title={`Delete the ${what} ${name}?`}
      verb="Delete"
      danger
      onConfirm={() => remove.mutateAsync()}
      button={ask => (
        <Tooltip label={`Delete the ${what}`}>
          <ActionIcon size="md" color="red" aria-label={`Delete the ${what} ${name}`} onClick={ask}>
            <IconTrash size={17} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
    >
      It is deleted only when nothing uses it.
    </ConfirmButton>
  )
}
