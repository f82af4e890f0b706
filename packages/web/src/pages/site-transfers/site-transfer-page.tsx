import { Anchor, Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import type { TransferView } from '@portolan/console/contract'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { api } from '../../api/client.ts'
import { ConfirmButton } from '../../components/confirm.tsx'
import { ErrorView } from '../../components/error-view.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Enabled } from '../../components/status.tsx'
import { TimeAgo } from '../../components/time-ago.tsx'
import { useChange } from '../../components/use-change.ts'
import { useCan } from '../../shell/me.ts'
import { LastRun } from '../runs/run-state.tsx'
import { RunNow } from './run-now.tsx'
import { TransferEditor } from './transfer-editor.tsx'

/** One transfer: when it begins, and what it does. */
export default function SiteTransferPage() {
  const { name = '' }: { name?: string } = useParams({ strict: false })
  const path = `/site-transfers/${encodeURIComponent(name)}`
  const query = useQuery({
    queryKey: ['/site-transfers', name],
    queryFn: () => api.get<TransferView>(path),
    refetchInterval: 15_000,
  })
  const back = (
    <Anchor component={Link} to="/site-transfers" size="sm">
      ← Site transfers
    </Anchor>
  )
  const transfer = query.data
  if (!transfer) {
    return (
      <>
        <PageHeader title={name} above={back} />
        {query.error ? (
          <ErrorView error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Stack>
            <Skeleton height={160} radius="md" />
            <Skeleton height={240} radius="md" />
          </Stack>
        )}
      </>
    )
  }
  return (
    <>
      <PageHeader
        title={transfer.name}
        above={back}
        description={<Summary transfer={transfer} />}
        actions={<Actions transfer={transfer} path={path} />}
      />
      <TransferEditor key={transfer.name} transfer={transfer} path={path} />
    </>
  )
}

function Summary({ transfer }: { transfer: TransferView }) {
  const [next] = transfer.next
  return (
    <Group gap="sm" mt={4}>
      <Enabled enabled={transfer.enabled} />
      <Text size="sm" component="span">
        Last run <LastRun run={transfer.lastRun} />
      </Text>
      {transfer.enabled && next !== undefined && (
        <Text size="sm" component="span">
          Next run <TimeAgo at={next} />
        </Text>
      )}
      <Anchor component={Link} to={`/runs?transfer=${encodeURIComponent(transfer.name)}`} size="sm">
        All its runs
      </Anchor>
      <Text size="sm" component="span">
        Changed <TimeAgo at={transfer.changedAt} /> by {transfer.changedBy}
      </Text>
    </Group>
  )
}

function Actions({ transfer, path }: { transfer: TransferView; path: string }) {
  const navigate = useNavigate()
  const mayChange = useCan('transfers:write')
  const remove = useChange({
    run: () => api.delete(path),
    done: `${transfer.name} is deleted`,
    renews: ['/sites', '/coming'],
    errors: 'self',
    onDone: () => void navigate({ to: '/site-transfers' }),
  })
  return (
    <>
      {mayChange && (
        <ConfirmButton
          title={`Delete ${transfer.name}?`}
          verb="Delete"
          danger
          onConfirm={() => remove.mutateAsync()}
          button={open => (
            <Button variant="outline" color="red" onClick={open}>
              Delete
            </Button>
          )}
        >
          No run begins any more, and what it knows to have fetched is forgotten. Its runs stay in the list of
          runs, and one that runs goes on.
        </ConfirmButton>
      )}
      <RunNow transfer={transfer} />
    </>
  )
}
