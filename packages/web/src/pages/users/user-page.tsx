import { Alert, Anchor, Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import type { User } from '@portolan/console/contract'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { api } from '../../api/client.ts'
import { ConfirmButton } from '../../components/confirm.tsx'
import { ErrorView } from '../../components/error-view.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Enabled } from '../../components/status.tsx'
import { TimeAgo } from '../../components/time-ago.tsx'
import { useChange } from '../../components/use-change.ts'
import { plural } from '../../format/format.ts'
import { useCan } from '../../shell/me.ts'
import { UserEditor } from './user-editor.tsx'

/** One user: all that can be set, and what can be done. */
export default function UserPage() {
  const { name = '' }: { name?: string } = useParams({ strict: false })
  const path = `/users/${encodeURIComponent(name)}`
  const query = useQuery({ queryKey: ['/users', name], queryFn: () => api.get<User>(path) })
  const back = (
    <Anchor component={Link} to="/users" size="sm">
      ← Users
    </Anchor>
  )
  if (query.error && !query.data) {
    return (
      <>
        <PageHeader title={name} above={back} />
        <ErrorView error={query.error} onRetry={() => void query.refetch()} />
      </>
    )
  }
  const user = query.data
  if (!user) {
    return (
      <>
        <PageHeader title={name} above={back} />
        <Stack>
          <Skeleton height={160} radius="md" />
          <Skeleton height={240} radius="md" />
        </Stack>
      </>
    )
  }
  return (
    <>
      <PageHeader
        title={user.name}
        above={back}
        description={<Summary user={user} />}
        actions={<Actions user={user} path={path} />}
      />
      {user.origin === 'file' && (
        <Alert color="navy" mb="lg">
          This user is named by the settings file or by a flag of the start, and is changed only there.
        </Alert>
      )}
      <UserEditor key={user.name} user={user} path={path} />
    </>
  )
}

function Summary({ user }: { user: User }) {
  const maySeeAccess = useCan('access:read')
  return (
    <Group gap="sm" mt={4}>
      <Enabled enabled={user.enabled} />
      <Text size="sm" component="span">
        Last login <TimeAgo at={user.lastLoginAt} />
        {user.lastLoginFrom && ` from ${user.lastLoginFrom}`}
      </Text>
      {user.changedAt !== undefined && (
        <Text size="sm" component="span">
          Changed <TimeAgo at={user.changedAt} />
          {user.changedBy && ` by ${user.changedBy}`}
        </Text>
      )}
      {maySeeAccess && (
        <Anchor component={Link} to="/access/people" search={{ search: user.name } as never} size="sm">
          Sign-in of agents
        </Anchor>
      )}
    </Group>
  )
}

function Actions({ user, path }: { user: User; path: string }) {
  const navigate = useNavigate()
  const mayChange = useCan('users:write') && user.origin === 'store'
  const mayKick = useCan('sessions:write')
  const kick = useChange({
    run: () => api.post<{ kicked: number }>(`${path}/kick`),
    done: ({ kicked }) =>
      kicked === 0 ? `${user.name} had no session` : `${plural(kicked, 'session')} ended`,
    renews: ['/sessions'],
  })
  const enable = useChange({
    run: (enabled: boolean) => api.patch(path, { enabled }),
    done: (_, enabled) => `${user.name} is ${enabled ? 'enabled' : 'disabled'}`,
    renews: ['/users', '/sessions'],
    errors: 'self',
  })
  const remove = useChange({
    run: () => api.delete(path),
    done: `${user.name} is deleted`,
    renews: ['/groups', '/sessions', '/overview'],
    errors: 'self',
    onDone: () => void navigate({ to: '/users' }),
  })
  return (
    <>
      {mayKick && (
        <ConfirmButton
          title={`End the sessions of ${user.name}?`}
          verb="End the sessions"
          onConfirm={() => kick.mutateAsync()}
          button={open => (
            <Button variant="default" onClick={open}>
              Kick
            </Button>
          )}
        >
          Running transfers break off. The user may log in again at once.
        </ConfirmButton>
      )}
      {mayChange && user.enabled && (
        <ConfirmButton
          title={`Disable ${user.name}?`}
          verb="Disable"
          onConfirm={() => enable.mutateAsync(false)}
          button={open => (
            <Button variant="default" onClick={open}>
              Disable
            </Button>
          )}
        >
          Every login is refused from now on, and running sessions end. Files and settings stay.
        </ConfirmButton>
      )}
      {mayChange && !user.enabled && (
        <Button variant="default" loading={enable.isPending} onClick={() => enable.mutate(true)}>
          Enable
        </Button>
      )}
      {mayChange && (
        <ConfirmButton
          title={`Delete ${user.name}?`}
          verb="Delete"
          danger
          onConfirm={() => remove.mutateAsync()}
          button={open => (
            <Button variant="outline" color="red" onClick={open}>
              Delete
            </Button>
          )}
        >
          The user cannot log in any more and running sessions end. The files in <code>{user.home}</code> stay
          where they are.
        </ConfirmButton>
      )}
    </>
  )
}
