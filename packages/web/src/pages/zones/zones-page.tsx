import { ActionIcon, Anchor, Button, Skeleton, Tooltip } from '@mantine/core'
import type { ZoneView } from '@portolan/console/contract'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { CodeText } from '../../components/code-text.tsx'
import { ConfirmButton } from '../../components/confirm.tsx'
import { EmptyView } from '../../components/empty-view.tsx'
import { ErrorView } from '../../components/error-view.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { type Column, Rows } from '../../components/rows.tsx'
import { Status } from '../../components/status.tsx'
import { TimeAgo } from '../../components/time-ago.tsx'
import { useChange } from '../../components/use-change.ts'
import { plural } from '../../format/format.ts'
import { useCan } from '../../shell/me.ts'
import { useZones } from './use-zones.ts'
import { ZoneDrawer } from './zone-drawer.tsx'

/** Sites of a zone that are named one by one. */
const NAMED = 3

const COLUMNS: readonly Column<ZoneView>[] = [
  { key: 'name', header: 'Name', priority: 1, cell: zone => zone.name },
  {
    key: 'default',
    header: 'Default',
    cell: zone =>
      zone.isDefault ? <Status tone="info">default zone</Status> : <span className="dimmed">no</span>,
  },
  {
    key: 'proxy',
    header: 'Proxy',
    cell: ({ proxy }) => (
      <>
        {proxy.kind === 'socks5' ? 'SOCKS5' : 'HTTP CONNECT'}{' '}
        <CodeText>
          {proxy.host.includes(':') ? `[${proxy.host}]` : proxy.host}:{proxy.port}
        </CodeText>
      </>
    ),
  },
  { key: 'sites', header: 'Used by', cell: zone => <Sites names={zone.sites} /> },
  {
    key: 'changed',
    header: 'Changed',
    priority: 3,
    cell: zone => <TimeAgo at={zone.changedAt} />,
  },
]

function Sites({ names }: { names: readonly string[] }) {
  if (names.length === 0) return <span className="dimmed">no site</span>
  return (
    <>
      {names.slice(0, NAMED).map((name, at) => (
        <span key={name}>
          {at > 0 && ', '}
          <Anchor component={Link} to={`/sites/${encodeURIComponent(name)}`} size="sm">
            {name}
          </Anchor>
        </span>
      ))}
      {names.length > NAMED && ` and ${plural(names.length - NAMED, 'more', 'more')}`}
    </>
  )
}

/** How connections to partners leave this server. */
export default function ZonesPage() {
  const query = useZones()
  const can = useCan('transfers:write')
  const [open, setOpen] = useState<ZoneView | 'new'>()
  const zones = query.data?.items
  const add = can && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setOpen('new')}>
      Add a zone
    </Button>
  )
  const standard = zones?.find(one => one.isDefault)
  return (
    <>
      <PageHeader
        title="Network zones"
        description={
          <>
            How connections to partners leave: through the proxy of a zone, or directly, which is the zone
            none.{' '}
            {zones &&
              (standard
                ? `Sites that name no zone use ${standard.name}.`
                : 'No zone is the default: sites that name none are dialled directly.')}
          </>
        }
        actions={add}
      />
      {query.error && !zones && <ErrorView error={query.error} onRetry={() => void query.refetch()} />}
      {!zones && !query.error && <Skeleton height={160} radius="md" aria-busy="true" />}
      {zones?.length === 0 && (
        <EmptyView
          text="There are no zones: every site is dialled directly. A zone is needed where partners are reached through a SOCKS5 or HTTP proxy."
          action={add}
        />
      )}
      {zones && zones.length > 0 && (
        <Rows
          label="Network zones"
          columns={COLUMNS}
          rows={zones}
          rowKey={zone => zone.name}
          onOpen={setOpen}
          actions={zone => can && <DeleteZone zone={zone} />}
        />
      )}
      <ZoneDrawer zone={open} readOnly={!can} onClose={() => setOpen(undefined)} />
    </>
  )
}

function DeleteZone({ zone }: { zone: ZoneView }) {
  const remove = useChange({
    run: () => api.delete(`/zones/${encodeURIComponent(zone.name)}`),
    done: `The zone ${zone.name} is deleted`,
    renews: ['/zones', '/sites'],
    errors: 'self',
  })
  return (
    <ConfirmButton
      title={`Delete the zone ${zone.name}?`}
      verb="Delete"
      danger
      onConfirm={() => remove.mutateAsync()}
      button={open => (
        <Tooltip label="Delete the zone">
          <ActionIcon size="md" color="red" aria-label={`Delete the zone ${zone.name}`} onClick={open}>
            <IconTrash size={17} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
    >
      {zone.sites.length === 0
        ? 'No site uses it.'
        : `It is used by ${zone.sites.join(', ')}: it is deleted only when no site uses it.`}
    </ConfirmButton>
  )
}
