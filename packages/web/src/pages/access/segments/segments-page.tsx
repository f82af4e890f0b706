import { ActionIcon, Button, Tooltip } from '@mantine/core'
import type { SegmentView } from '@portolan/console/contract'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { api } from '../../../api/client.ts'
import { ConfirmButton } from '../../../components/confirm.tsx'
import { DataTable } from '../../../components/data-table.tsx'
import { FilterBar } from '../../../components/filter-bar.tsx'
import { PageHeader } from '../../../components/page-header.tsx'
import type { Column } from '../../../components/rows.tsx'
import { SearchInput } from '../../../components/search-input.tsx'
import { Status, type Tone } from '../../../components/status.tsx'
import { useChange } from '../../../components/use-change.ts'
import { usePageList } from '../../../components/use-page-list.ts'
import { useCan } from '../../../shell/me.ts'
import { Few } from '../shared/names-input.tsx'
import { portsText } from '../shared/port-rows.ts'
import classes from '../shared/shared.module.css'
import { NameWithWarnings } from '../shared/warnings.tsx'
import { SegmentDrawer } from './segment-drawer.tsx'
import { bypassText } from './segment-words.ts'

const HEALTH: Readonly<Record<Exclude<SegmentView['health'], 'none'>, readonly [Tone, string]>> = {
  up: ['good', 'up'],
  down: ['bad', 'down'],
  unknown: ['idle', 'unknown'],
}

const COLUMNS: readonly Column<SegmentView>[] = [
  {
    key: 'name',
    header: 'Name',
    sort: 'name',
    priority: 1,
    cell: ({ name, warnings }) => <NameWithWarnings name={name} warnings={warnings} />,
  },
  {
    key: 'applications',
    header: 'Applications',
    cell: ({ applications }) => <Few items={applications} />,
  },
  { key: 'ports', header: 'TCP ports', cell: ({ ports }) => <Ports text={portsText(ports)} /> },
  {
    key: 'groups',
    header: 'Groups',
    cell: one => (
      <span title={`Segment group ${one.segmentGroup}, server group ${one.serverGroup}`}>
        {one.segmentGroup}, <span className="dimmed">by {one.serverGroup}</span>
      </span>
    ),
  },
  {
    key: 'inspection',
    header: 'Inspection',
    cell: one =>
      one.inspection === 'ftp' ? (
        <Status tone="info">FTP</Status>
      ) : (
        <span className="dimmed">{one.protocol === 'ftp' ? 'off' : 'no FTP'}</span>
      ),
  },
  {
    key: 'bypass',
    header: 'Bypass',
    priority: 3,
    cell: one => <span className={classes.whole}>{bypassText(one.bypass)}</span>,
  },
  { key: 'health', header: 'Health', cell: one => <Health segment={one} /> },
]

const Ports = ({ text }: { text: string }) => (
  <span title={text} className={text.length > 16 ? undefined : classes.whole}>
    {text.length > 32 ? `${text.slice(0, 30)} …` : text}
  </span>
)

function Health({ segment }: { segment: SegmentView }) {
  if (!segment.enabled) return <Status tone="off">disabled</Status>
  if (segment.health === 'none') return <span className="dimmed">not reported</span>
  const [tone, text] = HEALTH[segment.health]
  return <Status tone={tone}>{text}</Status>
}

/** What people may be let to. */
export default function SegmentsPage() {
  const list = usePageList<SegmentView>('/access/segments', { sort: 'name' })
  const can = useCan('access:write')
  const [open, setOpen] = useState<SegmentView | 'new'>()
  const add = can && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setOpen('new')}>
      Add a segment
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Application segments"
        description="What people reach: addresses or names, and their TCP ports. Nobody reaches a segment until an access rule allows it."
        actions={add}
      />
      <FilterBar>
        <SearchInput
          label="Search segments"
          value={list.state.search}
          onChange={search => list.change({ search })}
        />
      </FilterBar>
      <DataTable
        label="Application segments"
        list={list}
        columns={COLUMNS}
        rowKey={({ name }) => name}
        onOpen={setOpen}
        actions={segment => can && <DeleteSegment segment={segment} />}
        empty={{
          text: 'There are no application segments. A segment names an FTP server inside, and the ports that people may reach on it.',
          action: add,
        }}
      />
      <SegmentDrawer segment={open} readOnly={!can} onClose={() => setOpen(undefined)} />
    </>
  )
}

function DeleteSegment({ segment: { name } }: { segment: SegmentView }) {
  const remove = useChange({
    run: () => api.delete(`/access/segments/${encodeURIComponent(name)}`),
    done: `The segment ${name} is deleted`,
    renews: ['/access/segments', '/access/segment-groups', '/access/server-groups', '/access/overview'],
    errors: 'self',
  })
  return (
    <ConfirmButton
      title={`Delete the segment ${name}?`}
      verb="Delete"
      danger
      onConfirm={() => remove.mutateAsync()}
      button={ask => (
        <Tooltip label="Delete the segment">
          <ActionIcon size="md" color="red" aria-label={`Delete the segment ${name}`} onClick={ask}>
            <IconTrash size={17} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
    >
      Nobody reaches it from then on. It is deleted only when no rule names it.
    </ConfirmButton>
  )
}
