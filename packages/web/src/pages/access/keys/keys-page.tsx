import { ActionIcon, Button, Tooltip } from '@mantine/core'
import type { ProvisioningKeyView } from '@portolan/console/contract'
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
import { TimeAgo } from '../../../components/time-ago.tsx'
import { useChange } from '../../../components/use-change.ts'
import { usePageList } from '../../../components/use-page-list.ts'
import { useUrlText } from '../../../components/use-url-text.ts'
import { countText } from '../../../format/format.ts'
import { useCan } from '../../../shell/me.ts'
import { KeyDrawer } from './key-drawer.tsx'
import { KeyModal } from './key-modal.tsx'

const STATES: Readonly<Record<ProvisioningKeyView['state'], readonly [Tone, string]>> = {
  usable: ['good', 'usable'],
  disabled: ['off', 'disabled'],
  'used-up': ['off', 'used up'],
  expired: ['off', 'expired'],
}

const COLUMNS: readonly Column<ProvisioningKeyView>[] = [
  { key: 'name', header: 'Name', sort: 'name', priority: 1, cell: ({ name }) => name },
  { key: 'kind', header: 'For', cell: ({ kind }) => (kind === 'edge' ? 'edges' : 'connectors') },
  {
    key: 'group',
    header: 'Connector group',
    cell: ({ connectorGroup }) => connectorGroup ?? <span className="dimmed">–</span>,
  },
  {
    key: 'uses',
    header: 'Used',
    align: 'right',
    cell: ({ uses, maxUses }) => `${countText(uses)} of ${countText(maxUses)}`,
  },
  {
    key: 'networks',
    header: 'Networks',
    priority: 3,
    cell: ({ networks }) => networks?.join(', ') ?? <span className="dimmed">anywhere</span>,
  },
  {
    key: 'ends',
    header: 'Ends',
    cell: ({ expiresAt }) => <TimeAgo at={expiresAt} absent="when used up" />,
  },
  {
    key: 'made',
    header: 'Made',
    priority: 3,
    cell: ({ createdAt, createdBy }) => (
      <>
        <TimeAgo at={createdAt} /> by {createdBy}
      </>
    ),
  },
  {
    key: 'state',
    header: 'State',
    cell: ({ state }) => <Status tone={STATES[state][0]}>{STATES[state][1]}</Status>,
  },
]

/** With what edges and connectors enrol. */
export default function KeysPage() {
  const list = usePageList<ProvisioningKeyView>('/access/keys', { sort: 'name' })
  const can = useCan('access:write')
  const [make, setMake] = useUrlText('make', '')
  const [open, setOpen] = useState<ProvisioningKeyView>()
  const add = can && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setMake('connector')}>
      Make a key
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Provisioning keys"
        description="With what edges and connectors enrol: as often as a key has uses, and no longer than it lives. From then on each has a certificate of its own."
        actions={add}
      />
      <FilterBar>
        <SearchInput
          label="Search keys"
          value={list.state.search}
          onChange={search => list.change({ search })}
        />
      </FilterBar>
      <DataTable
        label="Provisioning keys"
        list={list}
        columns={COLUMNS}
        rowKey={({ name }) => name}
        onOpen={setOpen}
        actions={({ name }) => can && <DeleteKey name={name} />}
        empty={{
          text: 'There are no provisioning keys. A new edge or connector shows one once, and gets a certificate for it.',
          action: add,
        }}
      />
      <KeyDrawer provisioning={open} readOnly={!can} onClose={() => setOpen(undefined)} />
      <KeyModal
        kind={can && (make === 'edge' || make === 'connector') ? make : undefined}
        onClose={() => setMake('')}
      />
    </>
  )
}

function DeleteKey({ name }: { name: string }) {
  const remove = useChange({
    run: () => api.delete(`/access/keys/${encodeURIComponent(name)}`),
    done: `The key ${name} is deleted`,
    renews: ['/access/keys'],
    errors: 'self',
  })
  return (
    <ConfirmButton
      title={`Delete the key ${name}?`}
      verb="Delete"
      danger
      onConfirm={() => remove.mutateAsync()}
      button={ask => (
        <Tooltip label="Delete the key">
          <ActionIcon size="md" color="red" aria-label={`Delete the key ${name}`} onClick={ask}>
            <IconTrash size={17} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
    >
      Nobody enrols with it any more. Who has enrolled with it stays.
    </ConfirmButton>
  )
}
