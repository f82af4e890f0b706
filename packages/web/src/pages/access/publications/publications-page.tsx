import { ActionIcon, Button, Tooltip } from '@mantine/core'
import type { PublicationView } from '@portolan/console/contract'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { api } from '../../../api/client.ts'
import { CodeText } from '../../../components/code-text.tsx'
import { ConfirmButton } from '../../../components/confirm.tsx'
import { DataTable } from '../../../components/data-table.tsx'
import { FilterBar } from '../../../components/filter-bar.tsx'
import { PageHeader } from '../../../components/page-header.tsx'
import type { Column } from '../../../components/rows.tsx'
import { SearchInput } from '../../../components/search-input.tsx'
import { Enabled } from '../../../components/status.tsx'
import { useChange } from '../../../components/use-change.ts'
import { usePageList } from '../../../components/use-page-list.ts'
import { useCan } from '../../../shell/me.ts'
import { Few } from '../shared/names-input.tsx'
import { NameWithWarnings } from '../shared/warnings.tsx'
import { PublicationDrawer } from './publication-drawer.tsx'
import { endOfRange } from './publication-form.ts'

const COLUMNS: readonly Column<PublicationView>[] = [
  {
    key: 'name',
    header: 'Name',
    sort: 'name',
    priority: 1,
    cell: ({ name, warnings }) => <NameWithWarnings name={name} warnings={warnings} />,
  },
  { key: 'enabled', header: 'State', cell: ({ enabled }) => <Enabled enabled={enabled} /> },
  {
    key: 'listeners',
    header: 'Listeners',
    cell: ({ listeners }) => (
      <Few
        most={3}
        items={listeners.map(({ port, serverPort }) =>
          port === serverPort ? String(port) : `${port} → ${serverPort}`,
        )}
      />
    ),
  },
  {
    key: 'passive',
    header: 'Passive ports',
    cell: ({ passive: { basePort, numberOfPorts } }) =>
      `${basePort}–${endOfRange(basePort, numberOfPorts) ?? '?'}`,
  },
  {
    key: 'edges',
    header: 'Edges',
    cell: ({ edges }) => (edges ? <Few items={edges} /> : <span className="dimmed">all</span>),
  },
  { key: 'server', header: 'Server', cell: ({ server }) => <CodeText>{server}</CodeText> },
  { key: 'serverGroup', header: 'Server group', priority: 3, cell: ({ serverGroup }) => serverGroup },
]

/** Where edges listen publicly for servers inside. */
export default function PublicationsPage() {
  const list = usePageList<PublicationView>('/access/publications', { sort: 'name' })
  const can = useCan('access:write')
  const [open, setOpen] = useState<PublicationView | 'new'>()
  const add = can && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setOpen('new')}>
      Add a publication
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Publications"
        description="Reverse publishing for a DMZ: an edge listens for an FTP server inside, whose connector dials out. Partners need no agent, and no port inside is open."
        actions={add}
      />
      <FilterBar>
        <SearchInput
          label="Search publications"
          value={list.state.search}
          onChange={search => list.change({ search })}
        />
      </FilterBar>
      <DataTable
        label="Publications"
        list={list}
        columns={COLUMNS}
        rowKey={({ name }) => name}
        onOpen={setOpen}
        actions={({ name }) => can && <DeletePublication name={name} />}
        empty={{
          text: 'Nothing is published. A publication lets anybody on the network of an edge reach an FTP server inside, by the ports and addresses of the edge.',
          action: add,
        }}
      />
      <PublicationDrawer publication={open} readOnly={!can} onClose={() => setOpen(undefined)} />
    </>
  )
}

function DeletePublication({ name }: { name: string }) {
  const remove = useChange({
    run: () => api.delete(`/access/publications/${encodeURIComponent(name)}`),
    done: `The publication ${name} is deleted`,
    renews: ['/access/publications'],
    errors: 'self',
  })
  return (
    <ConfirmButton
      title={`Delete the publication ${name}?`}
      verb="Delete"
      danger
      onConfirm={() => remove.mutateAsync()}
      button={ask => (
        <Tooltip label="Delete the publication">
          <ActionIcon size="md" color="red" aria-label={`Delete the publication ${name}`} onClick={ask}>
            <IconTrash size={17} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
    >
      Edges stop listening for it; connections that are open go on.
    </ConfirmButton>
  )
}
