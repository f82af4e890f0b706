import { Anchor, Group, Paper, Skeleton, Text } from '@mantine/core'
import type { RunDetail } from '@portolan/console/contract'
import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { CodeText } from '../../components/code-text.tsx'
import { ErrorView } from '../../components/error-view.tsx'
import { JsonView } from '../../components/json-view.tsx'
import { Notice } from '../../components/notice.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Duration, Time, TimeAgo, useNow } from '../../components/time-ago.tsx'
import { isOver } from './live-runs.ts'
import { RunActions } from './run-actions.tsx'
import { RunFiles } from './run-files.tsx'
import classes from './run-page.module.css'
import { RunProgress } from './run-progress.tsx'
import { RunStatus } from './run-state.tsx'
import { RunTimeline } from './run-timeline.tsx'
import { useRun } from './use-run.ts'

/** One run: how far it is, its files, and every decision that was taken on the way. */
export default function RunPage() {
  const { id = '' }: { id?: string } = useParams({ strict: false })
  const { query, detail, rate } = useRun(id)
  const back = (
    <Anchor component={Link} to="/runs" size="sm">
      ← Runs
    </Anchor>
  )
  if (!detail) {
    return (
      <>
        <PageHeader title="Run" above={back} />
        {query.error ? (
          <ErrorView error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Skeleton height={320} radius="md" aria-busy="true" />
        )}
      </>
    )
  }
  return (
    <>
      <PageHeader
        title={detail.transfer}
        above={back}
        description={
          <Group gap="sm" mt={4}>
            <RunStatus state={detail.state} />
            <Text component="span" size="md">
              {detail.cause.text}
            </Text>
          </Group>
        }
        actions={<RunActions run={detail} />}
      />
      <Failure detail={detail} />
      <Facts detail={detail} />
      <Paper className={classes.progress}>
        <RunProgress run={detail} rate={rate} />
      </Paper>
      <RunFiles detail={detail} />
      <div className={classes.columns}>
        <RunTimeline events={detail.events} over={isOver(detail)} />
        <section>
          <JsonView label="The transfer as it was when the run was made" value={detail.definition} />
        </section>
      </div>
    </>
  )
}

/** Why it failed, or is tried again, and what helps. */
function Failure({ detail: { error, state, dueAt } }: { detail: RunDetail }) {
  if (!error) return null
  const tone = state === 'failed' ? 'bad' : state === 'cancelled' ? 'info' : 'warn'
  return (
    <Notice spaced tone={tone} role="status" title={error.text}>
      <Text size="sm">
        <CodeText>{error.code}</CodeText>
        {state === 'retrying' && (
          <>
            {' '}
            It is tried again <TimeAgo at={dueAt} />.
          </>
        )}
      </Text>
      {error.advice.length > 0 && (
        <ul>
          {error.advice.map(text => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
    </Notice>
  )
}

function Facts({ detail }: { detail: RunDetail }) {
  const now = useNow(1_000)
  const { startedAt, endedAt, node } = detail
  return (
    <Paper component="dl" className={classes.facts}>
      <Fact name="Transfer">
        <Anchor component={Link} inherit to={`/site-transfers/${encodeURIComponent(detail.transfer)}`}>
          {detail.transfer}
        </Anchor>
      </Fact>
      <Fact name="Site">
        {detail.sites.length === 0
          ? '–'
          : detail.sites.map((site, at) => (
              <span key={site}>
                {at > 0 && ', '}
                <Anchor component={Link} inherit to={`/sites/${encodeURIComponent(site)}`}>
                  {site}
                </Anchor>
              </span>
            ))}
      </Fact>
      <Fact name="Made">
        <Time at={detail.createdAt} />
      </Fact>
      {startedAt === undefined ? (
        <Fact name="Due">
          <TimeAgo at={detail.dueAt} />
        </Fact>
      ) : (
        <Fact name="Begun">
          <Time at={startedAt} />
        </Fact>
      )}
      {startedAt !== undefined && (
        <Fact name={endedAt === undefined ? 'Runs for' : 'Took'}>
          <Duration ms={Math.max(0, (endedAt ?? now) - startedAt)} />
        </Fact>
      )}
      <Fact name="Attempt">{detail.attempt === 0 ? '–' : detail.attempt}</Fact>
      {node !== undefined && <Fact name="Node">{node}</Fact>}
      <Fact name="Run">
        <CodeText>{detail.id}</CodeText>
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
