import { ActionIcon, Button, Menu, Skeleton } from '@mantine/core'
import type { Administrator, Page } from '@portolan/console/contract'
import { IconDots, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { ConfirmModal } from '../../components/confirm.tsx'
import { ErrorView } from '../../components/error-view.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { type Column, Rows } from '../../components/rows.tsx'
import { Enabled, Status } from '../../components/status.tsx'
import { TimeAgo } from '../../components/time-ago.tsx'
import { useChange } from '../../components/use-change.ts'
import { useMe } from '../../shell/me.ts'
import { AdministratorModal } from './administrator-modal.tsx'
import { ROLES } from './roles.ts'

const COLUMNS: readonly Column<Administrator>[] = [
  { key: 'name', header: 'Name', priority: 1, cell: one => one.name },
  { key: 'role', header: 'Role', cell: one => ROLES[one.role].label },
  { key: 'state', header: 'State', cell: one => <Enabled enabled={one.enabled} /> },
  {
    key: 'totp',
    header: 'Second factor',
    cell: one => <Status tone={one.totp ? 'good' : 'warn'}>{one.totp ? 'in force' : 'none'}</Status>,
  },
  { key: 'login', header: 'Last signed in', cell: one => <TimeAgo at={one.lastLoginAt} /> },
  { key: 'made', header: 'Made', priority: 3, cell: one => <TimeAgo at={one.createdAt} /> },
]

type Asking = { readonly what: 'remove' | 'disable' | 'totp'; readonly of: Administrator }

/** Who may sign in to this console. */
export default function AdministratorsPage() {
  const me = useMe()
  const [editing, setEditing] = useState<Administrator | 'new'>()
  const [asking, setAsking] = useState<Asking>()
  const query = useQuery({
    queryKey: ['/administrators'],
    queryFn: () => api.get<Page<Administrator>>('/administrators'),
  })
  return (
    <>
      <PageHeader
        title="Administrators"
        description="Who may sign in to this console, and what they may do."
        actions={
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEditing('new')}>
            Add an administrator
          </Button>
        }
      />
      {query.error && <ErrorView error={query.error} onRetry={() => void query.refetch()} />}
      {!query.data && !query.error && <Skeleton height={180} radius="md" />}
      {query.data && (
        <Rows
          label="Administrators"
          columns={COLUMNS}
          rows={query.data.items}
          rowKey={one => one.name}
          actions={one => (
            <Actions one={one} own={one.name === me?.name} onEdit={() => setEditing(one)} onAsk={setAsking} />
          )}
        />
      )}
      <AdministratorModal administrator={editing} onClose={() => setEditing(undefined)} />
      <Question asking={asking} onClose={() => setAsking(undefined)} />
    </>
  )
}

function Actions(props: {
  one: Administrator
  own: boolean
  onEdit: () => void
  onAsk: (asking: Asking) => void
}) {
  const { one, own, onEdit, onAsk } = props
  const enable = useChange({
    run: () => api.patch(`/administrators/${encodeURIComponent(one.name)}`, { enabled: true }),
    done: `${one.name} is enabled`,
    renews: ['/administrators'],
  })
  if (own) return <Status tone="info">you</Status>
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon size="md" aria-label={`What can be done with ${one.name}`}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={onEdit}>Change role or password</Menu.Item>
        {one.totp && (
          <Menu.Item onClick={() => onAsk({ what: 'totp', of: one })}>Take the second factor away</Menu.Item>
        )}
        {one.enabled ? (
          <Menu.Item onClick={() => onAsk({ what: 'disable', of: one })}>Disable</Menu.Item>
        ) : (
          <Menu.Item onClick={() => enable.mutate()}>Enable</Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item color="red" onClick={() => onAsk({ what: 'remove', of: one })}>
          Remove
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

const QUESTIONS = {
  remove: {
    verb: 'Remove',
    text: 'They cannot sign in any more, and the browsers where they are signed in are signed out. Tokens that they made stay.',
    done: 'is removed',
  },
  disable: {
    verb: 'Disable',
    text: 'They cannot sign in until they are enabled again, and the browsers where they are signed in are signed out.',
    done: 'is disabled',
  },
  totp: {
    verb: 'Take it away',
    text: 'For a lost phone: the password alone is enough from then on, until a new second factor is set up.',
    done: 'signs in with the password alone now',
  },
} as const

function Question({ asking, onClose }: { asking: Asking | undefined; onClose: () => void }) {
  const [last, setLast] = useState(asking)
  if (asking && asking !== last) setLast(asking)
  const run = useChange({
    run: ({ what, of }: Asking) => {
      const path = `/administrators/${encodeURIComponent(of.name)}`
      if (what === 'remove') return api.delete(path)
      return api.patch(path, what === 'disable' ? { enabled: false } : { totp: false })
    },
    done: (_, { what, of }) => `${of.name} ${QUESTIONS[what].done}`,
    renews: ['/administrators'],
    errors: 'self',
  })
  if (!last) return null
  const { verb, text } = QUESTIONS[last.what]
  return (
    <ConfirmModal
      opened={asking !== undefined}
      onClose={onClose}
      title={last.what === 'totp' ? `The second factor of ${last.of.name}` : `${verb} ${last.of.name}?`}
      verb={verb}
      danger={last.what === 'remove'}
      onConfirm={() => run.mutateAsync(last)}
    >
      {text}
    </ConfirmModal>
  )
}
