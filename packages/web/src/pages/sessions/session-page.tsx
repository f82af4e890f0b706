import { Anchor, Button, Group, Paper, Skeleton, Text } from '@mantine/core'
import type { SessionDetail } from '@portolan/console/contract'
import { IconArrowLeft, IconDoorExit } from '@tabler/icons-react'
import { Link, useParams } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { ApiError, api } from '../../api/client.ts'
import { Because } from '../../components/because.tsx'
import { CodeText } from '../../components/code-text.tsx'
import { ConfirmButton } from '../../components/confirm.tsx'
import { EmptyView } from '../../components/empty-view.tsx'
import { ErrorView } from '../../components/error-view.tsx'
import { Notice } from '../../components/notice.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Status } from '../../components/status.tsx'
import { Duration, TimeAgo } from '../../components/time-ago.tsx'
import { useCan } from '../../shell/me.ts'
import { DataConnections } from './data-connections.tsx'
import { Dialogue } from './dialogue.tsx'
import classes from './session.module.css'
import { useRates } from './use-rates.ts'
import { useSession } from './use-session.ts'

/** One session: who it is, what was said, and its data connections with the reason for each. */
export default function SessionPage() {
  const params: Readonly<Record<string, string | undefined>> = useParams({ strict: false })
  const id = params.id ?? ''
  const [paused, setPaused] = useState(false)
  const { detail, lookedAt, isOver, error, retry } = useSession(id, paused)
  const rates = useRates(detail, lookedAt)
  const back = (
    <Anchor component={Link} to="/sessions" size="sm" className={classes.back}>
      <IconArrowLeft size={14} aria-hidden /> Sessions
    </Anchor>
  )
  if (!detail) {
    return (
      <>
        <PageHeader title={`Session ${id}`} above={back} />
        {error ? (
          <Missing id={id} error={error} onRetry={retry} />
        ) : (
          <Skeleton height={320} radius="md" aria-busy="true" />
        )}
      </>
    )
  }
  return (
    <>
      <PageHeader
        title={detail.user ?? 'Not logged in'}
        above={back}
        description={
          <>
            Session <CodeText>{id}</CodeText> from <CodeText>{detail.address}</CodeText>
          </>
        }
        actions={!isOver && <Kick detail={detail} />}
      />
      {isOver && (
        <Notice spaced tone="info" role="status">
          <Text size="md">
            This session is over. Below is what was seen last; its transfers are in the{' '}
            <Anchor component={Link} inherit to="/transfers" search={{ search: id } as never}>
              transfers log
            </Anchor>
            .
          </Text>
        </Notice>
      )}
      <Facts detail={detail} over={isOver} />
      <div className={classes.columns}>
        <Dialogue lines={detail.dialogue} paused={paused} over={isOver} onPause={setPaused} />
        <DataConnections detail={detail} rates={rates} over={isOver} />
      </div>
    </>
  )
}

function Missing({ id, error, onRetry }: { id: string; error: Error; onRetry: () => void }) {
  if (!(error instanceof ApiError && error.status === 404))
    return <ErrorView error={error} onRetry={onRetry} />
  return (
    <EmptyView
      text={`There is no session ${id} on this node. It may be over.`}
      action={
        <Group gap="xs">
          <Button component={Link} to="/sessions" variant="default">
            Live sessions
          </Button>
          <Button component={Link} to={`/transfers?search=${encodeURIComponent(id)}`} variant="default">
            Its transfers
          </Button>
        </Group>
      }
    />
  )
}

function Kick({ detail }: { detail: SessionDetail }) {
  if (!useCan('sessions:write')) return null
  return (
    <ConfirmButton
      title={`Kick ${detail.user ?? `session ${detail.session}`}?`}
      verb="Kick"
      danger
      onConfirm={() => api.delete(`/sessions/${encodeURIComponent(detail.session)}`)}
      button={open => (
        <Button variant="default" leftSection={<IconDoorExit size={16} aria-hidden />} onClick={open}>
          Kick
        </Button>
      )}
    >
      The session is ended at once{detail.transfer ? '; its running transfer will be broken off' : ''}. The
      client may connect again: a ban keeps it out.
    </ConfirmButton>
  )
}

function Facts({ detail, over }: { detail: SessionDetail; over: boolean }) {
  return (
    <Paper component="dl" className={classes.facts}>
      <Fact name="State">
        <State detail={detail} over={over} />
      </Fact>
      <Fact name="Connected">
        <TimeAgo at={detail.since} />
      </Fact>
      <Fact name="Idle">{detail.transfer || over ? '–' : <Duration ms={detail.idleMs} />}</Fact>
      <Fact name="Listener">{detail.listener}</Fact>
      <Fact name="TLS">
        {detail.tls ? (
          <Status tone="good">{detail.tlsProtocol ?? 'on'}</Status>
        ) : (
          <Status tone="warn">in the clear</Status>
        )}
      </Fact>
      <Fact name="User class">
        {detail.userClassBecause ? (
          <Because because={detail.userClassBecause}>{detail.userClass}</Because>
        ) : (
          (detail.userClass ?? '–')
        )}
      </Fact>
      <Fact name="Folder">
        <CodeText>{detail.folder}</CodeText>
      </Fact>
    </Paper>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function State({ detail, over }: { detail: SessionDetail; over: boolean }) {
  if (over) return <Status tone="off">over</Status>
  if (detail.transfer) return <Status tone="info">{detail.transfer.command} running</Status>
  return <Status tone="good">idle</Status>
}
