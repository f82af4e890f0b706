import { Anchor, Button, Paper, Skeleton, Text } from '@mantine/core'
import type { AccessSession } from '@portolan/console/contract'
import { IconArrowLeft, IconDoorExit } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { type ReactNode, useMemo, useState } from 'react'
import { ApiError, api } from '../../../api/client.ts'
import { CodeText } from '../../../components/code-text.tsx'
import { ConfirmButton } from '../../../components/confirm.tsx'
import { EmptyView } from '../../../components/empty-view.tsx'
import { ErrorView } from '../../../components/error-view.tsx'
import { PageHeader } from '../../../components/page-header.tsx'
import { Status } from '../../../components/status.tsx'
import { Bytes, Duration, Time, useNow } from '../../../components/time-ago.tsx'
import { useChange } from '../../../components/use-change.ts'
import { useCan } from '../../../shell/me.ts'
import shared from '../shared/shared.module.css'
import { SessionConnections } from './session-connections.tsx'
import { SessionEntries } from './session-entries.tsx'
import { lanesOfSession, namesOfConnections, toneOfSession } from './session-lanes.ts'
import classes from './session-page.module.css'
import { SessionPicture } from './session-picture.tsx'

/** How often an open session is asked for, in milliseconds. */
const LIVE_MS = 2_000

/** One FTP session through the access path: its control connection and its data connections as one timeline. */
export default function AccessSessionPage() {
  const params: Readonly<Record<string, string | undefined>> = useParams({ strict: false })
  const id = params.session ?? ''
  const path = `/access/sessions/${encodeURIComponent(id)}`
  const query = useQuery({
    queryKey: ['/access/sessions', id],
    queryFn: () => api.get<AccessSession>(path),
    refetchInterval: ({ state }) => (state.data?.endedAt === undefined ? LIVE_MS : false),
  })
  const back = (
    <Anchor component={Link} to="/access/streams" size="sm" className={shared.back}>
      <IconArrowLeft size={14} aria-hidden /> Live streams
    </Anchor>
  )
  const session = query.data
  if (!session) {
    return (
      <>
        <PageHeader title={`FTP session ${id}`} above={back} />
        {query.error ? (
          <Missing id={id} error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Skeleton height={320} radius="md" aria-busy="true" />
        )}
      </>
    )
  }
  const isOpen = session.endedAt === undefined
  return (
    <>
      <PageHeader
        title={`${session.user} at ${session.server}`}
        above={back}
        description={
          <>
            FTP session <CodeText>{session.session}</CodeText>
          </>
        }
        actions={isOpen && <Kick session={session} path={path} />}
      />
      <Facts session={session} />
      <Timeline session={session} />
    </>
  )
}

function Timeline({ session }: { session: AccessSession }) {
  const now = useNow(LIVE_MS)
  const [chosen, setChosen] = useState<string>()
  const over = session.endedAt !== undefined
  const lanes = useMemo(() => lanesOfSession(session, over ? 0 : now), [session, over, now])
  const names = useMemo(() => namesOfConnections(session.streams), [session.streams])
  const choose = (connection: string) => setChosen(chosen === connection ? undefined : connection)
  return (
    <>
      <SessionPicture
        lanes={lanes}
        startedAt={session.startedAt}
        over={over}
        chosen={chosen}
        names={names}
        onChoose={choose}
      />
      <div className={classes.columns}>
        <SessionEntries session={session} names={names} chosen={chosen} onChoose={choose} />
        <SessionConnections session={session} names={names} chosen={chosen} onChoose={choose} />
      </div>
    </>
  )
}

function Missing({ id, error, onRetry }: { id: string; error: Error; onRetry: () => void }) {
  if (!(error instanceof ApiError && error.status === 404))
    return <ErrorView error={error} onRetry={onRetry} />
  return (
    <EmptyView
      text={`The access log has no session ${id}. It may be older than the log is kept.`}
      action={
        <Button component={Link} to="/access/log" variant="default">
          Access log
        </Button>
      }
    />
  )
}

function Kick({ session, path }: { session: AccessSession; path: string }) {
  const kick = useChange({
    run: () => api.post(`${path}/kick`),
    done: `The session of ${session.user} is ended`,
    renews: ['/access/sessions', '/access/streams', '/access/streams/live'],
    errors: 'self',
  })
  if (!useCan('access:run')) return null
  return (
    <ConfirmButton
      title={`Kick ${session.user}?`}
      verb="Kick"
      danger
      onConfirm={() => kick.mutateAsync()}
      button={ask => (
        <Button variant="default" leftSection={<IconDoorExit size={16} aria-hidden />} onClick={ask}>
          Kick
        </Button>
      )}
    >
      The control connection and its data connections are broken off at once, so that no file that is on its
      way looks whole. The user may connect again: a rule that denies keeps them out.
    </ConfirmButton>
  )
}

function Facts({ session }: { session: AccessSession }) {
  const now = useNow(LIVE_MS)
  return (
    <Paper className={classes.head}>
      <div className={classes.verdict}>
        <Status tone={toneOfSession(session)}>{session.endedAt === undefined ? 'open' : 'over'}</Status>
        <Text size="md">{session.verdict}</Text>
      </div>
      <dl className={classes.facts}>
        <Fact name="Began">
          <Time at={session.startedAt} />
        </Fact>
        <Fact name="Lasted">
          <Duration ms={(session.endedAt ?? now) - session.startedAt} />
        </Fact>
        <Fact name="Sent">
          <Bytes value={session.sent} />
        </Fact>
        <Fact name="Received">
          <Bytes value={session.received} />
        </Fact>
        <Fact name="Device">{session.device || '–'}</Fact>
        <Fact name="Segment">
          <Anchor
            component={Link}
            inherit
            to="/access/segments"
            search={{ search: session.segment } as never}
          >
            {session.segment}
          </Anchor>
        </Fact>
        <Fact name="Connector">{session.connector || '–'}</Fact>
      </dl>
    </Paper>
  )
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)
