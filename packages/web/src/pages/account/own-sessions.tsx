import { Button, Skeleton } from '@mantine/core'
import type { Page, WebSession } from '@portolan/console/contract'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { ConfirmButton } from '../../components/confirm.tsx'
import { ErrorView } from '../../components/error-view.tsx'
import { FormSection } from '../../components/form-section.tsx'
import { type Column, Rows } from '../../components/rows.tsx'
import { Status } from '../../components/status.tsx'
import { TimeAgo } from '../../components/time-ago.tsx'
import { useChange } from '../../components/use-change.ts'
import { browserOf } from './browser.ts'

const COLUMNS: readonly Column<WebSession>[] = [
  {
    key: 'browser',
    header: 'Browser',
    priority: 1,
    cell: session => (
      <span title={session.userAgent}>
        {browserOf(session.userAgent)} {session.current && <Status tone="good">this one</Status>}
      </span>
    ),
  },
  { key: 'address', header: 'Address', cell: session => session.address },
  { key: 'seen', header: 'Last seen', cell: session => <TimeAgo at={session.lastSeenAt} /> },
  { key: 'since', header: 'Signed in', cell: session => <TimeAgo at={session.createdAt} /> },
]

/** The browsers where one is signed in. */
export function OwnSessions() {
  const query = useQuery({
    queryKey: ['/auth/sessions'],
    queryFn: () => api.get<Page<WebSession>>('/auth/sessions'),
  })
  const end = useChange({
    run: (id: string) => api.delete(`/auth/sessions/${encodeURIComponent(id)}`),
    done: 'That browser is signed out',
    renews: ['/auth/sessions'],
  })
  const endOthers = useChange({
    run: () => api.delete('/auth/sessions'),
    done: 'All other browsers are signed out',
    renews: ['/auth/sessions'],
    errors: 'self',
  })
  const others = query.data?.items.filter(({ current }) => !current) ?? []
  return (
    <FormSection
      title="Signed-in browsers"
      description="End whatever is not yours, and change the password then."
    >
      {query.error && <ErrorView error={query.error} onRetry={() => void query.refetch()} />}
      {!query.data && !query.error && <Skeleton height={90} />}
      {query.data && (
        <Rows
          label="Signed-in browsers"
          columns={COLUMNS}
          rows={query.data.items}
          rowKey={({ id }) => id}
          actions={session =>
            !session.current && (
              <Button
                size="xs"
                variant="default"
                loading={end.isPending && end.variables === session.id}
                onClick={() => end.mutate(session.id)}
              >
                End
              </Button>
            )
          }
        />
      )}
      {others.length > 0 && (
        <ConfirmButton
          title="Sign all other browsers out?"
          verb="Sign them out"
          onConfirm={() => endOthers.mutateAsync()}
          button={open => (
            <Button variant="default" onClick={open} justify="center" w="fit-content">
              Sign all others out
            </Button>
          )}
        >
          You stay signed in here.
        </ConfirmButton>
      )}
    </FormSection>
  )
}
